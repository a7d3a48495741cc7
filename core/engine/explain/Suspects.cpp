// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <iterator>

#include "engine/explain/Judging.h"
#include "engine/explain/Passes.h"

namespace sightline::engine {

Result<Suspects> answer(const Asked& asked, const SuspectsQuestion& question, const Asking& asking) {
    const Result<RunSplit> split = openImages(asked, question.dataPath, asking);
    if (!split)
        return split.error();
    const Dataset& dataset = split->data.dataset;
    const std::size_t images = dataset.count(Subset::Validation) + dataset.count(Subset::Test);
    if (images == 0)
        return badInput("Suspect labels are looked for among validation and test images, and the run " +
                        RunFolder(asked.source.runFolder).id() + " has none in " + split->data.place.path +
                        ": it may know its training images by heart, with their wrong labels.");
    Suspects suspects;
    suspects.classes = asked.model().classes;
    if (!split->note.empty())
        suspects.notes.push_back(split->note);
    Passes passes(asking, images);
    for (const Subset subset : {Subset::Validation, Subset::Test}) {
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
