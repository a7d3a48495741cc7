// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/search/TrialRows.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

#include "look/Theme.h"
#include "look/Words.h"
#include "pages/search/SettingTitles.h"

namespace sightline::ui {

namespace {

using State = SearchTrial::State;

QString tr(const char* text) {
    return QCoreApplication::translate("TrialRows", text);
}

Table::Cell stateCell(const SearchTrial& trial, bool isBest) {
    const int epochs = trial.reports.empty() ? 0 : trial.reports.rbegin()->first;
    const auto cell = [](const QString& text, const QString& why, Role tone) {
        return Table::Cell{text, {}, -1, why, static_cast<int>(tone)};
    };
    switch (trial.state) {
    case State::Running:
        return cell(tr("in progress"), counted(epochs, tr("%1 epoch is done"), tr("%1 epochs are done")), Role::Accent);
    case State::Complete:
        return cell(isBest ? tr("best") : tr("complete"),
                    isBest ? tr("The best; its checkpoints are kept") : tr("Trained to its end"),
                    isBest ? Role::Good : Role::Text);
    case State::Pruned:
        return cell(tr("pruned"),
                    counted(epochs, tr("Stopped after %1 epoch: the others were better by then"),
                            tr("Stopped after %1 epochs: the others were better by then")),
                    Role::Muted);
    case State::Failed:
        break;
    }
    return cell(tr("failed"), QString::fromStdString(trial.error), Role::Bad);
}

Table::Cell objectiveCell(const std::string& objective, const SearchTrial& trial, double low, double high) {
    if (!trial.value)
        return {QStringLiteral("–"), -1e300};
    const double share = trial.state != State::Complete ? -1 : high > low ? (*trial.value - low) / (high - low) : 1;
    QStringList each;
    for (const double value : trial.values)
        each << objectiveWords(objective, value);
    return {objectiveWords(objective, *trial.value), *trial.value, share,
            each.size() > 1 ? tr("Mean of %1").arg(each.join(QStringLiteral(", "))) : QString()};
}

Table::Cell settingCell(const std::string& path, const Json& value) {
    if (value.is_null())
        return {QStringLiteral("–")};
    QVariant key; // words sort by themselves
    if (value.is_number())
        key = value.get<double>();
    return {valueWords(path, value), key};
}

} // namespace

QStringList trialColumns(const SearchPlan& plan) {
    QStringList columns{
        tr("Trial"),
        objectiveTitle(plan.objective) + QLatin1Char('|') +
            (plan.executionsPerTrial > 1 ? tr("Mean of its runs, each at its best epoch") : tr("At the best epoch")),
        tr("State")};
    for (const Dimension& dimension : plan.space.dimensions)
        columns << searchedTitle(dimension.path) + QLatin1Char('|') + QString::fromStdString(dimension.path);
    return columns;
}

std::vector<std::vector<Table::Cell>> trialRows(const ShownSearch& search) {
    const SearchPlan& plan = search.view.plan;
    double low = 0, high = 0;
    bool isFirst = true;
    for (const SearchTrial& trial : search.view.study.trials) {
        if (trial.state != State::Complete || !trial.value)
            continue;
        low = isFirst ? *trial.value : std::min(low, *trial.value);
        high = isFirst ? *trial.value : std::max(high, *trial.value);
        isFirst = false;
    }
    std::vector<std::vector<Table::Cell>> rows;
    for (const SearchTrial& trial : search.view.study.trials) {
        std::vector<Table::Cell> cells{{QString::number(trial.number), trial.number},
                                       objectiveCell(plan.objective, trial, low, high),
                                       stateCell(trial, search.best == trial.number)};
        const Json settings = settingsOf(plan.space, trial.point);
        for (const Dimension& dimension : plan.space.dimensions)
            cells.push_back(settingCell(dimension.path, settings.value(dimension.path, Json())));
        rows.push_back(std::move(cells));
    }
    return rows;
}

} // namespace sightline::ui
