// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RunImages.h"

#include <numeric>

#include "augment/SharedImages.h"
#include "support/Files.h"
#include "support/Words.h"

namespace sightline::engine {

namespace {

/// Classes that validation says nothing about.
void noteUnvalidated(const Dataset& dataset, const DataSettings& data, std::vector<std::string>& notes) {
    const std::vector<std::size_t> training = dataset.countsPerClass(Subset::Train),
                                   validation = dataset.countsPerClass(Subset::Validation);
    if (dataset.count(Subset::Validation) == 0 && data.validationSplit <= 0)
        return; // none is wanted
    std::vector<std::string> names;
    for (std::size_t i = 0; i < training.size(); ++i)
        if (validation[i] == 0 && training[i] > 0)
            names.push_back(dataset.classes[i]);
    if (names.empty())
        return;
    const std::string of = names.size() == 1 ? "the class " : "the classes ";
    std::string note = "No validation image of " + of + listed(names) + ": validation cannot measure " +
                       (names.size() == 1 ? "it" : "them");
    if (!dataset.hasValidation && data.group.empty())
        note += " (data.validation_split " + Json(data.validationSplit).dump() + " of so few images is zero)";
    notes.push_back(note + ".");
}

Result<void> openNew(const TrainRequest& request, std::stop_token stop, TrainSetup& setup) {
    Result<Dataset> opened =
        request.images ? request.images->open(request.home, setup.experiment, stop)
                       : openWithOverlay(request.home, setup.experiment.data, setup.experiment.seed, true, stop);
    if (!opened)
        return opened.error();
    setup.dataset = std::move(*opened);
    const OverlayCounts counts = overlayCounts(setup.dataset);
    if (counts.relabelled + counts.excluded > 0)
        setup.notes.push_back("Label edits: " + std::to_string(counts.relabelled) + " images relabeled, " +
                              std::to_string(counts.excluded) + " excluded (overlay.json).");
    setup.overlay = overlayOf(setup.dataset);
    // What is left out has no place in the run: a draw depends on an image's place, and a resumed run knows these only.
    std::erase_if(setup.dataset.samples, [](const Sample& sample) { return sample.excluded; });
    return {};
}

/// What a person should know of images that have changed since the run began.
void noteChanges(const RunData& data, std::vector<std::string>& notes) {
    const SampleMatch& match = data.match;
    if (!match.fresh.empty())
        notes.push_back(counted(match.fresh.size(), "image") + (match.fresh.size() == 1 ? " is" : " are") +
                        " new since the run began; the run continues without " +
                        (match.fresh.size() == 1 ? "it." : "them."));
    if (!match.missing.empty()) {
        std::vector<std::string> names;
        for (const std::uint32_t entry : match.missing)
            names.push_back(data.manifest->samples[entry].path);
        notes.push_back(counted(names.size(), "image") + " of the run " + (names.size() == 1 ? "is" : "are") +
                        " missing: " + listed(names) + ".");
    }
    if (match.altered > 0)
        notes.push_back(counted(match.altered, "image") +
                        (match.altered == 1 ? " has different contents" : " have different contents") +
                        " than when the run began.");
    if (data.reclassed > 0)
        notes.push_back(counted(data.reclassed, "image") + (data.reclassed == 1 ? " is" : " are") +
                        " now in another class; the run keeps the labels it began with.");
}

Result<void> openOwn(const TrainRequest& request, std::stop_token stop, TrainSetup& setup) {
    RunDataRequest question;
    question.path = request.dataPath;
    question.threads = availableCpus();
    Result<RunData> data = openRunData(*setup.folder, setup.experiment, question, stop);
    if (!data)
        return data.error();
    if (!request.dataPath.empty()) {
        setup.moved = data->place;
        setup.experiment.data.path = data->place.path;
    }
    if (data->manifest) {
        noteChanges(*data, setup.notes);
        keepOrderOfRun(*data);
    } else {
        setup.notes.push_back(
            "This run is from an older version and has no list of its images; which are new or missing is unknown.");
    }
    setup.dataset = std::move(data->dataset);
    return {};
}

} // namespace

Result<void> openRunImages(const TrainRequest& request, std::stop_token stop, TrainSetup& setup) {
    if (const Result<void> opened = setup.folder ? openOwn(request, stop, setup) : openNew(request, stop, setup);
        !opened)
        return opened;
    noteUnvalidated(setup.dataset, setup.experiment.data, setup.notes);
    return {};
}

} // namespace sightline::engine
