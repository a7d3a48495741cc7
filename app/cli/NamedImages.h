// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "store/RunData.h"

namespace sightline::cli {

/// Images as people name them beside a run: files, or paths as evaluate prints them, also of images in an archive.
class NamedImages {
public:
    /// `runFolder` empty: there is no run, and names are files. `dataPath`: where its images are now; empty: where it
    /// says.
    NamedImages(std::filesystem::path runFolder, std::string dataPath, PixelSettings pixels)
        : m_run(std::move(runFolder)), m_dataPath(std::move(dataPath)), m_pixels(std::move(pixels)) {}

    struct Read {
        Image image;
        std::filesystem::path file; ///< of an archive's image its path there
        int truth = -1;             ///< class of an archive's image; -1: not known here
    };
    /// Opens the run's images for the first name that is no file. Errors: as readImage().
    Result<Read> read(const std::string& name);
    /// Whether it is no file but an image of the run's archive.
    bool isInArchive(const std::string& name);

private:
    const Sample* findInArchive(const std::string& name);
    const Sample* findBesideFiles(const std::string& name, const std::filesystem::path& file);

    std::filesystem::path m_run;
    std::string m_dataPath;
    PixelSettings m_pixels;
    std::optional<std::optional<RunData>> m_data; ///< once it was tried to open it
};

} // namespace sightline::cli
