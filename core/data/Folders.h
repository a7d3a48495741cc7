// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stop_token>

#include "data/Dataset.h"

namespace sightline {

// Readers of folders. Each fills classes, samples and problems; openDataset() does the rest.

/// png, jpg, jpeg, bmp, ppm, tif, tiff, webp, any case.
bool hasImageExtension(const std::string& name);

/// Class folders, with or without train / val / test above them (CLI.md, Data folders).
Result<Dataset> readFolders(const std::filesystem::path& root, std::stop_token stop, const Progress& progress);

/// train/<wnid>/images, val/val_annotations.txt, wnids.txt, words.txt.
bool looksLikeTinyImagenet(const std::filesystem::path& root);
Result<Dataset> readTinyImagenet(const std::filesystem::path& root, std::stop_token stop, const Progress& progress);

/// Files below a root.
std::shared_ptr<const ImageSource> makeFileSource(std::filesystem::path root);

} // namespace sightline
