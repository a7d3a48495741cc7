// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "report/Chart.h"
#include "report/EvaluationHtml.h"
#include "report/Html.h"
#include "report/RunReport.h"
#include "report/RunSections.h"
#include "store/SettingsDifference.h"
#include "support/Words.h"

namespace sightline {

using namespace report;

namespace {

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

} // namespace

std::string report::imagesTable(const RunReport& report) {
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

namespace {

/// One training image of each class, as people see it.
Result<std::string> samples(const RunReport& report) {
    std::string html;
    for (const ReportSample& sample : report.samples) {
        const auto image = picture(sample.image, sample.className + ", " + sample.path);
        if (!image)
            return image.error();
        html += "<figure>" + *image + "<figcaption>" + escaped(sample.className) + "</figcaption></figure>\n";
    }
    return html.empty() ? html : "<div class=\"pictures\">\n" + html + "</div>\n";
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

} // namespace

std::string report::layers(const GraphSpec& graph) {
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

Result<std::string> reportHtml(const RunReport& report) {
    const auto shown = pictures(report), sampled = samples(report);
    if (!shown || !sampled)
        return shown ? sampled.error() : shown.error();
    std::string body = "<h1>" + escaped(report.run.name) + "</h1>\n<p class=\"muted\">Run " + escaped(report.run.id) +
                       (report.run.created.empty() ? "" : ", " + escaped(report.run.created));
    if (report.parent)
        body += ", forked from " + escaped(report.parent->run) + " after epoch " + std::to_string(report.parent->epoch);
    body += "</p>\n" + (report.run.note.empty() ? std::string() : "<p>" + escaped(report.run.note) + "</p>\n") +
            facts(report);
    for (const std::string& note : report.notes)
        body += "<p class=\"muted\">" + escaped(note) + "</p>\n";
    body += section("Methods", "<p>" + escaped(methodsText(report)) + "</p>\n");
    body += section("Images", imagesTable(report) + *sampled);
    body += section("Training", curves(report));
    if (const auto& evaluation = report.evaluation; evaluation && !evaluation->predictions.empty())
        body += evaluationHtml(*evaluation);
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
