// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <iterator>

#include "engine/explain/Judging.h"

namespace sightline::engine {

Result<Suspects> answer(const Asked& asked, const SuspectsQuestion& question, const Asking& asking) {
    const Result<RunSplit> split = openSplit(asked, {}, question.dataPath, asking);
    if (!split)
        return split.error();
    Suspects suspects;
    suspects.classes = asked.model().classes;
    if (!split->note.empty())
        suspects.notes.push_back(split->note);
    for (const Subset subset : {Subset::Validation, Subset::Test}) {
        if (split->data.dataset.count(subset) == 0)
            continue;
        Result<JudgedImages> images = judgedSubset(asked, *split, subset, question.batchSize, asking, suspects.notes);
        if (!images)
            return images.error();
        suspects.splits.push_back(nameOf(subset));
        std::move(images->predictions.begin(), images->predictions.end(), std::back_inserter(suspects.predictions));
        std::move(images->skipped.begin(), images->skipped.end(), std::back_inserter(suspects.skipped));
    }
    if (suspects.predictions.empty())
        return badInput("None of the images in " + split->data.dataset.root.string() + " can be looked at" +
                        (suspects.skipped.empty() ? "." : ": " + suspects.skipped.front()));
    suspects.labels = suspectLabels(suspects.predictions, suspects.classes.size());
    return suspects;
}

} // namespace sightline::engine
