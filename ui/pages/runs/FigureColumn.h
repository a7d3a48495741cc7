// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>
#include <string>
#include <vector>

#include "metrics/Metrics.h"
#include "store/RunSummary.h"

namespace sightline::ui {

/// A column of the shelf that shows a figure of the epochs: its best, its last, or that of one epoch.
struct FigureColumn {
    enum class Of { Best, Last, Epoch };
    std::string figure; ///< as EpochMetrics::value() knows it
    Of of = Of::Best;
    int epoch = 0; ///< of Of::Epoch, from 1

    /// Of "val_accuracy" (its best), "accuracy" (its last), "best_accuracy", "last_val_loss", "val_loss@12". Nothing
    /// where the column is another one.
    static std::optional<FigureColumn> from(const QString& column);

    bool isShare() const { return figure == "accuracy" || figure == "val_accuracy"; }
    /// The best of several is the least: losses.
    bool isBestWhenLow() const { return figure == "loss" || figure == "val_loss"; }
    /// Whether a summary holds it.
    bool isSummed() const;
    std::optional<double> valueIn(const RunSummary& run) const; ///< where isSummed()
    std::optional<double> valueIn(const std::vector<EpochMetrics>& history) const;
    QString text(double value) const;
};

/// Figures that there are of an epoch, in the order they are offered: "val_accuracy" ...
QStringList figuresOfEpochs();
/// "Val. accuracy".
QString figureName(const QString& figure);

} // namespace sightline::ui
