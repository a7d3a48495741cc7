// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>

#include "engine/explain/Judging.h"
#include "engine/explain/Passes.h"
#include "store/OutOfFold.h"
#include "store/RunImport.h"

namespace sightline::engine {

namespace {

/// What the folds said of the run's training and validation images, with their labels as they are now. False where
/// there are no such folds; `notes` gets a sentence where their table cannot be read.
bool addOutOfFold(const Asked& asked, const Dataset& dataset, Suspects& suspects) {
    auto table = outOfFoldPredictions(asked.source.runFolder, suspects.classes);
    if (!table)
        suspects.notes.push_back(table.error().message);
    if (!table || !*table)
        return false;
    std::unordered_map<std::string_view, std::uint32_t> samples;
    for (const Subset subset : {Subset::Train, Subset::Validation})
        for (const std::uint32_t index : dataset.indices(subset))
            samples.emplace(dataset.samples[index].path, index);
    for (Prediction& one : **table)
        if (const auto place = samples.find(one.path); place != samples.end()) {
            one.sample = place->second;
            one.truth = dataset.samples[place->second].label;
            suspects.predictions.push_back(std::move(one));
        }
    if (suspects.predictions.empty())
        return false;
    suspects.splits = {nameOf(Subset::Train), nameOf(Subset::Validation)};
    return true;
}

} // namespace

Result<Suspects> answer(const Asked& asked, const SuspectsQuestion& question, const Asking& asking) {
    const Result<RunSplit> split = openImages(asked, question.dataPath, asking);
    if (!split)
        return split.error();
    const Dataset& dataset = split->data.dataset;
    Suspects suspects;
    suspects.classes = asked.model().classes;
    suspects.knowsTraining = knowsItsImages(asked.source.runFolder);
    if (!suspects.knowsTraining)
        suspects.notes.push_back("On which of these images the network was trained is unknown; those it was trained on "
                                 "it may know by heart, with their wrong labels.");
    if (!split->note.empty())
        suspects.notes.push_back(split->note);
    std::vector<Subset> judgedHere = {Subset::Test};
    if (!addOutOfFold(asked, dataset, suspects))
        judgedHere = {Subset::Validation, Subset::Test};
    if (isImported(asked.source.runFolder) && dataset.count(Subset::Validation) + dataset.count(Subset::Test) == 0)
        judgedHere = {Subset::Train}; // it was not trained here
    std::size_t images = 0;
    for (const Subset subset : judgedHere)
        images += dataset.count(subset);
    if (images == 0 && suspects.predictions.empty())
        return badInput("Suspect labels are looked for among validation and test images, and the run " +
                        RunFolder(asked.source.runFolder).id() + " has none in " + split->data.place.path +
                        ": it may know its training images by heart, with their wrong labels.");
    Passes passes(asking, images);
    for (const Subset subset : judgedHere) {
        const std::size_t count = dataset.count(subset);
        if (count == 0)
            continue;
        auto judged = judgedSubset(asked, *split, subset, question.batchSize, passes.next(count), suspects.notes);
        if (!judged)
            return judged.error();
        suspects.splits.push_back(nameOf(subset));
        std::move(judged->predictions.begin(), judged->predictions.end(), std::back_inserter(suspects.predictions));
        std::move(judged->skipped.begin(), judged->skipped.end(), std::back_inserter(suspects.skipped));
    }
    passes.end();
    if (suspects.predictions.empty())
        return badInput("None of the images in " + dataset.root.string() + " can be looked at" +
                        (suspects.skipped.empty() ? "." : ": " + suspects.skipped.front()));
    suspects.labels = suspectLabels(suspects.predictions, suspects.classes.size());
    return suspects;
}

} // namespace sightline::engine
