// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "data/Dataset.h"
#include "store/ProbeFile.h"

namespace sightline::ui {

/// A run's pinned images and their heat maps over the epochs: rows are images, columns the epochs that were drawn. A
/// value.
struct ProbeTable {
    struct Row {
        std::string path;
        Image picture; ///< small, RGB, of the part that the network sees; empty: not among the open images
    };
    std::vector<Row> rows;                                ///< those pinned first come first
    std::vector<std::shared_ptr<const ProbeMaps>> epochs; ///< in order
    std::vector<std::string> problems;                    ///< files that cannot be read

    bool empty() const { return epochs.empty(); }
    /// Null where the image was not pinned then.
    const ProbeMap* at(std::size_t row, std::size_t column) const;
};

/// `before` with what the run's folder has in addition. Pictures that are missing are looked for in `dataset`, which
/// may be null; `data`: what the run's network sees of an image. Reads files: not for the window's thread.
ProbeTable readProbeTable(ProbeTable before, const std::filesystem::path& run, const Dataset* dataset,
                          const DataSettings& data, const std::stop_token& stop);

} // namespace sightline::ui
