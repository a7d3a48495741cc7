// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/EvaluationHtml.h"

#include <cmath>

#include "report/Chart.h"
#include "report/Html.h"
#include "store/OutOfFold.h"

namespace sightline::report {

namespace {

constexpr std::size_t kLargestMatrix = 30; ///< classes of a matrix that is drawn whole

std::string classTable(const Evaluation& evaluation) {
    const auto figure = [](const std::optional<double>& value) {
        return value ? decimal(*value, 3) : std::string("-");
    };
    std::vector<std::vector<std::string>> rows;
    for (const ClassReport& report : evaluation.perClass)
        rows.push_back({report.name, grouped(report.support), decimal(report.precision, 3), decimal(report.recall, 3),
                        decimal(report.f1, 3), figure(report.rocAuc), figure(report.averagePrecision)});
    return table("Each class against the rest",
                 {"Class", "Images", "Precision", "Recall", "F1", "ROC AUC", "Average precision"}, rows);
}

std::string figureTable(const Evaluation& evaluation) {
    std::vector<std::vector<std::string>> rows;
    const auto add = [&](const char* name, const std::optional<double>& value,
                         const std::optional<Interval>& interval = {}) {
        if (value)
            rows.push_back({name, decimal(*value, 4),
                            interval ? decimal(interval->low, 4) + " to " + decimal(interval->high, 4) : "-"});
    };
    add("Accuracy", evaluation.accuracy, evaluation.accuracyInterval);
    add("Balanced accuracy", evaluation.balancedAccuracy);
    add("Top-5 accuracy", evaluation.top5Accuracy);
    add("Macro precision", evaluation.macro.precision);
    add("Macro recall", evaluation.macro.recall);
    add("Macro F1", evaluation.macro.f1, evaluation.macroF1Interval);
    add("Weighted F1", evaluation.weighted.f1);
    add("Cohen's kappa", evaluation.cohenKappa);
    add("Matthews correlation", evaluation.mcc);
    add("Brier score", evaluation.brier);
    add("Negative log-likelihood", evaluation.nll);
    add("Expected calibration error", evaluation.calibration.ece);
    add(evaluation.split == "test" ? "Temperature (fitted on validation)" : "Temperature (fitted on these images)",
        evaluation.calibration.temperature);
    add("Calibration error with it", evaluation.calibration.eceAfter);
    return table(evaluation.split == kOutOfFold
                     ? "Figures of all images, each judged by the fold that was not trained on it"
                     : "Figures of the " + evaluation.split + " split",
                 {"Figure", "Value", "95 % interval (accuracy: Wilson, F1: bootstrap)"}, rows);
}

/// A cell's blue is the share of its row; the number is there, too.
std::string confusion(const Evaluation& evaluation) {
    const std::size_t count = evaluation.classes.size();
    if (count > kLargestMatrix)
        return "<p class=\"muted\">The matrix of " + std::to_string(count) +
               " classes is too large for a page; the most confused pairs are below.</p>\n";
    std::string html = "<div class=\"scroll\"><table class=\"confusion\"><caption>Rows are true classes, columns "
                       "predicted ones</caption><thead><tr><th></th>";
    for (const std::string& name : evaluation.classes)
        html += "<th scope=\"col\">" + escaped(name) + "</th>";
    html += "</tr></thead><tbody>\n";
    for (std::size_t truth = 0; truth < count; ++truth) {
        html += "<tr><th scope=\"row\">" + escaped(evaluation.classes[truth]) + "</th>";
        std::int64_t total = 0;
        for (std::size_t predicted = 0; predicted < count; ++predicted)
            total += evaluation.confusion.at(static_cast<int>(truth), static_cast<int>(predicted));
        for (std::size_t predicted = 0; predicted < count; ++predicted) {
            const std::int64_t images = evaluation.confusion.at(static_cast<int>(truth), static_cast<int>(predicted));
            const double share = total > 0 ? static_cast<double>(images) / static_cast<double>(total) : 0;
            html += std::string("<td") + (share > 0.5 ? " class=\"many\"" : "") +
                    " style=\"background:rgb(0 90 160 / " + decimal(share, 2) + ")\">" +
                    (images > 0 ? grouped(images) : "") + "</td>";
        }
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

std::string calibration(const Evaluation& evaluation) {
    ChartLine measured{"Measured", {}, {}, false, 0}, perfect{"Perfect", {0, 1}, {0, 1}, true, 2};
    for (const ConfidenceBin& bin : evaluation.calibration.bins)
        if (bin.images > 0) {
            measured.x.push_back(bin.confidence.value_or(std::nan("")));
            measured.y.push_back(bin.accuracy.value_or(std::nan("")));
        }
    return measured.x.empty() ? std::string()
                              : chart("Accuracy where the network is so sure", "Confidence", {perfect, measured});
}

std::string confusedPairs(const Evaluation& evaluation) {
    std::vector<std::vector<std::string>> rows;
    for (const ConfusedPair& pair : evaluation.mostConfused)
        rows.push_back({evaluation.classes[static_cast<std::size_t>(pair.truth)],
                        evaluation.classes[static_cast<std::size_t>(pair.predicted)], grouped(pair.images),
                        percent(pair.share)});
    return rows.empty()
               ? std::string()
               : table("Most confused pairs", {"True class", "Predicted", "Images", "Of the true class"}, rows);
}

} // namespace

std::string evaluationHtml(const Evaluation& evaluation) {
    return section("Figures", figureTable(evaluation) + classTable(evaluation)) +
           section("Confusion", confusion(evaluation) + confusedPairs(evaluation)) +
           section("Calibration", calibration(evaluation));
}

} // namespace sightline::report
