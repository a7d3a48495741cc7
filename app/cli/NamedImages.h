// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "store/RunData.h"
#include "support/Result.h"

namespace sightline::cli {

/// Images as people name them beside a run: files, or paths as evaluate prints them, also of images in an archive
/// or of many in one file.
class NamedImages {
public:
    /// `runFolder` empty: there is no run, and names are files. `dataPath`: where its images are now; empty: where it
    /// says.
    NamedImages(std::filesystem::path runFolder, std::string dataPath, PixelSettings pixels)
        : m_run(std::move(runFolder)), m_dataPath(std::move(dataPath)), m_pixels(std::move(pixels)) {}

    struct Read {
        Image image;
        std::filesystem::path file; ///< of an image that is none: its name
        int truth = -1;             ///< class of such an image; -1: not known here
    };
    /// Opens the run's images for the first name that is no file. Errors: as readImage() and openRunData().
    Result<Read> read(const std::string& name);
    /// Whether it is no file but an image of the run: in an archive, or one of many in a file. Errors: as
    /// openRunData().
    Result<bool> isOfRun(const std::string& name);

private:
    bool mayBeOfRun(const std::string& name) const;
    Result<RunData> openImages() const;
    Result<const Sample*> findBesideFiles(const std::string& name, const std::filesystem::path& file);

    std::filesystem::path m_run;
    std::string m_dataPath;
    PixelSettings m_pixels;
    std::optional<Result<RunData>> m_data; ///< once it was tried to open it
};

} // namespace sightline::cli
