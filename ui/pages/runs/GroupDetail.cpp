// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/runs/GroupDetail.h"

#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableView>

#include <algorithm>
#include <iterator>
#include <utility>

#include "look/Words.h"
#include "models/Table.h"
#include "pages/search/SettingTitles.h"
#include "search/SearchTable.h"
#include "store/OutOfFold.h"
#include "widgets/Prompts.h"
#include "widgets/Surface.h"
#include "widgets/TableView.h"

namespace sightline::ui {

namespace {

Table::Cell figure(const std::optional<double>& share) {
    if (!share)
        return {QStringLiteral("–"), -1.0};
    return {QStringLiteral("%1 %").arg(*share * 100, 0, 'f', 1), *share, *share};
}

Table::Cell objective(const std::optional<double>& value) {
    if (!value)
        return {QStringLiteral("–"), -1.0};
    return {QString::number(*value, 'f', 4), *value};
}

/// "Optimizer AdamW, Dense layers 64, 32": what a trial of a search tried.
QString triedWords(const TrialTable& table, const TrialTable::Row& trial) {
    QStringList words;
    for (std::size_t i = 0; i < std::min(table.paths.size(), trial.settings.size()); ++i) {
        if (trial.settings[i].empty())
            continue;
        const auto value = parseJson(trial.settings[i], {});
        words << QStringLiteral("%1 %2").arg(searchedTitle(table.paths[i]),
                                             valueWords(table.paths[i], value ? *value : Json(trial.settings[i])));
    }
    return words.join(QStringLiteral(", "));
}

QString bestTrialWords(const TrialTable& table) {
    const auto best = std::find_if(table.rows.begin(), table.rows.end(),
                                   [&](const TrialTable::Row& row) { return row.number == table.best; });
    if (best == table.rows.end() || !best->value)
        return GroupDetail::tr("No trial is complete yet.");
    const auto running = std::count_if(table.rows.begin(), table.rows.end(),
                                       [](const TrialTable::Row& row) { return row.state == "running"; });
    return GroupDetail::tr("Trial %1 is the best of %2, with a %3 of %4: %5.")
        .arg(best->number)
        .arg(std::ssize(table.rows) - running)
        .arg(objectiveTitle(table.objective).toLower(), objectiveWords(table.objective, *best->value),
             triedWords(table, *best));
}

} // namespace

GroupDetail::GroupDetail(Session& session, ExportDesk& exports, QWidget* parent)
    : QWidget(parent), m_session(session), m_exports(exports) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(theme::kGrid);
    m_title = named(new QLabel, "groupTitle");
    m_title->setFont(theme::font(theme::Size::Title, true));
    m_title->setWordWrap(true);
    m_words = named(mutedLabel({}), "groupWords");
    m_folds = named(mutedLabel({}), "groupOutOfFold");
    m_rows = new Table({tr("Run")}, this);
    m_view = tableView(m_rows, "groupTable", tr("Runs of the group"), false);
    m_view->setWordWrap(true);
    m_export = button(tr("Export table…"), QStringLiteral("document-save"), "exportGroupButton",
                      tr("Save the table as CSV or Markdown"));
    m_report = button(tr("Report…"), QStringLiteral("document-save"), "exportGroupReport",
                      tr("Save a web page that compares these runs"));
    m_resume = button(tr("Resume"), QStringLiteral("media-playback-start"), "resumeGroupButton");
    m_search = button(tr("Show the search"), QStringLiteral("edit-find"), "showSearchButton");
    for (QWidget* part : std::initializer_list<QWidget*>{m_title, m_words, m_folds, m_search})
        column->addWidget(part);
    column->addWidget(m_view, 1);
    connect(m_search, &QPushButton::clicked, this, [this] {
        m_session.searches().show(m_group.id);
        Q_EMIT searchAsked();
    });
    auto* row = new QHBoxLayout;
    row->addWidget(m_resume, 1);
    row->addWidget(m_export, 1);
    row->addWidget(m_report, 1);
    column->addLayout(row);
    connect(m_export, &QPushButton::clicked, this, &GroupDetail::exportTable);
    connect(m_report, &QPushButton::clicked, this, &GroupDetail::exportReport);
    connect(&m_exports, &ExportDesk::changed, this, &GroupDetail::showState);
    connect(m_resume, &QPushButton::clicked, this, [this] {
        m_session.series().resume(m_group);
        Q_EMIT resumed();
    });
    connect(m_view, &QTableView::activated, this, [this](const QModelIndex& index) {
        const std::string& run = m_table->rows[static_cast<std::size_t>(sourceRow(m_view, index))].run;
        if (!run.empty())
            Q_EMIT runChosen(QString::fromStdString(run));
    });
    show();
}

void GroupDetail::setGroup(const RunGroup& group) {
    if (group.id != m_group.id) {
        m_table.reset();
        m_outOfFold.reset();
        m_group = group;
        show();
    }
    read();
}

Result<GroupDetail::Contents> GroupDetail::contentsOf(const std::filesystem::path& home, const RunGroup& group) {
    auto table = readTableOf(home, group.id);
    if (!table)
        return table.error();
    Contents contents{std::move(*table), {}};
    if (group.kind == RunGroup::Kind::Folds && contents.table.isComplete)
        if (auto judged = evaluationOfFolds(home, group.id); judged) {
            judged->predictions.clear(); // its figures are enough
            contents.outOfFold = std::move(*judged);
        }
    return contents;
}

