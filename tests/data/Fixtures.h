// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <zip.h>

#include <QTest>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "data/Dataset.h"
#include "support/Files.h"
#include "support/Random.h"

namespace sightline::fixtures {

namespace fs = std::filesystem;
using Bytes = std::string;
/// Names and bytes, in the order in which an archive has them.
using Files = std::vector<std::pair<std::string, Bytes>>;

inline void write(const fs::path& file, const Bytes& bytes) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// A small PNG of one value.
inline Bytes png(std::uint8_t value, int height = 4, int width = 5) {
    Image image(height, width, 3);
    std::fill(image.pixels.begin(), image.pixels.end(), value);
    const fs::path file = fs::temp_directory_path() / ("sightline-fixture-" + std::to_string(::getpid()) + ".png");
    static_cast<void>(writePng(file, image));
    const auto bytes = readFile(file);
    fs::remove(file);
    return bytes ? *bytes : Bytes();
}

/// Two classes of three images each, in train, and one each in test.
inline Files toyFiles(const std::string& top = {}) {
    Files files;
    for (const char* name : {"cat", "dog"}) {
        for (int i = 0; i < 3; ++i)
            files.emplace_back(top + "train/" + name + "/" + std::to_string(i) + ".png",
                               png(static_cast<std::uint8_t>(10 * i + (*name == 'c' ? 1 : 2))));
        files.emplace_back(top + "test/" + name + "/9.png", png(90));
    }
    return files;
}

/// 40 digits of 12 x 12 in MNIST's form, two classes.
inline Files digits() {
    const auto bigEndian = [](std::uint32_t value) {
        return Bytes{static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
                     static_cast<char>(value)};
    };
    Bytes images = bigEndian(0x803) + bigEndian(40) + bigEndian(12) + bigEndian(12),
          labels = bigEndian(0x801) + bigEndian(40);
    for (int i = 0; i < 40; ++i) {
        labels += static_cast<char>(i % 2);
        for (int p = 0; p < 144; ++p)
            images += static_cast<char>((p * 7 + i) % 90 + (i % 2) * 100);
    }
    return {{"train-images-idx3-ubyte", images}, {"train-labels-idx1-ubyte", labels}};
}

/// Writes a .zip; `tweak` may change a member that was just added (its attributes, its encryption).
inline bool writeZip(const fs::path& file, const Files& files,
                     const std::function<void(zip_t*, zip_uint64_t)>& tweak = {}) {
    fs::create_directories(file.parent_path());
    zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    for (const auto& [name, bytes] : files) {
        const zip_int64_t index = zip_file_add(
            archive, name.c_str(), zip_source_buffer(archive, bytes.data(), bytes.size(), 0), ZIP_FL_ENC_UTF_8);
        if (index < 0)
            return false;
        if (tweak)
            tweak(archive, static_cast<zip_uint64_t>(index));
    }
    return zip_close(archive) == 0;
}

enum class Packing { None, Gzip, Bzip2, Xz, Zstd };

/// Writes a .tar; a name that ends with "@" is a symbolic link to the bytes, one that ends with "=" a hard link.
inline bool writeTar(const fs::path& file, const Files& files, Packing packing = Packing::None) {
    fs::create_directories(file.parent_path());
    archive* out = archive_write_new();
    archive_write_set_format_pax_restricted(out);
    switch (packing) {
    case Packing::None:
        break;
    case Packing::Gzip:
        archive_write_add_filter_gzip(out);
        break;
    case Packing::Bzip2:
        archive_write_add_filter_bzip2(out);
        break;
    case Packing::Xz:
        archive_write_add_filter_xz(out);
        break;
    case Packing::Zstd:
        archive_write_add_filter_zstd(out);
        break;
    }
    bool good = archive_write_open_filename(out, file.c_str()) == ARCHIVE_OK;
    for (const auto& [name, bytes] : files) {
        archive_entry* entry = archive_entry_new();
        const char last = name.back();
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_filetype(entry, last == '@' ? AE_IFLNK : AE_IFREG);
        archive_entry_set_pathname(entry,
                                   (last == '@' || last == '=' ? name.substr(0, name.size() - 1) : name).c_str());
        if (last == '@')
            archive_entry_set_symlink(entry, bytes.c_str());
        else if (last == '=')
            archive_entry_set_hardlink(entry, bytes.c_str());
        else
            archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
        good = good && archive_write_header(out, entry) == ARCHIVE_OK;
        if (last != '@' && last != '=')
            good = good && archive_write_data(out, bytes.data(), bytes.size()) == static_cast<la_ssize_t>(bytes.size());
        archive_entry_free(entry);
    }
    good = archive_write_close(out) == ARCHIVE_OK && good;
    archive_write_free(out);
    return good;
}

inline Result<Dataset> opened(const fs::path& path, const std::string& format = "auto") {
    DataSettings settings;
    settings.path = path.string();
    settings.format = format;
    return openDataset(settings, 1);
}

inline QString messageOf(const Result<Dataset>& dataset) {
    return dataset ? QString() : QString::fromStdString(dataset.error().message);
}

inline bool hasProblem(const Dataset& dataset, const std::string& kind) {
    return std::any_of(dataset.problems.begin(), dataset.problems.end(),
                       [&](const DataProblem& problem) { return problem.kind == kind; });
}

inline Result<Image> decodedAt(const Dataset& dataset, std::size_t index, const PixelSettings& pixels = {}) {
    return dataset.source->decoded(dataset.samples[index], pixels);
}

/// A copy of `good` with some bytes changed, mostly near its beginning, and sometimes cut off or lengthened.
inline Bytes mutated(const Bytes& good, CounterRandom& random) {
    Bytes bytes = good;
    for (std::uint64_t change = 1 + random.below(6); change > 0; --change) {
        const std::size_t at = random.below(std::min<std::size_t>(bytes.size(), random.below(2) ? 64 : bytes.size()));
        static constexpr char kEdges[] = {0, 1, 0x7f, static_cast<char>(0x80), static_cast<char>(0xff)};
        bytes[at] = random.below(3) ? static_cast<char>(random.below(256)) : kEdges[random.below(5)];
    }
    if (random.below(4) == 0)
        bytes.resize(1 + random.below(bytes.size()));
    return bytes;
}

} // namespace sightline::fixtures
