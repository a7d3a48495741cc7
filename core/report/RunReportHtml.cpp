// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "report/Chart.h"
#include "report/Html.h"
#include "report/RunReport.h"
#include "store/SettingsDifference.h"
#include "support/Words.h"

namespace sightline {

using namespace report;

namespace {

constexpr std::size_t kLargestMatrix = 30; ///< classes of a matrix that is drawn whole

std::string fact(const std::string& name, const std::string& value, const std::string& more = {}) {
    return "<div><span class=\"muted\">" + escaped(name) + "</span><b>" + escaped(value) +
           "</b><span class=\"muted\">" + escaped(more) + "</span></div>\n";
}

std::string facts(const RunReport& report) {
    std::string html = "<div class=\"facts\">\n";
    if (const auto& evaluation = report.evaluation; evaluation && !evaluation->predictions.empty()) {
        const auto& interval = evaluation->accuracyInterval;
        html +=
            fact(evaluation->split == "test" ? "Test accuracy" : "Validation accuracy", percent(evaluation->accuracy),
                 interval ? percent(interval->low) + " to " + percent(interval->high) : "");
        if (evaluation->macro.f1)
            html += fact("Macro F1", decimal(*evaluation->macro.f1, 3),
                         evaluation->macroF1Interval ? decimal(evaluation->macroF1Interval->low, 3) + " to " +
                                                           decimal(evaluation->macroF1Interval->high, 3)
                                                     : "");
    }
    if (report.run.bestValAccuracy)
        html += fact("Best validation", percent(*report.run.bestValAccuracy),
                     "epoch " + std::to_string(report.run.bestEpoch));
    html += fact("Epochs", std::to_string(report.history.size()), report.run.state);
    html += fact("Classes", std::to_string(report.classes.size()));
    return html + "</div>\n";
}

std::string imagesTable(const RunReport& report) {
    std::vector<std::vector<std::string>> rows;
    for (std::size_t label = 0; label < report.classes.size(); ++label) {
        std::vector<std::string> row{report.classes[label]};
        for (const auto& counts : report.images)
            row.push_back(label < counts.size() ? grouped(static_cast<std::int64_t>(counts[label])) : "-");
        rows.push_back(std::move(row));
    }
    std::string html = "<p>" + escaped(report.run.dataPath) + "</p>\n" +
                       table("Images of each class", {"Class", "Training", "Validation", "Test"}, rows);
    if (!report.dataDigest.empty())
        html += "<p class=\"muted\">SHA-256 of the list of images with their digests: " + escaped(report.dataDigest) +
                "</p>\n";
    return html;
}

std::string curves(const RunReport& report) {
    ChartLine loss{"Training loss", {}, {}, false, 0}, valLoss{"Validation loss", {}, {}, true, 1};
    ChartLine accuracy{"Training accuracy", {}, {}, false, 0}, valAccuracy{"Validation accuracy", {}, {}, true, 1};
    for (const EpochMetrics& epoch : report.history) {
        for (ChartLine* line : {&loss, &valLoss, &accuracy, &valAccuracy})
            line->x.push_back(epoch.epoch);
        loss.y.push_back(epoch.loss);
        accuracy.y.push_back(epoch.accuracy);
        valLoss.y.push_back(epoch.valLoss.value_or(std::nan("")));
        valAccuracy.y.push_back(epoch.valAccuracy.value_or(std::nan("")));
    }
    std::vector<ChartLine> losses{loss}, accuracies{accuracy};
    if (!report.history.empty() && report.history.front().valLoss) {
        losses.push_back(valLoss);
        accuracies.push_back(valAccuracy);
    }
    return chart("Loss", "Epoch", losses) + chart("Accuracy", "Epoch", accuracies);
}

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
    const auto add = [&](const char* name, const std::optional<double>& value) {
        if (value)
            rows.push_back({name, decimal(*value, 4)});
    };
    add("Accuracy", evaluation.accuracy);
    add("Balanced accuracy", evaluation.balancedAccuracy);
    add("Top-5 accuracy", evaluation.top5Accuracy);
    add("Macro precision", evaluation.macro.precision);
    add("Macro recall", evaluation.macro.recall);
    add("Macro F1", evaluation.macro.f1);
    add("Weighted F1", evaluation.weighted.f1);
    add("Cohen's kappa", evaluation.cohenKappa);
    add("Matthews correlation", evaluation.mcc);
    add("Brier score", evaluation.brier);
    add("Negative log-likelihood", evaluation.nll);
    add("Expected calibration error", evaluation.calibration.ece);
    add("Temperature (fitted on validation)", evaluation.calibration.temperature);
    add("Calibration error with it", evaluation.calibration.eceAfter);
    return table("Figures of the " + evaluation.split + " split", {"Figure", "Value"}, rows);
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

Result<std::string> pictures(const RunReport& report) {
    std::string html;
    for (const ReportPicture& shown : report.pictures) {
        const std::string what = shown.path + ", " + shown.truth + ", predicted " + shown.predicted;
        const auto image = picture(shown.image, what), overlay = picture(shown.overlay, "Heat map of " + what);
        if (!image || !overlay)
            return image ? overlay.error() : image.error();
        html += "<figure>" + *image + *overlay + "<figcaption>" + escaped(shown.truth) + " &#8594; " +
                escaped(shown.predicted) + ", " + percent(shown.confidence) + "<br>" + escaped(shown.path) +
                (shown.trust.empty() ? "" : "<br>" + escaped(shown.trust)) + "</figcaption></figure>\n";
    }
    return html.empty() ? html : "<div class=\"pictures\">\n" + html + "</div>\n";
}

std::string textOf(const Json& value) {
    return value.is_null() ? "-" : value.is_string() ? value.get<std::string>() : value.dump();
}

void addSettings(const std::string& path, const Json& value, std::vector<std::vector<std::string>>& rows) {
    if (!value.is_object()) {
        rows.push_back({path, textOf(value)});
        return;
    }
    for (const auto& [key, below] : value.items())
        addSettings(path.empty() ? key : path + "." + key, below, rows);
}

std::string settingsTables(const RunReport& report) {
    std::vector<std::vector<std::string>> rows, edits;
    Json settings = wholeSettings(report.experiment);
    settings["model"].erase("graph"); // it has its own table
    addSettings({}, settings, rows);
    for (const RecordedEdit& edit : report.edits)
        for (const auto& [path, values] : edit.changes.items())
            if (values.is_array() && values.size() == 2)
                edits.push_back(
                    {"epoch " + std::to_string(edit.place.epoch) + ", batch " + std::to_string(edit.place.batch), path,
                     textOf(values[0]), textOf(values[1])});
    return (edits.empty() ? std::string()
                          : table("Changed during the run", {"After", "Setting", "From", "To"}, edits)) +
           table("All settings", {"Setting", "Value"}, rows);
}

std::string layers(const GraphSpec& graph) {
    const auto cost = shapes(graph);
    if (!cost)
        return {};
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        std::string shape;
        for (const std::int64_t side : cost->nodes[i].output)
            shape += (shape.empty() ? "" : " x ") + std::to_string(side);
        rows.push_back({graph.nodes[i].id, nameOf(graph.nodes[i].op), shape, grouped(cost->nodes[i].parameters)});
    }
    return "<details><summary>" + std::to_string(rows.size()) + " layers, " + grouped(cost->parameters) +
           " parameters</summary>\n" + table("Layers", {"Layer", "Operation", "Output", "Parameters"}, rows) +
           "</details>\n";
}

} // namespace

