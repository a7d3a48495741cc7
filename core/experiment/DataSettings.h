// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "experiment/PixelSettings.h"

namespace sightline {

/// Pillow's filters (SPEC 1.9).
enum class Interpolation { Nearest, Bilinear, Bicubic, Lanczos, Box, Hamming };
enum class SplitRule {
    PerClassFirst, ///< Keras: the first int(f n) files of each class
    Shuffled       ///< stratified, drawn from the seed
};
enum class Decoding {
    Exact, ///< every pixel of a file, then Pillow's resize
    Scaled ///< a JPEG at least twice as large as needed is decoded at 1/2, 1/4 or 1/8
};

/// Which columns of a table say what. A column is named by its heading, or by its number from 1. Empty: found.
struct TableSettings {
    enum class Header { Auto, Yes, No };
    std::string pathColumn, labelColumn, splitColumn;
    Header header = Header::Auto;
    bool mergeAlikeLabels = false; ///< labels that differ only in case and blanks are one class (folders, too)

    bool namesColumns() const { return !pathColumn.empty() || !labelColumn.empty() || !splitColumn.empty(); }
    bool operator==(const TableSettings&) const = default;
};

/// Which names of folders, and cells of a split column, mean which subset. A word means what is said here and nothing
/// else; a subset without words of its own keeps the usual ones (data/SplitWords.h).
struct SplitWords {
    std::vector<std::string> train, validation, test;

    bool empty() const { return train.empty() && validation.empty() && test.empty(); }
    bool operator==(const SplitWords&) const = default;
};

/// What must not be torn apart by a split: images whose paths give the same key by `pattern`, or whose rows have the
/// same cell in `column`. At most one of the two.
struct GroupSettings {
    std::string pattern; ///< a regular expression (support/Pattern.h)
    std::string column;  ///< of a table

    bool empty() const { return pattern.empty() && column.empty(); }
    bool operator==(const GroupSettings&) const = default;
};

/// One part of several validates, the others train; the source's own validation images are cut along. Not in use where
/// `of` is 0.
struct FoldSettings {
    int of = 0;    ///< parts
    int index = 1; ///< which one validates, from 1

    bool empty() const { return of == 0; }
    bool operator==(const FoldSettings&) const = default;
};

/// The `data` block of an experiment (CLI.md, data/README.md).
struct DataSettings {
    std::string path;            ///< a folder, an archive, a table
    std::string format = "auto"; ///< a reader's name, or auto
    int imageHeight = 128;       ///< pixels, what the loader hands on
    int imageWidth = 128;
    PixelSettings pixels;
    Interpolation interpolation = Interpolation::Bilinear;
    Fit fit = Fit::Stretch;
    PadSettings pad;
    double validationSplit = 0.0; ///< share of train, used where there is no val folder; 0 <= f < 1
    SplitRule split = SplitRule::PerClassFirst;
    TableSettings table;
    SplitWords splitWords;
    std::string pattern; ///< how a file's path tells its class; empty: found
    GroupSettings group;
    FoldSettings fold; ///< wins over validationSplit
    Decoding decoding = Decoding::Exact;
    int cacheMemoryMegabytes = -1; ///< decoded images kept in memory; -1: a quarter of what is free
    int cacheDiskMegabytes = 4096; ///< decoded images kept in a file in the home's cache folder besides

    int channels() const { return pixels.channels.count(); }
    bool operator==(const DataSettings&) const = default;
};

/// ZCA whitening holds a square matrix over the values of an image: 128 MB at this many.
inline constexpr int kMostWhitenedValues = 4096;

/// The `normalization` block: a preset, or Keras' steps (SPEC 1.7). Applied after augmentation.
struct NormalizationSettings {
    enum class Preset { None, Rescale, Imagenet, Half, Caffe, Keras };
    /// Keras' preprocess_input modes: x / 127.5 - 1; BGR less ImageNet's means; / 255, less means, by deviations.
    enum class Preprocess { None, Tf, Caffe, Torch };
    Preset preset = Preset::Rescale; ///< Keras: the fields below
    double rescale = 0.0;            ///< 0 = off, like Keras' None
    bool samplewiseCenter = false;
    bool samplewiseStd = false;
    Preprocess preprocess = Preprocess::None; ///< before all others, as Keras' preprocessing_function
    bool featurewiseCenter = false;           ///< these three: fitted on the training images before the first epoch
    bool featurewiseStd = false;
    bool zcaWhitening = false;
    double zcaEpsilon = 1e-6;

    /// Whether it needs values fitted on the training images.
    bool needsFit() const { return preset == Preset::Keras && (featurewiseCenter || featurewiseStd || zcaWhitening); }
    bool operator==(const NormalizationSettings&) const = default;
};

} // namespace sightline
