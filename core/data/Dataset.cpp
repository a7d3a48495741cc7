// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Dataset.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "data/Readers.h"
#include "support/Random.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

/// Moves a share of train to validation, class by class; the rest keeps its order.
void splitValidation(Dataset& dataset, const DataSettings& settings, std::uint64_t seed) {
    std::vector<std::vector<std::size_t>> perClass(dataset.classes.size());
    for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
        const Sample& sample = dataset.samples[i];
        if (sample.subset == Subset::Train && sample.label >= 0)
            perClass[static_cast<std::size_t>(sample.label)].push_back(i);
    }
    for (std::size_t label = 0; label < perClass.size(); ++label) {
        std::vector<std::size_t>& members = perClass[label];
        const auto count = static_cast<std::size_t>(settings.validationSplit * static_cast<double>(members.size()));
        if (settings.split == SplitRule::Shuffled) {
            const std::vector<std::uint32_t> order = permutation(members.size(), seed, RandomPurpose::Split, label);
            std::vector<std::size_t> shuffled;
            for (const std::uint32_t position : order)
                shuffled.push_back(members[position]);
            members = std::move(shuffled);
        }
        for (std::size_t i = 0; i < count; ++i)
            dataset.samples[members[i]].subset = Subset::Validation;
    }
    std::stable_sort(dataset.samples.begin(), dataset.samples.end(), [](const Sample& a, const Sample& b) { return a.subset < b.subset; });
}

struct Reader {
    const char* name;
    bool (*fits)(const fs::path& root);
    Result<Dataset> (*read)(const fs::path& root, std::stop_token stop, const Progress& progress);
};

bool isFolder(const fs::path& root) {
    std::error_code code;
    return fs::is_directory(root, code);
}

/// In the order in which they are tried; folders of classes take every folder that nothing else claims.
constexpr std::array kReaders{
    Reader{"tiny-imagenet", looksLikeTinyImagenet, readTinyImagenet},
    Reader{"cifar10", looksLikeCifar, readCifar},
    Reader{"cifar100", looksLikeCifar, readCifar},
    Reader{"idx", looksLikeIdx, readIdx},
    Reader{"csv", looksLikeTable, readTable},
    Reader{"flat", looksFlat, readFlat},
    Reader{"folders", isFolder, readFolders},
};

} // namespace

void sortSamples(Dataset& dataset) {
    std::stable_sort(dataset.samples.begin(), dataset.samples.end(), [](const Sample& a, const Sample& b) {
        return std::tie(a.subset, a.label, a.path) < std::tie(b.subset, b.label, b.path);
    });
}

const char* nameOf(Subset subset) {
    switch (subset) {
    case Subset::Train: return "train";
    case Subset::Validation: return "val";
    case Subset::Test: break;
    }
    return "test";
}

std::vector<std::uint32_t> Dataset::indices(Subset subset) const {
    std::vector<std::uint32_t> found;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (samples[i].subset == subset && !samples[i].excluded)
            found.push_back(static_cast<std::uint32_t>(i));
    }
    return found;
}

std::size_t Dataset::count(Subset subset) const {
    return static_cast<std::size_t>(std::count_if(samples.begin(), samples.end(), [&](const Sample& sample) { return sample.subset == subset && !sample.excluded; }));
}

std::vector<std::size_t> Dataset::countsPerClass(Subset subset) const {
    std::vector<std::size_t> counts(classes.size(), 0);
    for (const Sample& sample : samples) {
        if (sample.subset == subset && sample.label >= 0 && !sample.excluded)
            ++counts[static_cast<std::size_t>(sample.label)];
    }
    return counts;
}

Result<Dataset> openDataset(const DataSettings& settings, std::uint64_t seed, std::stop_token stop, const Progress& progress) {
    if (settings.path.empty())
        return badInput("data.path: no folder of images is chosen.");
    fs::path root = settings.path;
    if (!root.has_filename() && root.has_parent_path())
        root = root.parent_path(); // "toys/" means "toys"
    std::error_code code;
    if (!fs::exists(root, code))
        return badInput("The folder " + root.string() + " does not exist.");
    const Reader* reader = nullptr;
    std::string names;
    for (const Reader& candidate : kReaders) {
        names += (names.empty() ? "" : ", ") + std::string(candidate.name);
        if (!reader && (settings.format == "auto" ? candidate.fits(root) : settings.format == candidate.name))
            reader = &candidate;
    }
    if (!reader && settings.format != "auto")
        return badInput("data.format: there is no reader '" + settings.format + "'; use auto, " + names + ".");
    if (!reader)
        return badInput(root.string() + " is a file that no reader knows; choose a folder that holds one folder of images for each class, or a table (.csv).");
    Result<Dataset> dataset = reader->read(root, stop, progress);
    if (!dataset)
        return dataset;
    if (dataset->count(Subset::Train) == 0) {
        if (dataset->classes.empty())
            return badInput("The folder " + root.string() + " has no class folders; put the images of each class into a folder of its own.");
        return badInput("The folder " + root.string() + " has no images for training (png, jpg, bmp, ppm, tif, webp).");
    }
    if (dataset->classes.size() == 1)
        dataset->problems.push_back({"one_class", root.string(), "has one class only; a classifier needs two or more"});
    if (!dataset->hasValidation && settings.validationSplit > 0)
        splitValidation(*dataset, settings, seed);
    return dataset;
}

} // namespace sightline
