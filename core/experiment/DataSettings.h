// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace sightline {

enum class ColorMode { Rgb, Grayscale };
/// Pillow's filters (SPEC 1.9).
enum class Interpolation { Nearest, Bilinear, Bicubic, Lanczos, Box, Hamming };
enum class SplitRule {
    PerClassFirst, ///< Keras: the first int(f n) files of each class
    Shuffled       ///< stratified, drawn from the seed
};
enum class Decoding {
    Exact,                                            ///< every pixel of a file, then Pillow's resize
    Scaled                                            ///< a JPEG at least twice as large as needed is decoded at 1/2, 1/4 or 1/8
};
enum class Orientation { Apply, Ignore }; ///< EXIF orientation: Keras ignores it

/// The `data` block of an experiment (CLI.md).
struct DataSettings {
    std::string path;                                 ///< folder (or file, for archives and tables)
    std::string format = "auto";                      ///< a reader's name, or auto
    int imageHeight = 128;                            ///< pixels, what the loader hands on
    int imageWidth = 128;
    ColorMode colorMode = ColorMode::Rgb;
    Interpolation interpolation = Interpolation::Bilinear;
    bool keepAspectRatio = false;                     ///< crop to the target's aspect before resizing
    double validationSplit = 0.0;                     ///< share of train, used where there is no val folder; 0 <= f < 1
    SplitRule split = SplitRule::PerClassFirst;
    Orientation orientation = Orientation::Apply;
    Decoding decoding = Decoding::Exact;
    int cacheMemoryMegabytes = -1;                    ///< decoded images kept in memory; -1: a quarter of what is free
    int cacheDiskMegabytes = 4096;                    ///< decoded images kept in a file in the home's cache folder besides

    int channels() const { return colorMode == ColorMode::Rgb ? 3 : 1; }
    bool operator==(const DataSettings&) const = default;
};

/// The `normalization` block: a preset, or Keras' steps (SPEC 1.7). Applied after augmentation.
struct NormalizationSettings {
    enum class Preset { None, Rescale, Imagenet, Half, Caffe, Keras };
    Preset preset = Preset::Rescale;                  ///< Keras: the fields below
    double rescale = 0.0;                             ///< 0 = off, like Keras' None
    bool samplewiseCenter = false;
    bool samplewiseStd = false;

    bool operator==(const NormalizationSettings&) const = default;
};

} // namespace sightline
