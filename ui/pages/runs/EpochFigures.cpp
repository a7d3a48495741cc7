// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/runs/EpochFigures.h"

#include <utility>

#include "pages/runs/FigureColumn.h"
#include "store/RunFolder.h"

namespace sightline::ui {

namespace {
constexpr std::size_t kAtOnce = 250; ///< runs whose figures are brought together
}

void EpochFigures::ask(const std::vector<RunSummary>& runs, const QStringList& columns) {
    QStringList wanted;
    std::vector<FigureColumn> figures;
    for (const QString& column : columns)
        if (const auto figure = FigureColumn::from(column); figure && !figure->isSummed()) {
            wanted << column;
            figures.push_back(*figure);
        }
    if (wanted != m_columns) {
        m_columns = wanted;
        m_known.clear();
        m_lane.cancel();
    }
    if (wanted.isEmpty())
        return;
    std::vector<std::pair<std::string, int>> missing;
    for (const RunSummary& run : runs)
        if (const auto known = m_known.find(run.folder.string());
            known == m_known.end() || known->second.epochs != run.epochs)
            missing.emplace_back(run.folder.string(), run.epochs);
    if (missing.empty())
        return;
    const auto take = [this](Figures read) {
        for (auto& [folder, known] : read)
            m_known.insert_or_assign(folder, std::move(known));
    };
    // What was read is kept, whatever is asked for meanwhile.
    m_lane.submit(
        this,
        [missing = std::move(missing), figures, take](const std::stop_token& stop, const Courier& courier) {
            Figures read;
            for (const auto& [folder, epochs] : missing) {
                if (stop.stop_requested())
                    break;
                const auto history = RunFolder(folder).history();
                Known known{epochs, {}};
                for (const FigureColumn& figure : figures)
                    known.values.push_back(history ? figure.valueIn(*history) : std::nullopt);
                read.insert_or_assign(folder, std::move(known));
                if (read.size() == kAtOnce)
                    courier.post([take, part = std::exchange(read, {})] { take(part); });
            }
            return Result<Figures>(std::move(read));
        },
        [this, take](Result<Figures> rest) {
            if (rest)
                take(std::move(*rest));
            Q_EMIT changed();
        });
}

std::optional<double> EpochFigures::value(const RunSummary& run, const QString& column) const {
    const auto known = m_known.find(run.folder.string());
    const auto place = m_columns.indexOf(column);
    return known == m_known.end() || place < 0 ? std::nullopt : known->second.values[static_cast<std::size_t>(place)];
}

} // namespace sightline::ui
