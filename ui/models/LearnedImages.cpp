// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/LearnedImages.h"

#include "store/LearningFile.h"

namespace sightline::ui {

QString LearnedImages::words(const LearningFacts& facts) {
    if (!facts.known())
        return tr("not followed while training");
    const QString epochs = facts.epochs == 1 ? tr("1 epoch") : tr("%1 epochs").arg(facts.epochs);
    if (facts.right == 0)
        return tr("right in none of %1").arg(epochs);
    const QString forgotten = facts.forgotten == 0   ? tr("never forgotten")
                              : facts.forgotten == 1 ? tr("forgotten once")
                              : facts.forgotten == 2 ? tr("forgotten twice")
                                                     : tr("forgotten %1 times").arg(facts.forgotten);
    return tr("right in %1 of %2, %3").arg(facts.right).arg(epochs, forgotten);
}

QString LearnedImages::problem(const Evaluation& evaluation) const {
    if (history.empty())
        return tr("This run keeps no learning history: it was trained by an older version, or not for a whole epoch.");
    if (known == 0)
        return evaluation.split == "test"
                   ? tr("Test images have no learning history.")
                   : tr("How these images were learned is not known: training did not follow them.");
    return {};
}

Result<LearnedImages> readLearnedImages(const std::filesystem::path& run, const Evaluation& evaluation) {
    Result<LearningHistory> history = readLearning(run);
    if (!history)
        return history.error();
    LearnedImages learned;
    learned.history = std::move(*history);
    learned.facts.reserve(evaluation.predictions.size());
    for (const Prediction& prediction : evaluation.predictions) {
        learned.facts.push_back(learned.history.facts(prediction.path));
        learned.known += learned.facts.back().known() ? 1 : 0;
    }
    return learned;
}

} // namespace sightline::ui
