// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lane/Lane.h"
#include "store/RunSummary.h"

namespace sightline::ui {

/// Figures of epochs that no summary holds, read from the runs' histories beside the window: there may be many runs.
class EpochFigures : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    /// Reads what these columns (FigureColumn) need of runs that are new or have gone on.
    void ask(const std::vector<RunSummary>& runs, const QStringList& columns);
    /// Nothing while it has not been read.
    std::optional<double> value(const RunSummary& run, const QString& column) const;

Q_SIGNALS:
    void changed();

private:
    struct Known {
        int epochs = 0;                            ///< that the run had when it was read
        std::vector<std::optional<double>> values; ///< one for each of m_columns
    };
    using Figures = std::unordered_map<std::string, Known>; ///< by the run's folder

    QStringList m_columns;
    Figures m_known;
    Lane m_lane; ///< last: joined first
};

} // namespace sightline::ui
