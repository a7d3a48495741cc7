// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace sightline {

/// What running.json says of a run before somebody takes the run: of a process that died, most often. Whoever does not
/// go on with the run after all leaves it as it was found.
class FoundMark {
public:
    FoundMark() = default;
    explicit FoundMark(const std::filesystem::path& runFolder);
    /// After the RunMark was given back. Where another one has taken the run meanwhile, nothing is done.
    void putBack() const;

private:
    std::filesystem::path m_file;
    std::string m_text;
};

} // namespace sightline
