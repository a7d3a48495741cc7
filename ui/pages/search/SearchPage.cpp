// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/search/SearchPage.h"

#include <QHeaderView>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTableView>

#include "models/Table.h"
#include "pages/search/BestTrial.h"
#include "pages/search/SearchForm.h"
#include "pages/search/SearchHead.h"
#include "pages/search/TrialPlots.h"
#include "pages/search/TrialRows.h"
#include "widgets/Placeholder.h"
#include "widgets/TableView.h"

namespace sightline::ui {

namespace {
constexpr int kTableHeight = 144; ///< the headings and three trials
}

SearchPage::SearchPage(Session& session, QWidget* parent) : Page(session, parent) {
    setObjectName(QStringLiteral("searchPage"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    row->setSpacing(2 * theme::kGrid);
    row->addWidget(new SearchForm(session));
    auto* right = new QVBoxLayout;
    right->setSpacing(2 * theme::kGrid);
    right->addWidget(new SearchHead(session));
    m_found = withPlaceholder(makeFound(), "searchPlaceholder",
                              tr("What the trials find will be here: the best settings, all trials as a table and in "
                                 "plots, and which settings matter."));
    right->addWidget(m_found, 1);
    row->addLayout(right, 1);
    SearchDesk& searches = session.searches();
    connect(&searches, &SearchDesk::shownChanged, this, &SearchPage::showSearch);
    connect(&searches, &SearchDesk::changed, this, &SearchPage::showBadge);
    connect(&searches, &SearchDesk::refused, this, [this](const QString& why) { Q_EMIT said(why, false); });
    connect(&searches, &SearchDesk::listChanged, this, [this] { // the newest one to begin with
        SearchDesk& desk = this->session().searches();
        if (desk.shownId().empty() && !desk.list().empty())
            desk.show(desk.list().front().id);
    });
    showSearch();
}

QWidget* SearchPage::makeFound() {
    auto* found = new QWidget;
    auto* column = new QVBoxLayout(found);
    column->setContentsMargins({});
    column->setSpacing(2 * theme::kGrid);
    m_best = new BestTrial(session());
    m_plots = new TrialPlots(session());
    column->addWidget(m_best);
    column->addWidget(m_plots, 4);
    column->addWidget(makeTable(), 3);
    connect(m_best, &BestTrial::openRequested, this, &SearchPage::openTrial);
    connect(m_best, &BestTrial::useRequested, this, &SearchPage::useTrial);
    connect(m_plots, &TrialPlots::chosen, this, &SearchPage::openTrial);
    return found;
}

QWidget* SearchPage::makeTable() {
    auto* surface = new Surface;
    surface->setMinimumHeight(kTableHeight);
    m_trials = new Table({tr("Trial")}, this);
    m_view = tableView(m_trials, "trialTable", tr("Trials"), true);
    surface->body()->addWidget(m_view, 1);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& index) {
        look(index.isValid() ? std::optional(sourceRow(m_view, index)) : std::nullopt); // rows in the trials' order
    });
    connect(m_view, &QTableView::activated, this,
            [this](const QModelIndex& index) { openTrial(sourceRow(m_view, index)); });
    connect(m_plots, &TrialPlots::hovered, this, [this](std::optional<int> trial) {
        if (!trial)
            return look(m_view->currentIndex().isValid() ? std::optional(sourceRow(m_view, m_view->currentIndex()))
                                                         : std::nullopt);
        m_best->setTrial(trial);
    });
    return surface;
}

void SearchPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    session().searches().setWatched(true);
}

void SearchPage::hideEvent(QHideEvent* event) {
    Page::hideEvent(event);
    session().searches().setWatched(false);
}

void SearchPage::look(std::optional<int> trial) {
    m_best->setTrial(trial);
    m_plots->setHighlighted(trial);
}

void SearchPage::showSearch() {
    const auto& shown = session().searches().shown();
    m_found->setCurrentIndex(shown ? 1 : 0);
    showTable();
    showBadge();
}

void SearchPage::showTable() {
    const auto& shown = session().searches().shown();
    if (!shown)
        return;
    auto rows = trialRows(*shown);
    const bool isSame = std::exchange(m_tableOf, shown->view.id) == shown->view.id;
    if (isSame && rows.size() == m_trials->rows().size())
        return m_trials->updateRows(std::move(rows));
    const int current = isSame ? sourceRow(m_view, m_view->currentIndex()) : -1;
    const int scrolled = m_view->verticalScrollBar()->value();
    m_trials->setColumns(trialColumns(shown->view.plan), std::move(rows));
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    if (current >= 0)
        selectSourceRow(m_view, current);
    if (isSame)
        m_view->verticalScrollBar()->setValue(scrolled);
}

void SearchPage::showBadge() {
    setBadge(session().searches().isUnderWay() ? Badge::Running : Badge::None);
}

void SearchPage::openTrial(int trial) {
    const auto& shown = session().searches().shown();
    const auto& runs = shown->view.study.trials[static_cast<std::size_t>(trial)].runs;
    if (runs.empty() || session().runs().trainsHere()) {
        Q_EMIT said(runs.empty() ? tr("Trial %1 has no run.").arg(trial)
                                 : tr("A run is in progress; stop it before opening another one."),
                    false);
        return;
    }
    session().runs().open(QString::fromStdString(runs.front()));
    Q_EMIT pageRequested(QStringLiteral("train"));
}

void SearchPage::useTrial(int trial) {
    session().searches().useTrial(trial);
    Q_EMIT pageRequested(QStringLiteral("train"));
    Q_EMIT said(tr("The settings of trial %1 are taken over; undo takes them back.").arg(trial), true);
}

} // namespace sightline::ui
