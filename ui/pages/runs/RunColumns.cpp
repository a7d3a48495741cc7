// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/runs/RunColumns.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QHash>
#include <QLocale>

#include <algorithm>

#include "look/ChoiceWords.h"
#include "look/Words.h"
#include "pages/explain/SettingsDifference.h"
#include "pages/runs/FigureColumn.h"
#include "store/RunFilter.h"

namespace sightline::ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(RunColumns)
};

QString textOf(const std::string& text) {
    return QString::fromStdString(text);
}

std::optional<double> figureOf(const RunSummary& run, const QString& column, const FigureColumn& figure,
                               const EpochFigures& read) {
    return figure.isSummed() ? figure.valueIn(run) : read.value(run, column);
}

Table::Cell figureCell(const FigureColumn& figure, const std::optional<double>& number, const QString& toolTip = {}) {
    return {number ? figure.text(*number) : QStringLiteral("–"), number.value_or(-1), -1, toolTip};
}

/// Of runs that are not all in the same one.
Table::Cell groupState(const std::vector<const RunSummary*>& runs) {
    const auto count = [&](const char* state) {
        return std::count_if(runs.begin(), runs.end(), [state](const RunSummary* run) { return run->state == state; });
    };
    if (count("running") > 0)
        return {stateWords("running"), {}, -1, {}, static_cast<int>(stateRole("running"))};
    return {Words::tr("%1 of %2 completed").arg(count("completed")).arg(runs.size())};
}

Table::Cell settingCell(const std::string& setting, const Json& value) {
    if (value.is_null())
        return {QStringLiteral("–")};
    return {valueOfSetting(setting, value), value.is_number() ? QVariant(value.get<double>()) : QVariant()};
}

} // namespace

QString stateWords(const std::string& state) {
    if (state == "running")
        return Words::tr("running");
    if (state == "completed")
        return Words::tr("completed");
    if (state == "stopped")
        return Words::tr("stopped");
    if (state == "failed")
        return Words::tr("failed");
    return Words::tr("interrupted");
}

Role stateRole(const std::string& state) {
    return state == "completed"     ? Role::Good
           : state == "failed"      ? Role::Bad
           : state == "interrupted" ? Role::Warning
           : state == "running"     ? Role::Accent
                                    : Role::Muted;
}

QString startedWords(const std::string& created) {
    const auto time = QDateTime::fromString(textOf(created), Qt::ISODate).toLocalTime();
    return time.isValid() ? QLocale().toString(time, QStringLiteral("d MMM yyyy hh:mm")) : textOf(created);
}

QString networkTitle(const std::string& name) {
    return choiceTitle("model.name", name);
}

QStringList defaultRunColumns() {
    return {QStringLiteral("name"),     QStringLiteral("state"),  QStringLiteral("network"),
            QStringLiteral("images"),   QStringLiteral("epochs"), QStringLiteral("val_accuracy"),
            QStringLiteral("val_loss"), QStringLiteral("created")};
}

QStringList otherRunColumns() {
    return {QStringLiteral("last_val_accuracy"),
            QStringLiteral("last_val_loss"),
            QStringLiteral("accuracy"),
            QStringLiteral("loss"),
            QStringLiteral("best_accuracy"),
            QStringLiteral("best_loss"),
            QStringLiteral("last_learning_rate"),
            QStringLiteral("best_epoch"),
            QStringLiteral("tags"),
            QStringLiteral("group"),
            QStringLiteral("note")};
}

QString runColumnHeading(const QString& column) {
    static const QHash<QString, QString> known{
        {QStringLiteral("name"), Words::tr("Name")},
        {QStringLiteral("state"), Words::tr("State")},
        {QStringLiteral("network"), Words::tr("Network")},
        {QStringLiteral("images"), Words::tr("Images")},
        {QStringLiteral("epochs"), Words::tr("Epochs")},
        {QStringLiteral("val_accuracy"), Words::tr("Val. accuracy|Highest of all epochs, on the validation images")},
        {QStringLiteral("val_loss"), Words::tr("Val. loss|Lowest of all epochs, on the validation images")},
        {QStringLiteral("last_val_accuracy"),
         Words::tr("Last val. accuracy|Of the last epoch, on the validation images")},
        {QStringLiteral("last_val_loss"), Words::tr("Last val. loss|Of the last epoch, on the validation images")},
        {QStringLiteral("created"), Words::tr("Started")},
        {QStringLiteral("accuracy"), Words::tr("Accuracy|Of the last epoch, on the training images")},
        {QStringLiteral("loss"), Words::tr("Loss|Of the last epoch, on the training images")},
        {QStringLiteral("best_accuracy"), Words::tr("Best accuracy|Highest of all epochs, on the training images")},
        {QStringLiteral("best_loss"), Words::tr("Best loss|Lowest of all epochs, on the training images")},
        {QStringLiteral("last_learning_rate"), Words::tr("Last learning rate|Of the last epoch")},
        {QStringLiteral("best_epoch"), Words::tr("Best epoch")},
        {QStringLiteral("tags"), Words::tr("Tags")},
        {QStringLiteral("group"), Words::tr("Group|Folds, searches and tables of experiments are groups of runs")},
        {QStringLiteral("note"), Words::tr("Note")}};
    if (const auto found = known.constFind(column); found != known.constEnd())
        return *found;
    if (const auto figure = FigureColumn::from(column))
        return Words::tr("%1, epoch %2").arg(figureName(QString::fromStdString(figure->figure))).arg(figure->epoch);
    return nameOfSetting(column.toStdString()) + QLatin1Char('|') + column;
}

