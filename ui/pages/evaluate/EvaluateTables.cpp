// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/EvaluateTables.h"

#include <QCoreApplication>

#include "look/Words.h"

namespace sightline::ui {

namespace {
constexpr std::size_t kPairs = 200;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(EvaluateTables)
};
} // namespace

QStringList classColumns() {
    return {Words::tr("Class"),
            Words::tr("Images|Images of this class in the split"),
            Words::tr("Precision|Share of the images predicted as this class that belong to it"),
            Words::tr("Recall|Share of the images of this class that were predicted as it"),
            Words::tr("F1|Harmonic mean of precision and recall"),
            Words::tr("AUC|Area under the ROC curve, this class against the rest: 0.5 is chance"),
            Words::tr("AP|Average precision: area under the precision-recall curve, this class against the rest"),
            Words::tr("Conf.|Mean confidence of the predictions for images of this class")};
}

std::vector<std::vector<Table::Cell>> classRows(const Evaluation& evaluation) {
    std::vector<std::vector<Table::Cell>> rows;
    for (const ClassReport& report : evaluation.perClass) {
        std::vector<Table::Cell> cells{{QString::fromStdString(report.name)},
                                       {grouped(report.support), static_cast<qlonglong>(report.support)}};
        for (const double value : {report.precision, report.recall, report.f1})
            cells.push_back({fixed(value, 3), value, value});
        for (const auto& value : {report.rocAuc, report.averagePrecision, report.meanConfidence})
            cells.push_back(value ? Table::Cell{fixed(*value, 3), *value, *value}
                                  : Table::Cell{QStringLiteral("–"), -1.0, -1, Words::tr("Undefined for this class")});
        rows.push_back(std::move(cells));
    }
    return rows;
}

std::vector<ConfusedPair> confusedPairs(const Evaluation& evaluation) {
    return mostConfusedPairs(evaluation.confusion, kPairs);
}

QStringList pairColumns() {
    return {Words::tr("True class"), Words::tr("Predicted as"), Words::tr("Images"),
            Words::tr("Share|Share of the images of the true class")};
}

std::vector<std::vector<Table::Cell>> pairRows(const Evaluation& evaluation, const std::vector<ConfusedPair>& pairs) {
    std::vector<std::vector<Table::Cell>> rows;
    for (const ConfusedPair& pair : pairs) {
        const auto name = [&](int label) {
            return Table::Cell{QString::fromStdString(evaluation.classes[static_cast<std::size_t>(label)])};
        };
        rows.push_back({name(pair.truth),
                        name(pair.predicted),
                        {grouped(pair.images), static_cast<qlonglong>(pair.images)},
                        {percent(pair.share), pair.share, pair.share}});
    }
    return rows;
}

} // namespace sightline::ui
