// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "data/Dataset.h"

namespace sightline {

/// What a person decided about one image. Both unset: what the source says.
struct OverlayEntry {
    std::string className; ///< the class it belongs to (Dataset::classes); empty: the source's
    bool excluded = false;

    bool operator==(const OverlayEntry&) const = default;
};

/// Labels corrected and images left out, by Sample::path. Laid over an opened data set; the user's files are never
/// written.
struct Overlay {
    std::map<std::string, OverlayEntry> entries; ///< none that says nothing

    bool empty() const { return entries.empty(); }
    OverlayEntry of(const std::string& path) const;
    bool operator==(const Overlay&) const = default;
};

/// One step of a person's work: what shall hold for each of these paths.
using OverlayEdit = std::vector<std::pair<std::string, OverlayEntry>>;
/// Changes the overlay and gives the edit that takes it back.
OverlayEdit applyEdit(const OverlayEdit& edit, Overlay& overlay);

/// Sets label, sourceLabel and excluded of every sample as the overlay says (and back, where it says nothing); the
/// split and the order stay. Paths that are gone are passed over; a class that is gone is a problem of the kind
/// overlay_class, and the source's label holds.
void lay(const Overlay& overlay, Dataset& dataset);
/// What is in effect.
struct OverlayCounts {
    std::size_t relabelled = 0, excluded = 0;
};
OverlayCounts overlayCounts(const Dataset& dataset);
Overlay overlayOf(const Dataset& dataset);

/// Its name in a run's folder: what the run was trained with.
inline constexpr const char* kOverlayFile = "overlay.json";
/// <home>/overlays/<name of the root>.json, beside the run store.
std::filesystem::path overlayFile(const std::filesystem::path& home, const std::filesystem::path& root);
/// Empty where there is no file. The error names a file that cannot be read or understood; it stays as it is.
Result<Overlay> readOverlay(const std::filesystem::path& file);
/// Written atomically; an empty overlay removes the file. A file there that cannot be understood is kept beside it
/// under another name.
Result<void> writeOverlay(const std::filesystem::path& file, const Overlay& overlay, const std::filesystem::path& root);

/// openDataset() with the home's overlay laid over it. An overlay that cannot be read is a problem of the kind
/// overlay_unreadable, or the error itself where `strict` (what is trained must be what was asked for). Nothing left to
/// train on is an error.
Result<Dataset> openWithOverlay(const std::filesystem::path& home, const DataSettings& settings, std::uint64_t seed,
                                bool strict, std::stop_token stop = {}, const Progress& progress = {});
/// The same with one overlay file: what a run was trained with.
Result<Dataset> openWithOverlayFile(const std::filesystem::path& file, const DataSettings& settings, std::uint64_t seed,
                                    std::stop_token stop = {}, const Progress& progress = {});

} // namespace sightline
