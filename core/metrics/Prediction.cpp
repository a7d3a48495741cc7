// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/Prediction.h"

#include <charconv>
#include <cstddef>
#include <unordered_map>

#include "support/Csv.h"

namespace sightline {

namespace {

constexpr std::size_t kColumnsBefore = 6; ///< path, true, predicted, correct, confidence, loss

std::string headOf(const std::vector<std::string>& classes) {
    std::string head = "path,true,predicted,correct,confidence,loss";
    for (const std::string& name : classes)
        head += "," + csvCell(name);
    return head;
}

/// A float's eleven digits bring it back, and are as near to it as figures of 1e-9 need.
void append(std::string& csv, float value) {
    char text[32];
    const auto end =
        std::to_chars(text, text + sizeof text, static_cast<double>(value), std::chars_format::general, 11);
    csv.append(text, end.ptr);
}

void append(std::string& csv, double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value);
    csv.append(text, end.ptr);
}

template <typename Number>
bool parse(const std::string& cell, Number& number) {
    const auto end = std::from_chars(cell.data(), cell.data() + cell.size(), number);
    return end.ec == std::errc() && end.ptr == cell.data() + cell.size();
}

Error noTable() {
    return Error{"This is not a table of predictions for these classes."};
}

} // namespace

std::string predictionsCsv(const std::vector<std::string>& classes, const std::vector<Prediction>& predictions) {
    std::string csv = headOf(classes) + "\n";
    const auto nameOfClass = [&](int index) {
        return index < 0 ? std::string() : csvCell(classes[static_cast<std::size_t>(index)]);
    };
    for (const Prediction& prediction : predictions) {
        csv += csvCell(prediction.path) + "," + nameOfClass(prediction.truth) + "," +
               nameOfClass(prediction.predicted) + "," + (prediction.truth == prediction.predicted ? "1," : "0,");
        append(csv, static_cast<float>(prediction.confidence));
        csv += ',';
        append(csv, prediction.loss);
        for (const float probability : prediction.probabilities) {
            csv += ',';
            append(csv, probability);
        }
        csv += '\n';
    }
    return csv;
}

std::vector<std::string> classesOfPredictions(const std::string& csv) {
    std::vector<std::string> head;
    if (!CsvReader(csv).next(head) || head.size() <= kColumnsBefore)
        return {};
    return {head.begin() + static_cast<std::ptrdiff_t>(kColumnsBefore), head.end()};
}

Result<std::vector<Prediction>> readPredictions(const std::string& csv, const std::vector<std::string>& classes) {
    if (!csv.starts_with(headOf(classes) + "\n"))
        return noTable();
    std::unordered_map<std::string, int> labels;
    for (std::size_t i = 0; i < classes.size(); ++i)
        labels.emplace(classes[i], static_cast<int>(i));
    CsvReader reader(csv);
    std::vector<std::string> row;
    reader.next(row);
    std::vector<Prediction> predictions;
    while (reader.next(row)) {
        if (row.size() != kColumnsBefore + classes.size())
            return noTable();
        const auto truth = labels.find(row[1]), predicted = labels.find(row[2]);
        if (truth == labels.end() || predicted == labels.end())
            return noTable();
        Prediction prediction;
        prediction.path = row[0];
        prediction.truth = truth->second;
        prediction.predicted = predicted->second;
        prediction.probabilities.resize(classes.size());
        for (std::size_t i = 0; i < classes.size(); ++i)
            if (!parse(row[kColumnsBefore + i], prediction.probabilities[i]))
                return noTable();
        if (!parse(row[5], prediction.loss))
            return noTable();
        prediction.confidence =
            static_cast<double>(prediction.probabilities[static_cast<std::size_t>(prediction.predicted)]);
        predictions.push_back(std::move(prediction));
    }
    return predictions;
}

} // namespace sightline