Result<std::string> reportHtml(const RunReport& report) {
    const auto shown = pictures(report);
    if (!shown)
        return shown.error();
    std::string body = "<h1>" + escaped(report.run.name) + "</h1>\n<p class=\"muted\">Run " + escaped(report.run.id) +
                       (report.run.created.empty() ? "" : ", " + escaped(report.run.created));
    if (report.parent)
        body += ", forked from " + escaped(report.parent->run) + " after epoch " + std::to_string(report.parent->epoch);
    body += "</p>\n" + (report.run.note.empty() ? std::string() : "<p>" + escaped(report.run.note) + "</p>\n") +
            facts(report);
    for (const std::string& note : report.notes)
        body += "<p class=\"muted\">" + escaped(note) + "</p>\n";
    body += section("Methods", "<p>" + escaped(methodsText(report)) + "</p>\n");
    body += section("Images", imagesTable(report));
    body += section("Training", curves(report));
    if (const auto& evaluation = report.evaluation; evaluation && !evaluation->predictions.empty()) {
        body += section("Figures", figureTable(*evaluation) + classTable(*evaluation));
        body += section("Confusion", confusion(*evaluation) + confusedPairs(*evaluation));
        body += section("Calibration", calibration(*evaluation));
    }
    body += section("Where the network looked when it was wrong", *shown);
    body += section("Network", report.graph ? layers(*report.graph) : std::string());
    body += section("Settings", settingsTables(report));
    body +=
        section("Repeat it", "<p>Save this as experiment.json and run <code>sightline-cli train experiment.json</code>."
                             "</p>\n<pre>" +
                                 escaped(toText(toJson(report.began))) + "</pre>\n");
    return document(report.run.name + " - Sightline", body);
}

} // namespace sightline
