// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/runs/FigureColumn.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "look/Words.h"

namespace sightline::ui {

namespace {
struct Words {
    Q_DECLARE_TR_FUNCTIONS(FigureColumn)
};

constexpr QLatin1String kFigures[] = {QLatin1String("val_accuracy"), QLatin1String("val_loss"),
                                      QLatin1String("accuracy"), QLatin1String("loss"), QLatin1String("learning_rate")};
} // namespace

QStringList figuresOfEpochs() {
    return {std::begin(kFigures), std::end(kFigures)};
}

QString figureName(const QString& figure) {
    return figure == QLatin1String("val_accuracy") ? Words::tr("Val. accuracy")
           : figure == QLatin1String("val_loss")   ? Words::tr("Val. loss")
           : figure == QLatin1String("accuracy")   ? Words::tr("Accuracy")
           : figure == QLatin1String("loss")       ? Words::tr("Loss")
                                                   : Words::tr("Learning rate");
}

/// Asked for every cell of the shelf: it makes no lists.
std::optional<FigureColumn> FigureColumn::from(const QString& column) {
    const auto at = column.indexOf(QLatin1Char('@'));
    const bool isBest = column.startsWith(QLatin1String("best_")), isLast = column.startsWith(QLatin1String("last_"));
    QStringView figure = QStringView(column).left(at < 0 ? column.size() : at);
    if (isBest || isLast)
        figure = figure.mid(5);
    const auto known = std::find(std::begin(kFigures), std::end(kFigures), figure);
    const bool isSetting = column == QLatin1String("learning_rate"); // what it begins with
    if (known == std::end(kFigures) || isSetting || (at >= 0 && (isBest || isLast)))
        return std::nullopt;
    const int epoch = at < 0 ? 0 : QStringView(column).mid(at + 1).toInt();
    if (at >= 0 && epoch < 1)
        return std::nullopt;
    const bool isPlainBest = !isLast && figure.startsWith(QLatin1String("val_"));
    return FigureColumn{known->data(), at >= 0 ? Of::Epoch : isBest || isPlainBest ? Of::Best : Of::Last, epoch};
}

bool FigureColumn::isSummed() const {
    return figure != "learning_rate" &&
           (of == Of::Last || (of == Of::Best && figure != "accuracy" && figure != "loss"));
}

std::optional<double> FigureColumn::valueIn(const RunSummary& run) const {
    if (of == Of::Best)
        return figure == "val_accuracy" ? run.bestValAccuracy : run.bestValLoss;
    return figure == "val_accuracy" ? run.lastValAccuracy
           : figure == "val_loss"   ? run.lastValLoss
           : figure == "accuracy"   ? run.lastAccuracy
                                    : run.lastLoss;
}

std::optional<double> FigureColumn::valueIn(const std::vector<EpochMetrics>& history) const {
    std::optional<double> found;
    for (const EpochMetrics& each : history) {
        const std::optional<double> value = each.value(figure);
        if (of == Of::Epoch ? each.epoch != epoch : !value)
            continue;
        if (of != Of::Best || !found || std::isnan(*found) || (isBestWhenLow() ? *value < *found : *value > *found))
            found = value;
    }
    return found;
}

QString FigureColumn::text(double value) const {
    return isShare() ? percent(value) : significant(value);
}

} // namespace sightline::ui
