// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/FoundMark.h"

#include <unistd.h>

#include "support/Files.h"

namespace sightline {

FoundMark::FoundMark(const std::filesystem::path& runFolder) : m_file(runFolder / "running.json") {
    if (const Result<std::string> text = readFile(m_file, 65536))
        m_text = *text;
}

void FoundMark::putBack() const {
    if (m_text.empty())
        return;
    const std::filesystem::path beside = m_file.string() + "." + std::to_string(::getpid());
    if (writeFileAtomically(beside, m_text))
        static_cast<void>(::link(beside.c_str(), m_file.c_str())); // never over another's
    ::unlink(beside.c_str());
}

} // namespace sightline
