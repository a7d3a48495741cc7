// SPDX-License-Identifier: GPL-3.0-or-later
#include <zlib.h>

#include <algorithm>
#include <array>

#include "data/Readers.h"
#include "data/Records.h"

namespace sightline {

namespace {

constexpr std::size_t kMaximumBytes = std::size_t{2} << 30;
constexpr std::size_t kMaximumSide = 4096;
constexpr const char* kImages = "images-idx3-ubyte";
constexpr const char* kLabels = "labels-idx1-ubyte";

/// train-images-idx3-ubyte, train-images.idx3-ubyte, either with .gz.
std::vector<std::string> namesFor(const std::string& part, const std::string& kind) {
    std::vector<std::string> names;
    for (const char* joint : {"-", "."})
        for (const char* ending : {"", ".gz"})
            names.push_back(part + "-" + kind.substr(0, 6) + joint + kind.substr(7) + ending);
    return names;
}

/// The file in the folder, or in torchvision's raw/ below it.
std::optional<std::string> find(const FileTree& tree, const std::string& part, const char* kind) {
    for (const char* below : {"", "raw", "MNIST/raw", "FashionMNIST/raw"})
        for (const std::string& name : namesFor(part, kind))
            if (const std::string file = joinedPath(below, name); tree.isFile(file))
                return file;
    return std::nullopt;
}

/// Unpacks what is gzipped, member after member, up to a limit whatever it promises; anything else is taken as it is.
Result<std::vector<std::uint8_t>> unpacked(const std::string& bytes, const std::string& name) {
    if (bytes.size() < 2 || bytes[0] != '\x1f' || bytes[1] != '\x8b')
        return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
    z_stream stream{};
    constexpr int kGzip = 15 + 16;
    if (inflateInit2(&stream, kGzip) != Z_OK)
        return Error{"There is not enough memory to unpack " + name + "."};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::vector<std::uint8_t> all;
    std::vector<std::uint8_t> part(std::size_t{1} << 18);
    int state = Z_OK;
    while (state == Z_OK && all.size() <= kMaximumBytes) {
        stream.next_out = part.data();
        stream.avail_out = static_cast<uInt>(part.size());
        state = inflate(&stream, Z_NO_FLUSH);
        all.insert(all.end(), part.data(), stream.next_out);
        if (state == Z_STREAM_END && stream.avail_in > 0)
            state = inflateReset(&stream);
    }
    inflateEnd(&stream);
    if (all.size() > kMaximumBytes)
        return badInput(name + " unpacks to more than 2 GB.");
    if (state != Z_STREAM_END)
        return badInput(name + " is damaged or truncated.");
    return all;
}

std::uint32_t bigEndian(const std::vector<std::uint8_t>& bytes, std::size_t at) {
    return static_cast<std::uint32_t>(bytes[at]) << 24 | static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
           static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

struct IdxArray {
    std::vector<std::uint8_t> bytes;
    std::vector<std::size_t> shape;
    std::size_t begin = 0; ///< of the values
};

/// Unsigned bytes of `dimensions` dimensions; sizes are checked against what is there.
Result<IdxArray> readArray(const FileTree& tree, const std::string& path, std::size_t dimensions) {
    const std::string file = tree.shown(path);
    const auto packed = tree.read(path, kMaximumBytes);
    if (!packed)
        return packed.error();
    auto bytes = unpacked(*packed, file);
    if (!bytes)
        return bytes.error();
    IdxArray array{std::move(*bytes), {}, 4 + 4 * dimensions};
    if (array.bytes.size() < array.begin || bigEndian(array.bytes, 0) != (0x800u | dimensions))
        return badInput(file + " is not an IDX file of bytes with " + std::to_string(dimensions) + " dimensions.");
    std::size_t record = 1;
    for (std::size_t d = 0; d < dimensions; ++d) {
        array.shape.push_back(bigEndian(array.bytes, 4 + 4 * d));
        if (d == 0)
            continue;
        if (array.shape[d] == 0 || array.shape[d] > kMaximumSide)
            return badInput(file + " declares images of an impossible size.");
        record *= array.shape[d];
    }
    if (array.shape[0] > (array.bytes.size() - array.begin) / record)
        return badInput(file + " declares " + std::to_string(array.shape[0]) + " records but contains " +
                        std::to_string((array.bytes.size() - array.begin) / record) + ".");
    return array;
}

} // namespace

bool looksLikeIdx(const ReadRequest& request) {
    return find(*request.tree, "train", kImages).has_value();
}

bool isIdxName(const std::string& name) {
    for (const char* part : {"train", "t10k"})
        for (const char* kind : {kImages, kLabels})
            for (const std::string& known : namesFor(part, kind))
                if (name == known)
                    return true;
    return false;
}

Result<Dataset> readIdx(const ReadRequest& request) {
    const FileTree& tree = *request.tree;
    Dataset dataset;
    dataset.format = "idx";
    RecordShape shape;
    std::vector<std::vector<std::uint8_t>> blocks;
    std::vector<RecordPlace> places;
    int classes = 0;
    for (const auto& [part, subset] : {std::pair{"train", Subset::Train}, std::pair{"t10k", Subset::Test}}) {
        if (request.stop.stop_requested())
            return cancelled();
        const auto imageFile = find(tree, part, kImages), labelFile = find(tree, part, kLabels);
        if (!imageFile || !labelFile) {
            if (subset == Subset::Train || imageFile)
                return badInput(tree.shown("") + " lacks " + part +
                                (imageFile ? "-labels-idx1-ubyte" : "-images-idx3-ubyte") + " (or the same with .gz).");
            continue;
        }
        auto images = readArray(tree, *imageFile, 3);
        if (!images)
            return images.error();
        const auto labels = readArray(tree, *labelFile, 1);
        if (!labels)
            return labels.error();
        if (images->shape[0] != labels->shape[0])
            return badInput(tree.shown(*imageFile) + " has " + std::to_string(images->shape[0]) + " images, but " +
                            tree.shown(*labelFile) + " has " + std::to_string(labels->shape[0]) + " labels.");
        const RecordShape found{static_cast<int>(images->shape[1]), static_cast<int>(images->shape[2]), 1, false};
        if (!blocks.empty() && (found.height != shape.height || found.width != shape.width))
            return badInput(tree.shown(*imageFile) + " has images of a different size from the training images.");
        shape = found;
        for (std::size_t i = 0; i < images->shape[0]; ++i) {
            const int label = labels->bytes[labels->begin + i];
            classes = std::max(classes, label + 1);
            dataset.samples.push_back(
                {std::string(part) + "/" + recordName(i), label, subset, static_cast<std::uint32_t>(places.size())});
            places.push_back({static_cast<std::uint32_t>(blocks.size()), images->begin + i * shape.size()});
        }
        blocks.push_back(std::move(images->bytes));
        if (request.progress)
            request.progress(dataset.samples.size(), 0);
    }
    for (int label = 0; label < classes; ++label)
        dataset.classes.push_back(std::to_string(label));
    dataset.source = makeRecordSource(shape, std::move(blocks), std::move(places));
    sortSamples(dataset);
    return dataset;
}

} // namespace sightline
