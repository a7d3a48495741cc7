// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "data/Guess.h"
#include "experiment/DataSettings.h"
#include "support/Image.h"
#include "support/Result.h"

namespace sightline {

enum class Subset { Train, Validation, Test };
const char* nameOf(Subset subset); ///< "train", "val", "test"

class FileTree;

inline constexpr std::uint32_t kNoGroup = 0xffffffff;

/// One image of a data set. What `key` means is the source's business (a file's path relative to the root, a record).
struct Sample {
    std::string path; ///< shown to people, relative to the root, '/' between names
    int label = -1;   ///< index into Dataset::classes; -1 = unknown
    Subset subset = Subset::Train;
    std::uint32_t record = 0;            ///< index within the source
    std::uint32_t group = kNoGroup;      ///< index into Dataset::groups: what a split must not tear apart
    std::optional<int> sourceLabel = {}; ///< what the source says, where a person relabelled it (Overlay.h)
    bool excluded = false; ///< by a person: in no count and no index, kept here so that it can be shown and taken back
};

/// Something odd in a data set.
struct DataProblem {
    std::string kind; ///< unreadable, empty_class, not_an_image, unknown_class, no_images, one_class ...
    std::string path;
    std::string message;
};

/// Where the bytes of the samples come from: files, records of one file, members of an archive. Thread-safe, immutable.
class ImageSource {
public:
    virtual ~ImageSource() = default;
    /// Undecoded bytes (a JPEG file's), or an error naming the image.
    virtual Result<std::vector<std::uint8_t>> bytes(const Sample& sample) const = 0;
    /// Decoded as asked; a depth of Auto counts as Full (Dataset::resolved()). Default: decodes bytes().
    virtual Result<Image> decoded(const Sample& sample, const PixelSettings& pixels) const;
    /// The file a person could open, empty where there is none.
    virtual std::filesystem::path file(const Sample& sample) const = 0;
    /// What lies beside the images; null where samples are records.
    virtual const FileTree* files() const { return nullptr; }
};

/// An opened data set: an index, nothing decoded. A value; copies share the source.
struct Dataset {
    std::filesystem::path root;
    std::string format;                   ///< the reader's name: folders, tiny-imagenet, cifar10, idx, csv ...
    std::vector<std::string> classes;     ///< code-point order of folder names, or the format's own
    std::vector<std::string> classTitles; ///< words for people (Tiny-ImageNet's words.txt); empty = classes
    std::vector<Sample> samples; ///< train, then val, then test; within each class by class, sorted by path (a table:
                                 ///< in its rows' order)
    std::vector<std::string> groups; ///< keys of the groups, where `data.group` asks for them
    std::vector<DataProblem> problems;
    std::vector<Guess> guesses;                  ///< what the reader decided because no setting says it
    std::vector<std::string> ignoredFolders;     ///< folders with images that are in no split, relative to the root
    PixelSettings pixels;                        ///< what it was opened with
    DepthSettings depth = DepthSettings::full(); ///< what Auto means for its files: Full or a Range
    bool hasValidation = false;                  ///< the source has a validation split of its own
    std::shared_ptr<const ImageSource> source;

    // Excluded samples are left out of these.
    std::vector<std::uint32_t> indices(Subset subset) const;
    std::size_t count(Subset subset) const;
    std::vector<std::size_t> countsPerClass(Subset subset) const;

    /// What is asked for, with the depth that Auto means here.
    PixelSettings resolved(PixelSettings asked) const;
};

/// Progress of long work: done of total (total 0 = not known yet). Called from the working thread.
using Progress = std::function<void(std::size_t done, std::size_t total)>;

/// Opens `settings.path` (a folder, an archive, a table or another single file) with the reader that fits (or
/// `settings.format`), then applies the validation split with `seed`. A compressed .tar is unpacked into the cache of
/// defaultHome(). Errors: no such path, no images, unknown format, settings that do not fit, cancelled.
Result<Dataset> openDataset(const DataSettings& settings, std::uint64_t seed, std::stop_token stop = {},
                            const Progress& progress = {});

/// Whether a file of this name is a data set by itself: an archive, a table, one of MNIST's or CIFAR's files.
bool namesDataset(const std::string& fileName);

/// Decodes any image file's bytes as Pillow would (SPEC 1.9): by default to RGB, alpha dropped, palette and grey
/// expanded. A depth of Auto counts as Full. An error names the file, what it is and the way out.
Result<Image> decodeImage(const std::uint8_t* bytes, std::size_t size, const std::string& name,
                          const PixelSettings& pixels = {});
/// The same for a picture that is going to be made smaller: a large JPEG may come out at 1/2, 1/4 or 1/8 of its size,
/// never smaller than asked on either side.
Result<Image> decodeImageScaled(const std::uint8_t* bytes, std::size_t size, const std::string& name,
                                const DataSettings& settings);
Result<Image> readImage(const std::filesystem::path& file, const PixelSettings& pixels = {});
/// A picture of 1 or 3 channels: RGB to grey by Pillow's L, grey to RGB, the first three of more; the image itself
/// where it fits.
Image withChannels(Image image, int channels);
/// Channels of an image that is decoded already, as imageFrom() does. Errors: a chosen channel is not there.
Result<Image> chosenChannels(Image image, const ChannelSettings& channels, const std::string& name);
/// RGB for people, upright, with the data set's own depth, page, background and chosen channels (the first three).
Result<Image> shownImage(const Dataset& dataset, const Sample& sample);
/// PNG, written atomically; of more than three channels the first three.
Result<void> writePng(const std::filesystem::path& file, const Image& image);

/// Pillow's resize, bit-exact for every filter (SPEC 1.9). A no-op where the size already fits.
Image resized(const Image& image, int height, int width, Interpolation interpolation);

/// To the data's size as `settings.fit` says. What is cut off, and the frame that is added, are centred.
Image fitted(Image image, const DataSettings& settings);
/// What Fit leaves of an image at its own resolution: cut or framed to the shape of the data's size.
Image fittedShape(const Image& image, const DataSettings& settings);

/// Decode and resize as `settings` say: the bytes that augmentation starts from.
Result<Image> loadSample(const Dataset& dataset, const Sample& sample, const DataSettings& settings);

} // namespace sightline
