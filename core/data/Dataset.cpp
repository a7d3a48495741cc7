// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Dataset.h"

#include <algorithm>

#include "data/Folders.h"
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

} // namespace

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
        if (samples[i].subset == subset)
            found.push_back(static_cast<std::uint32_t>(i));
    }
    return found;
}

std::size_t Dataset::count(Subset subset) const {
    return static_cast<std::size_t>(std::count_if(samples.begin(), samples.end(), [&](const Sample& sample) { return sample.subset == subset; }));
}

std::vector<std::size_t> Dataset::countsPerClass(Subset subset) const {
    std::vector<std::size_t> counts(classes.size(), 0);
    for (const Sample& sample : samples) {
        if (sample.subset == subset && sample.label >= 0)
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
    if (!fs::is_directory(root, code))
        return badInput(root.string() + " is a file; choose a folder that holds one folder of images for each class.");
    const bool tiny = settings.format == "tiny-imagenet" || (settings.format == "auto" && looksLikeTinyImagenet(root));
    if (!tiny && settings.format != "auto" && settings.format != "folders")
        return badInput("data.format: there is no reader '" + settings.format + "'; use auto, folders or tiny-imagenet.");

    Result<Dataset> dataset = tiny ? readTinyImagenet(root, stop, progress) : readFolders(root, stop, progress);
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