Table::Cell runCell(const RunSummary& run, const QString& column, const EpochFigures& figures) {
    if (const auto figure = FigureColumn::from(column))
        return figureCell(*figure, figureOf(run, column, *figure, figures));
    if (column == QLatin1String("name"))
        return {(run.starred ? QStringLiteral("★ ") : QString()) + textOf(run.name), textOf(run.name), -1,
                textOf(run.id)};
    if (column == QLatin1String("state"))
        return {stateWords(run.state), {}, -1, textOf(run.reason), static_cast<int>(stateRole(run.state))};
    if (column == QLatin1String("network"))
        return {networkTitle(run.network)};
    if (column == QLatin1String("images"))
        return {textOf(std::filesystem::path(run.dataPath).filename().string()), {}, -1, textOf(run.dataPath)};
    if (column == QLatin1String("epochs"))
        return {run.plannedEpochs > 0 ? Words::tr("%1 of %2").arg(run.epochs).arg(run.plannedEpochs)
                                      : QStringLiteral("–"), // imported
                run.epochs};
    if (column == QLatin1String("created"))
        return {startedWords(run.created), textOf(run.created)};
    if (column == QLatin1String("best_epoch"))
        return {run.bestEpoch > 0 ? QString::number(run.bestEpoch) : QStringLiteral("–"), run.bestEpoch};
    if (column == QLatin1String("note"))
        return {textOf(run.note)};
    if (column == QLatin1String("group"))
        return {run.group ? textOf(run.group->name + ", " + run.group->member) : QString()};
    if (column == QLatin1String("tags")) {
        QStringList tags;
        for (const std::string& tag : run.tags)
            tags << textOf(tag);
        return {tags.join(QLatin1Char(' '))};
    }
    const std::string setting = column.toStdString();
    return settingCell(setting, valueOf(run, setting));
}

Table::Cell groupCell(const std::vector<const RunSummary*>& runs, const QString& column, const EpochFigures& figures) {
    const RunSummary& first = *runs.front();
    const auto many = static_cast<qlonglong>(runs.size());
    if (column == QLatin1String("name")) {
        const QString name = textOf(first.group->name);
        return {Words::tr("%1 (%2)").arg(name, grouped(many)), name, -1, textOf(first.group->id)};
    }
    if (column == QLatin1String("group"))
        return {textOf(first.group->name)};
    if (column == QLatin1String("created"))
        return runCell(
            **std::max_element(runs.begin(), runs.end(), // the newest
                               [](const RunSummary* a, const RunSummary* b) { return a->created < b->created; }),
            column, figures);
    if (const auto figure = FigureColumn::from(column)) {
        const bool isMean = first.group->kind == RunGroup::Kind::Folds;
        std::optional<double> found;
        double sum = 0;
        int valued = 0;
        for (const RunSummary* run : runs)
            if (const auto value = figureOf(*run, column, *figure, figures)) {
                sum += *value;
                ++valued;
                if (!found || (figure->isBestWhenLow() ? *value < *found : *value > *found))
                    found = value;
            }
        if (isMean && valued > 0)
            found = sum / valued;
        return figureCell(*figure, found, isMean ? Words::tr("Mean of its folds") : Words::tr("Best of its runs"));
    }
    const Table::Cell cell = runCell(first, column, figures);
    for (const RunSummary* run : runs)
        if (runCell(*run, column, figures).text != cell.text)
            return column == QLatin1String("state") ? groupState(runs) : Table::Cell{QStringLiteral("–")};
    return cell;
}

} // namespace sightline::ui
