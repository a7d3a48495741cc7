// SPDX-License-Identifier: GPL-3.0-or-later
#include <zlib.h>

#include <algorithm>
#include <array>

#include "data/Readers.h"
#include "data/Records.h"
#include "support/Files.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaximumBytes = std::size_t{2} << 30;
constexpr std::size_t kMaximumSide = 4096;

/// train-images-idx3-ubyte, train-images.idx3-ubyte, either with .gz; in the folder, or in torchvision's raw/ below it.
std::optional<fs::path> find(const fs::path& root, const std::string& part, const std::string& kind) {
    std::error_code code;
    for (const char* below : {"", "raw", "MNIST/raw", "FashionMNIST/raw"})
        for (const char* joint : {"-", "."})
            for (const char* ending : {"", ".gz"}) {
                const fs::path file = (*below ? root / below : root) / (part + "-" + kind.substr(0, 6) + joint + kind.substr(7) + ending);
                if (fs::is_regular_file(file, code))
                    return file;
            }
    return std::nullopt;
}

std::optional<fs::path> findImages(const fs::path& root, const std::string& part) { return find(root, part, "images-idx3-ubyte"); }
std::optional<fs::path> findLabels(const fs::path& root, const std::string& part) { return find(root, part, "labels-idx1-ubyte"); }

/// Reads a file, unpacking it where it is gzipped, up to a limit whatever its header promises.
Result<std::vector<std::uint8_t>> unpacked(const fs::path& file) {
    const gzFile stream = ::gzopen(file.c_str(), "rb");
    if (!stream)
        return Error{"The file " + file.string() + " cannot be read."};
    std::vector<std::uint8_t> bytes;
    std::array<std::uint8_t, 1 << 16> part{};
    int got = 0;
    while ((got = ::gzread(stream, part.data(), static_cast<unsigned>(part.size()))) > 0 && bytes.size() <= kMaximumBytes)
        bytes.insert(bytes.end(), part.begin(), part.begin() + got);
    const bool torn = got < 0 || ::gzclose(stream) != Z_OK;
    if (got < 0)
        ::gzclose(stream);
    if (bytes.size() > kMaximumBytes)
        return badInput(file.string() + " unpacks to more than 2 GB.");
    if (torn)
        return badInput(file.string() + " is damaged or cut off.");
    return bytes;
}

std::uint32_t bigEndian(const std::vector<std::uint8_t>& bytes, std::size_t at) {
    return static_cast<std::uint32_t>(bytes[at]) << 24 | static_cast<std::uint32_t>(bytes[at + 1]) << 16 | static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

struct IdxArray {
    std::vector<std::uint8_t> bytes;
    std::vector<std::size_t> shape;
    std::size_t begin = 0;            ///< of the values
};

/// Unsigned bytes of `dimensions` dimensions; sizes are checked against what is there.
Result<IdxArray> readArray(const fs::path& file, std::size_t dimensions) {
    auto bytes = unpacked(file);
    if (!bytes)
        return bytes.error();
    IdxArray array{std::move(*bytes), {}, 4 + 4 * dimensions};
    if (array.bytes.size() < array.begin || bigEndian(array.bytes, 0) != (0x800u | dimensions))
        return badInput(file.string() + " is no IDX file of bytes with " + std::to_string(dimensions) + " dimensions.");
    std::size_t record = 1;
    for (std::size_t d = 0; d < dimensions; ++d) {
        array.shape.push_back(bigEndian(array.bytes, 4 + 4 * d));
        if (d == 0)
            continue;
        if (array.shape[d] == 0 || array.shape[d] > kMaximumSide)
            return badInput(file.string() + " promises images of an impossible size.");
        record *= array.shape[d];
    }
    if (array.shape[0] > (array.bytes.size() - array.begin) / record)
        return badInput(file.string() + " promises " + std::to_string(array.shape[0]) + " records but holds " + std::to_string((array.bytes.size() - array.begin) / record) + ".");
    return array;
}

} // namespace

bool looksLikeIdx(const fs::path& root) { return findImages(root, "train").has_value(); }

Result<Dataset> readIdx(const fs::path& root, std::stop_token stop, const Progress& progress) {
    Dataset dataset;
    dataset.root = root;
    dataset.format = "idx";
    RecordShape shape;
    std::vector<std::vector<std::uint8_t>> blocks;
    std::vector<RecordPlace> places;
    int classes = 0;
    for (const auto& [part, subset] : {std::pair{"train", Subset::Train}, std::pair{"t10k", Subset::Test}}) {
        if (stop.stop_requested())
            return cancelled();
        const auto imageFile = findImages(root, part), labelFile = findLabels(root, part);
        if (!imageFile || !labelFile) {
            if (subset == Subset::Train || imageFile)
                return badInput("The folder " + root.string() + " lacks " + part + (imageFile ? "-labels-idx1-ubyte." : "-images-idx3-ubyte."));
            continue;
        }
        auto images = readArray(*imageFile, 3);
        if (!images)
            return images.error();
        const auto labels = readArray(*labelFile, 1);
        if (!labels)
            return labels.error();
        if (images->shape[0] != labels->shape[0])
            return badInput(imageFile->string() + " has " + std::to_string(images->shape[0]) + " images, but " + labelFile->string() + " has " + std::to_string(labels->shape[0]) + " labels.");
        const RecordShape found{static_cast<int>(images->shape[1]), static_cast<int>(images->shape[2]), 1, false};
        if (!blocks.empty() && (found.height != shape.height || found.width != shape.width))
            return badInput(imageFile->string() + " has images of another size than the training images.");
        shape = found;
        for (std::size_t i = 0; i < images->shape[0]; ++i) {
            const int label = labels->bytes[labels->begin + i];
            classes = std::max(classes, label + 1);
            std::string number = std::to_string(i);
            number.insert(0, number.size() < 5 ? 5 - number.size() : 0, '0');
            dataset.samples.push_back({std::string(part) + "/" + number, label, subset, static_cast<std::uint32_t>(places.size())});
            places.push_back({static_cast<std::uint32_t>(blocks.size()), images->begin + i * shape.size()});
        }
        blocks.push_back(std::move(images->bytes));
        if (progress)
            progress(dataset.samples.size(), 0);
    }
    for (int label = 0; label < classes; ++label)
        dataset.classes.push_back(std::to_string(label));
    dataset.source = makeRecordSource(shape, std::move(blocks), std::move(places));
    sortSamples(dataset);
    return dataset;
}

} // namespace sightline
