// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/SuspectsFound.h"

#include <QCoreApplication>

#include <string_view>
#include <unordered_map>

#include "look/Words.h"
#include "pages/evaluate/NotCounted.h"
#include "store/OutOfFold.h"

namespace sightline::ui {

namespace {

struct SuspectWords {
    Q_DECLARE_TR_FUNCTIONS(SuspectsFound)
};

std::vector<SuspectImage> thoseInDoubt(const std::vector<SuspectLabel>& labels,
                                       const std::vector<Prediction>& predictions) {
    std::vector<SuspectImage> found;
    for (const SuspectLabel& label : labels)
        if (label.isSuspect)
            found.push_back({predictions[label.prediction], label.suggested, label.selfConfidence, {}});
    return found;
}

void findPlaces(std::vector<SuspectImage>& suspects, const Evaluation& evaluation) {
    std::unordered_map<std::string_view, std::uint32_t> places;
    for (std::uint32_t i = 0; i < evaluation.predictions.size(); ++i)
        places.emplace(evaluation.predictions[i].path, i);
    for (SuspectImage& suspect : suspects)
        if (const auto found = places.find(suspect.image.path); found != places.end())
            suspect.place = found->second;
}

/// "validation and test"
QString splitsIn(const std::vector<std::string>& splits) {
    QString words;
    for (std::size_t i = 0; i < splits.size(); ++i) {
        if (i > 0)
            words += i + 1 == splits.size() ? SuspectWords::tr(" and ") : QStringLiteral(", ");
        words += splits[i] == "train" ? SuspectWords::tr("training")
                 : splits[i] == "val" ? SuspectWords::tr("validation")
                                      : SuspectWords::tr("test");
    }
    return words;
}

} // namespace

std::vector<SuspectImage> suspectsIn(const Evaluation& evaluation) {
    auto found = thoseInDoubt(suspectLabels(evaluation.predictions, evaluation.classes.size()), evaluation.predictions);
    findPlaces(found, evaluation);
    return found;
}

Result<std::vector<SuspectImage>> suspectsByFolds(const Evaluation& evaluation, const std::filesystem::path& run) {
    const auto table = outOfFoldPredictions(run, evaluation.classes);
    if (!table)
        return table.error();
    std::unordered_map<std::string_view, const Prediction*> folds;
    if (*table)
        for (const Prediction& one : **table)
            folds.emplace(one.path, &one);
    std::vector<Prediction> judged;
    for (const Prediction& one : evaluation.predictions)
        if (const auto found = folds.find(one.path); found != folds.end()) {
            judged.push_back(*found->second);
            judged.back().truth = one.truth;
            judged.back().sample = one.sample;
        }
    auto found = thoseInDoubt(suspectLabels(judged, evaluation.classes.size()), judged);
    findPlaces(found, evaluation);
    return found;
}

std::vector<SuspectImage> suspectsOf(const Suspects& suspects, const Evaluation& evaluation) {
    auto found = thoseInDoubt(suspects.labels, suspects.predictions);
    findPlaces(found, evaluation);
    return found;
}

QString noteOn(const Suspects& suspects, std::size_t inDoubt) {
    QString note = counted(static_cast<qlonglong>(suspects.labels.size()), SuspectWords::tr("%1 image judged"),
                           SuspectWords::tr("%1 images judged"));
    note += QStringLiteral(" (%1)").arg(splitsIn(suspects.splits));
    if (suspects.knowsTraining)
        note += SuspectWords::tr(", each by a network that was not trained on it");
    note += QStringLiteral(": ");
    note += inDoubt == 0 ? SuspectWords::tr("no label is in doubt.")
                         : counted(static_cast<qlonglong>(inDoubt), SuspectWords::tr("%1 label is in doubt."),
                                   SuspectWords::tr("%1 labels are in doubt."));
    for (const std::string& more : suspects.notes)
        note += QLatin1Char(' ') + QString::fromStdString(more);
    return note + notCounted(suspects.skipped);
}

} // namespace sightline::ui
