// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Fetch.h"

#include <unistd.h>

#include "data/Archive.h"
#include "support/Files.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

std::string urlOf(const PublicDataset& dataset, const std::string& mirror, const RemoteFile& file) {
    const std::string& address = mirror.empty() ? dataset.address : mirror;
    return address + (address.ends_with('/') ? "" : "/") + file.name;
}

Result<void> fetchFile(const std::string& url, const RemoteFile& file, const fs::path& target, std::stop_token stop,
                       const FetchProgress& progress, const DownloadSettings& settings) {
    return download(
        {url, target, file.bytes, file.digest}, stop,
        [&](std::uint64_t done, std::uint64_t total) {
            if (progress)
                progress(file.name, done, total);
        },
        settings);
}

/// Unpacks beside `to`, then gives the folder its name: it is there whole or not at all.
Result<void> unpackInto(const fs::path& archive, const PublicDataset& dataset, const fs::path& to, std::stop_token stop,
                        const FetchProgress& progress) {
    const fs::path aside = to.string() + ".unpacking";
    std::error_code code;
    fs::remove_all(aside, code);
    if (const Result<void> made = makeFolder(aside); !made)
        return made;
    Result<void> done =
        unpackArchive(archive, aside, dataset.unpackedBytes, stop, [&](std::size_t at, std::size_t total) {
            if (progress)
                progress("unpacking", at, total);
        });
    if (done) {
        fs::remove(to, code); // an empty folder may be in the way
        fs::rename(aside, to, code);
        if (code)
            done = Error{"Moving " + aside.string() + " to " + to.string() + " failed: " + code.message() + "."};
    }
    if (!done)
        fs::remove_all(aside, code);
    return done;
}

} // namespace

const std::vector<PublicDataset>& publicDatasets() {
    // Digests: torchvision's for the IDX files, the publishers' page for CIFAR-10, the one in common use for
    // Tiny-ImageNet.
    static const std::vector<PublicDataset> all{
        {"mnist",
         "https://ossci-datasets.s3.amazonaws.com/mnist/",
         {{"train-images-idx3-ubyte.gz", 9912422, "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873"},
          {"train-labels-idx1-ubyte.gz", 28881, "md5:d53e105ee54ea40749a09fcbcd1e9432"},
          {"t10k-images-idx3-ubyte.gz", 1648877, "md5:9fb629c4189551a2d022fa330f9573f3"},
          {"t10k-labels-idx1-ubyte.gz", 4542, "md5:ec29112dd5afa0611ce80d1b7f02629c"}},
         false,
         0},
        {"fashion-mnist",
         "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
         {{"train-images-idx3-ubyte.gz", 26421880, "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d"},
          {"train-labels-idx1-ubyte.gz", 29515, "md5:25c81989df183df01b3e8a0aad5dffbe"},
          {"t10k-images-idx3-ubyte.gz", 4422102, "md5:bef4ecab320f06d8554ea6380940ec79"},
          {"t10k-labels-idx1-ubyte.gz", 5148, "md5:bb300cfdad3c16e7a12a480ee83cd310"}},
         false,
         0},
        {"cifar10",
         "https://www.cs.toronto.edu/~kriz/",
         {{"cifar-10-binary.tar.gz", 170052171, "md5:c32a1d4ab5d03f1284b67883e8d87530"}},
         true,
         std::uint64_t{1} << 30},
        {"tiny-imagenet",
         "http://cs231n.stanford.edu/",
         {{"tiny-imagenet-200.zip", 248100043, "md5:90528d7ca1a48142e341f4ef8d21d0de"}},
         true,
         std::uint64_t{1} << 30},
    };
    return all;
}

Result<void> fetchDataset(const PublicDataset& dataset, const fs::path& to, const std::string& mirror,
                          std::stop_token stop, const FetchProgress& progress, const DownloadSettings& settings) {
    if (!dataset.packed) {
        for (const RemoteFile& file : dataset.files) {
            if (const Result<void> fetched =
                    fetchFile(urlOf(dataset, mirror, file), file, to / file.name, stop, progress, settings);
                !fetched)
                return fetched;
        }
        return {};
    }
    const RemoteFile& file = dataset.files.front();
    const fs::path mark = to / ".fetched"; // this very file was unpacked here, wholly
    if (const auto known = readFile(mark, 4096); known && *known == file.digest)
        return {};
    std::error_code code;
    if (fs::exists(to, code) && !(fs::is_directory(to, code) && fs::is_empty(to, code)))
        return badInput(to.string() + " is not empty; choose another folder with --to.");
    const fs::path archive = (to.has_parent_path() ? to.parent_path() : fs::path(".")) / file.name;
    if (const Result<void> fetched = fetchFile(urlOf(dataset, mirror, file), file, archive, stop, progress, settings);
        !fetched)
        return fetched;
    if (const Result<void> unpacked = unpackInto(archive, dataset, to, stop, progress); !unpacked)
        return unpacked;
    fs::remove(archive, code);
    return writeFileAtomically(mark, file.digest);
}

} // namespace sightline
