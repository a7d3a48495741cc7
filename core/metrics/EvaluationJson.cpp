// SPDX-License-Identifier: GPL-3.0-or-later
#include <limits>

#include "metrics/Evaluation.h"

namespace sightline {

namespace {

Json orNull(const std::optional<double>& value) {
    return value ? Json(*value) : Json();
}

Json orNull(const std::optional<Interval>& interval) {
    return interval ? Json::array({interval->low, interval->high}) : Json();
}

Json documentOf(const ClassAverages& averages) {
    return {
        {"precision", orNull(averages.precision)}, {"recall", orNull(averages.recall)}, {"f1", orNull(averages.f1)}};
}

Json documentOf(const Calibration& calibration) {
    Json bins = Json::array();
    for (const ConfidenceBin& bin : calibration.bins)
        bins.push_back({{"lower", bin.lower},
                        {"upper", bin.upper},
                        {"images", bin.images},
                        {"confidence", orNull(bin.confidence)},
                        {"accuracy", orNull(bin.accuracy)}});
    return {{"ece", orNull(calibration.ece)},
            {"bins", std::move(bins)},
            {"temperature", orNull(calibration.temperature)},
            {"ece_after", orNull(calibration.eceAfter)}};
}

Json classesOf(const Evaluation& evaluation) {
    Json classes = Json::array();
    for (const ClassReport& report : evaluation.perClass)
        classes.push_back({{"name", report.name},
                           {"support", report.support},
                           {"precision", report.precision},
                           {"recall", report.recall},
                           {"f1", report.f1},
                           {"roc_auc", orNull(report.rocAuc)},
                           {"average_precision", orNull(report.averagePrecision)},
                           {"mean_confidence", orNull(report.meanConfidence)}});
    return classes;
}

/// All that were confused, however rarely.
Json pairsOf(const Evaluation& evaluation) {
    Json pairs = Json::array();
    for (const ConfusedPair& pair : mostConfusedPairs(evaluation.confusion, std::numeric_limits<std::size_t>::max()))
        pairs.push_back({{"true", evaluation.classes[static_cast<std::size_t>(pair.truth)]},
                         {"predicted", evaluation.classes[static_cast<std::size_t>(pair.predicted)]},
                         {"images", pair.images},
                         {"share", pair.share}});
    return pairs;
}

Json matrixOf(const ConfusionMatrix& confusion) {
    Json matrix = Json::array();
    for (int i = 0; i < confusion.classes(); ++i) {
        Json row = Json::array();
        for (int j = 0; j < confusion.classes(); ++j)
            row.push_back(confusion.at(i, j));
        matrix.push_back(std::move(row));
    }
    return matrix;
}

} // namespace

Json toJson(const Evaluation& evaluation) {
    Json json = {
        {"split", evaluation.split},
        {"images", evaluation.predictions.size()},
        {"loss", evaluation.loss},
        {"accuracy", evaluation.accuracy},
        {"top5_accuracy", evaluation.top5Accuracy},
        {"top_k_accuracy", evaluation.topK},
        {"balanced_accuracy", orNull(evaluation.balancedAccuracy)},
        {"macro", documentOf(evaluation.macro)},
        {"weighted", documentOf(evaluation.weighted)},
        {"cohen_kappa", orNull(evaluation.cohenKappa)},
        {"mcc", orNull(evaluation.mcc)},
        {"brier", orNull(evaluation.brier)},
        {"nll", orNull(evaluation.nll)},
        {"interval",
         {{"accuracy", orNull(evaluation.accuracyInterval)}, {"macro_f1", orNull(evaluation.macroF1Interval)}}},
        {"per_class", classesOf(evaluation)},
        {"calibration", documentOf(evaluation.calibration)},
        {"most_confused", pairsOf(evaluation)},
        {"confusion", {{"labels", evaluation.classes}, {"matrix", matrixOf(evaluation.confusion)}}},
        {"skipped", evaluation.skipped}};
    if (evaluation.split == kNewImages)
        return json;
    json["missing"] = evaluation.missing ? Json(*evaluation.missing) : Json();
    json["new"] = evaluation.fresh ? Json(*evaluation.fresh) : Json();
    if (evaluation.newImages) {
        json["new_images"] = toJson(*evaluation.newImages);
        if (evaluation.newImages->predictions.empty()) // of nothing there is no share
            for (const char* key : {"loss", "accuracy", "top5_accuracy"})
                json["new_images"][key] = Json();
    }
    return json;
}

} // namespace sightline