void GroupDetail::read() {
    m_lane.submit(
        this, [home = m_session.home(), group = m_group](const std::stop_token&) { return contentsOf(home, group); },
        [this, id = m_group.id](Result<Contents> read) {
            if (id != m_group.id)
                return;
            if (read) {
                m_table = std::move(read->table);
                m_outOfFold = std::move(read->outOfFold);
            }
            show();
            if (!read)
                m_words->setText(QString::fromStdString(read.error().message));
        });
}

QString GroupDetail::outOfFoldWords() const {
    if (!m_outOfFold)
        return {};
    const Evaluation& judged = *m_outOfFold;
    QString words =
        tr("Of %1, each judged by the fold that was not trained on it, %2 are right")
            .arg(counted(judged.confusion.total(), tr("%1 image"), tr("%1 images")), percent(judged.accuracy));
    if (judged.accuracyInterval)
        words += tr(" (95 % interval: %1 to %2)")
                     .arg(percent(judged.accuracyInterval->low), percent(judged.accuracyInterval->high));
    words += QLatin1Char('.');
    if (judged.calibration.ece)
        words += QLatin1Char(' ') + tr("Expected calibration error: %1.").arg(significant(*judged.calibration.ece, 2));
    return words;
}

void GroupDetail::show() {
    m_title->setText(QString::fromStdString(m_group.name));
    const bool isTable = m_group.kind == RunGroup::Kind::Table, isSearch = m_group.kind == RunGroup::Kind::Search;
    const bool hasChanges = isTable || isSearch;
    std::vector<std::vector<Table::Cell>> rows;
    qlonglong done = 0;
    const TrialTable* const trials = m_table && m_table->trials ? &*m_table->trials : nullptr;
    for (const GroupTable::Row& row : m_table ? m_table->rows : std::vector<GroupTable::Row>()) {
        const QString note = QString::fromStdString(row.note),
                      changes =
                          trials ? triedWords(*trials, trials->rows[rows.size()]) : QString::fromStdString(row.changes);
        std::vector<Table::Cell> cells{{QString::fromStdString(row.name), {}, -1, note}};
        if (hasChanges)
            cells.push_back({changes,
                             {},
                             -1,
                             note.isEmpty() ? changes : note,
                             static_cast<int>(note.isEmpty() ? Role::Text : Role::Bad)});
        cells.push_back(isSearch ? objective(row.value) : figure(row.valAccuracy));
        if (isTable)
            cells.push_back(figure(row.testAccuracy));
        done += row.note.empty();
        rows.push_back(std::move(cells));
    }
    QStringList headings{isTable ? tr("Model") : isSearch ? tr("Trial") : tr("Fold")};
    if (hasChanges)
        headings << (isTable ? tr("Changes made") : tr("Settings"));
    headings << (isSearch ? tr("Objective|What the search compares its trials by")
                          : tr("Validation|Best validation accuracy"));
    if (isTable)
        headings << tr("Test|Test accuracy of the best checkpoint");
    if (m_table && rows.size() == m_rows->rows().size() && headings.size() == m_rows->columnCount())
        m_rows->updateRows(std::move(rows));
    else
        m_rows->setColumns(headings, std::move(rows));
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_view->horizontalHeader()->setSectionResizeMode(hasChanges ? 1 : 0, QHeaderView::Stretch);
    m_view->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    const QString spread = trials    ? bestTrialWords(*trials)
                           : m_table ? QString::fromStdString(spreadWords(*m_table))
                                     : QString();
    m_words->setText(!m_table ? QString()
                     : m_table->isComplete && !spread.isEmpty()
                         ? spread
                         : tr("%1 of %2 done. %3").arg(done).arg(m_table->rows.size()).arg(spread).trimmed());
    m_folds->setText(outOfFoldWords());
    m_folds->setVisible(m_outOfFold.has_value());
    showState();
}

void GroupDetail::showState() {
    const bool idle = !m_session.runs().trainsHere(), isSearch = m_group.kind == RunGroup::Kind::Search;
    m_search->setVisible(isSearch);
    m_resume->setVisible(m_table && !m_table->isComplete && !isSearch);
    m_resume->setEnabled(idle);
    m_resume->setToolTip(idle ? tr("Train what is missing") : tr("A run is in progress; stop it first."));
    m_export->setEnabled(m_table.has_value());
    m_report->setEnabled(!m_exports.isBusy());
}

void GroupDetail::exportReport() {
    QString file =
        prompts().saveFile(this, tr("Save a report"), QString::fromStdString(m_group.name) + QStringLiteral(".html"),
                           tr("Web page (*.html)"));
    if (file.isEmpty())
        return;
    if (QFileInfo(file).suffix().isEmpty())
        file += QStringLiteral(".html");
    m_exports.exportGroupReport(QString::fromStdString(m_group.id), file);
}

void GroupDetail::exportTable() {
    QString file =
        prompts().saveFile(this, tr("Export the table"), QString::fromStdString(m_group.name) + QStringLiteral(".csv"),
                           tr("CSV (*.csv);;Markdown (*.md)"));
    if (file.isEmpty() || !m_table)
        return;
    if (QFileInfo(file).suffix().isEmpty())
        file += QStringLiteral(".csv");
    const auto written = writeGroupTable(*m_table, file.toStdString());
    Q_EMIT said(written ? tr("Saved %1.").arg(file) : QString::fromStdString(written.error().message), written.ok());
}

} // namespace sightline::ui
