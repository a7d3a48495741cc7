// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/Metrics.h"
#include "support/Csv.h"

#include <algorithm>
#include <cassert>
#include <cstdio>

namespace sightline {

std::optional<double> EpochMetrics::value(const std::string& name) const {
    if (name == "loss")
        return loss;
    if (name == "accuracy")
        return accuracy;
    if (name == "val_loss")
        return valLoss;
    if (name == "val_accuracy")
        return valAccuracy;
    if (name == "learning_rate")
        return learningRate;
    return {};
}

ConfusionMatrix::ConfusionMatrix(int classes)
    : m_classes(classes), m_counts(static_cast<std::size_t>(classes) * static_cast<std::size_t>(classes), 0) {}

void ConfusionMatrix::add(int truth, int predicted) {
    assert(truth >= 0 && truth < m_classes && predicted >= 0 && predicted < m_classes);
    ++m_counts[static_cast<std::size_t>(truth) * static_cast<std::size_t>(m_classes) +
               static_cast<std::size_t>(predicted)];
}

std::int64_t ConfusionMatrix::at(int truth, int predicted) const {
    return m_counts[static_cast<std::size_t>(truth) * static_cast<std::size_t>(m_classes) +
                    static_cast<std::size_t>(predicted)];
}

std::int64_t ConfusionMatrix::total() const {
    std::int64_t sum = 0;
    for (const std::int64_t count : m_counts)
        sum += count;
    return sum;
}

namespace {

double share(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.7g", value);
    return text;
}

} // namespace

void summarize(Evaluation& evaluation) {
    const auto classes = static_cast<int>(evaluation.classes.size());
    evaluation.confusion = ConfusionMatrix(classes);
    std::vector<RunningMean> confidence(evaluation.classes.size());
    RunningMean loss, right, topFive;
    for (const Prediction& prediction : evaluation.predictions) {
        if (prediction.truth < 0)
            continue;
        evaluation.confusion.add(prediction.truth, prediction.predicted);
        confidence[static_cast<std::size_t>(prediction.truth)].add(prediction.confidence);
        loss.add(prediction.loss);
        right.add(prediction.truth == prediction.predicted ? 1 : 0);
        const float ofTruth = prediction.probabilities.at(static_cast<std::size_t>(prediction.truth));
        const auto above = std::count_if(prediction.probabilities.begin(), prediction.probabilities.end(),
                                         [&](float p) { return p > ofTruth; });
        topFive.add(above < 5 ? 1 : 0);
    }
    evaluation.loss = loss.mean();
    evaluation.accuracy = right.mean();
    evaluation.top5Accuracy = topFive.mean();
    evaluation.perClass.clear();
    for (int i = 0; i < classes; ++i) {
        ClassReport report;
        report.name = evaluation.classes[static_cast<std::size_t>(i)];
        std::int64_t predicted = 0;
        for (int j = 0; j < classes; ++j) {
            report.support += evaluation.confusion.at(i, j);
            predicted += evaluation.confusion.at(j, i);
        }
        report.recall = share(evaluation.confusion.at(i, i), report.support);
        report.precision = share(evaluation.confusion.at(i, i), predicted);
        const double sum = report.precision + report.recall;
        report.f1 = sum == 0 ? 0.0 : 2 * report.precision * report.recall / sum;
        report.meanConfidence = confidence[static_cast<std::size_t>(i)].mean();
        evaluation.perClass.push_back(std::move(report));
    }
}

Json toJson(const Evaluation& evaluation) {
    Json json = {
        {"split", evaluation.split},       {"images", evaluation.predictions.size()},  {"loss", evaluation.loss},
        {"accuracy", evaluation.accuracy}, {"top5_accuracy", evaluation.top5Accuracy}, {"per_class", Json::array()}};
    for (const ClassReport& report : evaluation.perClass)
        json["per_class"].push_back({{"name", report.name},
                                     {"support", report.support},
                                     {"precision", report.precision},
                                     {"recall", report.recall},
                                     {"f1", report.f1},
                                     {"mean_confidence", report.meanConfidence}});
    Json matrix = Json::array();
    for (int i = 0; i < evaluation.confusion.classes(); ++i) {
        Json row = Json::array();
        for (int j = 0; j < evaluation.confusion.classes(); ++j)
            row.push_back(evaluation.confusion.at(i, j));
        matrix.push_back(std::move(row));
    }
    json["confusion"] = {{"labels", evaluation.classes}, {"matrix", std::move(matrix)}};
    json["skipped"] = evaluation.skipped;
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

std::string predictionsCsv(const Evaluation& evaluation) {
    std::string csv = "path,true,predicted,correct,confidence,loss";
    for (const std::string& name : evaluation.classes)
        csv += "," + csvCell(name);
    csv += "\n";
    const auto nameOfClass = [&](int index) {
        return index < 0 ? std::string() : csvCell(evaluation.classes[static_cast<std::size_t>(index)]);
    };
    for (const Prediction& prediction : evaluation.predictions) {
        csv += csvCell(prediction.path) + "," + nameOfClass(prediction.truth) + "," +
               nameOfClass(prediction.predicted) + "," + (prediction.truth == prediction.predicted ? "1" : "0") + "," +
               number(prediction.confidence) + "," + number(prediction.loss);
        for (const float probability : prediction.probabilities)
            csv += "," + number(static_cast<double>(probability));
        csv += "\n";
    }
    return csv;
}

} // namespace sightline
