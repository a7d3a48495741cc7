// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/RunsPage.h"

#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QTabBar>

#include <algorithm>
#include <utility>

#include "bridge/WindowSettings.h"
#include "look/Words.h"
#include "pages/runs/GroupDetail.h"
#include "pages/runs/ImportMenu.h"
#include "pages/runs/RunColumns.h"
#include "pages/runs/RunDetail.h"
#include "pages/runs/RunTable.h"
#include "pages/runs/SeveralRuns.h"
#include "widgets/Prompts.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kLookMs = 2000, kSideWidth = 300, kComparedWidth = 420;
const QString kColumnsKey = QStringLiteral("runs/columns");
} // namespace

RunsPage::RunsPage(Session& session, QWidget* parent)
    : Page(session, parent), m_exports(session.home(), session.engine().door(), session.activities()) {
    setObjectName(QStringLiteral("runsPage"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    row->setSpacing(2 * theme::kGrid);
    auto* shelf = new Surface(tr("Runs"));
    m_table = new RunTable(windowSettings(session).value(kColumnsKey, defaultRunColumns()).toStringList());
    shelf->body()->addWidget(m_table, 1);
    auto* bring =
        button(tr("Import…"), QStringLiteral("document-open"), "importNetwork",
               tr("A network that was trained elsewhere: an ONNX file, weights exported from a run, or a folder for "
                  "timm and Hugging Face"));
    shelf->head()->addWidget(bring);
    new ImportMenu(session.runs().list(), *bring); // the button's own
    row->addWidget(shelf, 1);
    row->addWidget(makeSide());
    connect(m_table, &RunTable::selectionChanged, this, &RunsPage::showSelected);
    connect(m_table, &RunTable::activated, this, &RunsPage::openSelected);
    connect(m_table, &RunTable::deleteRequested, this, &RunsPage::deleteSelected);
    connect(m_table, &RunTable::starRequested, this, &RunsPage::starSelected);
    connect(m_table, &RunTable::columnsChanged, this,
            [this](const QStringList& columns) { windowSettings(this->session()).setValue(kColumnsKey, columns); });
    connect(&session.runs().list(), &RunList::listed, this, &RunsPage::show);
    connect(&session.runs().list(), &RunList::failed, this, &RunsPage::sayFailure);
    connect(&session.runs().list(), &RunList::imported, this,
            [this](const QString& words) { Q_EMIT said(words, true); });
    connect(&session.runs(), &RunDesk::stateChanged, this, &RunsPage::showSelected);
    connect(&session.data(), &DataDesk::opened, this, &RunsPage::showSelected);
    connect(&session.runs().images(), &RunImages::continued, this, [this](const QString& words) {
        Q_EMIT fieldRequested(QStringLiteral("model.weights.source"));
        Q_EMIT said(words, true);
    });
    connect(&session.runs(), &RunDesk::epochFinished, &session.runs().list(), &RunList::refresh);
    connect(&session.runs(), &RunDesk::ended, &session.runs().list(), &RunList::refresh);
    m_look.setInterval(kLookMs);
    m_look.setSingleShot(true); // a listing under way is not superseded: on a slow disk none would ever come
    connect(&m_look, &QTimer::timeout, this, [this] {
        if (isVisible())
            this->session().runs().list().refresh();
    });
    session.runs().list().refresh();
    showSelected();
}

QWidget* RunsPage::makeSide() {
    auto* surface = new Surface;
    m_side = new QStackedWidget;
    m_one = new RunDetail(session(), m_exports);
    m_several = new SeveralRuns;
    m_group = new GroupDetail(session(), m_exports);
    m_ways = named(new QTabBar, "runWays", tr("This run, or its group"));
    m_ways->setDrawBase(false);
    m_ways->addTab(tr("Run"));
    m_ways->addTab(tr("Group"));
    surface->body()->addWidget(m_ways);
    connect(m_ways, &QTabBar::currentChanged, this, &RunsPage::showSelected);
    connect(m_group, &GroupDetail::said, this, &Page::said);
    connect(&m_exports, &ExportDesk::ended, this, &Page::said);
    connect(m_group, &GroupDetail::resumed, this, [this] { Q_EMIT pageRequested(QStringLiteral("train")); });
    connect(m_group, &GroupDetail::searchAsked, this, [this] { Q_EMIT pageRequested(QStringLiteral("search")); });
    connect(m_group, &GroupDetail::runChosen, this, [this](const QString& id) {
        m_ways->setCurrentIndex(0);
        m_table->select([&](const RunSummary& run) { return run.id == id.toStdString(); });
    });
    auto* one = new QWidget; // air below the buttons
    auto* column = new QVBoxLayout(one);
    column->setContentsMargins({});
    column->addWidget(m_one);
    column->addStretch(1);
    m_side->addWidget(one);
    m_side->addWidget(m_several);
    m_side->addWidget(m_group);
    surface->body()->addWidget(m_side, 1);
    connect(m_one, &RunDetail::openRequested, this, &RunsPage::openSelected);
    connect(m_one, &RunDetail::resumeRequested, this, &RunsPage::resumeSelected);
    connect(m_one, &RunDetail::continueRequested, this, &RunsPage::continueSelected);
    connect(m_one, &RunDetail::forked, this, [this] { Q_EMIT pageRequested(QStringLiteral("train")); });
    connect(m_one, &RunDetail::failed, this, [this](const QString& message) { Q_EMIT said(message, false); });
    connect(m_one, &RunDetail::classifyRequested, this, &RunsPage::classifySelected);
    connect(m_one, &RunDetail::renameRequested, this, &RunsPage::renameSelected);
    connect(m_one, &RunDetail::starRequested, this, &RunsPage::starSelected);
    connect(m_one, &RunDetail::archiveRequested, this, &RunsPage::archiveSelected);
    connect(m_one, &RunDetail::deleteRequested, this, &RunsPage::deleteSelected);
    connect(m_several, &SeveralRuns::imagesRequested, this, &RunsPage::compareImages);
    connect(m_several, &SeveralRuns::starRequested, this, &RunsPage::starSelected);
    connect(m_several, &SeveralRuns::archiveRequested, this, &RunsPage::archiveSelected);
    connect(m_several, &SeveralRuns::deleteRequested, this, &RunsPage::deleteSelected);
    return surface;
}

void RunsPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    session().runs().list().refresh();
}

void RunsPage::lookAgain() {
    if (isVisible())
        m_look.start();
}

/// A list that cannot be read is tried again and again, and said once.
void RunsPage::sayFailure(const QString& message) {
    if (std::exchange(m_saidLast, message) != message)
        Q_EMIT said(message, false);
    lookAgain();
}

void RunsPage::show(const std::vector<RunSummary>& runs) {
    m_saidLast.clear();
    lookAgain();
    m_table->setRuns(runs);
    if (!m_wantedGroup.isEmpty() && m_table->selectGroup(m_wantedGroup))
        m_wantedGroup.clear();
    const auto interrupted = std::count_if(
        runs.begin(), runs.end(), [](const RunSummary& run) { return run.state == "interrupted" && !run.archived; });
    setBadge(interrupted > 0 ? Badge::Attention : Badge::None, static_cast<int>(interrupted));
}

void RunsPage::showSelected() {
    const std::vector<const RunSummary*> runs = m_table->selected();
    m_side->parentWidget()->setVisible(!runs.empty()); // an empty surface says nothing
    const RunGroup* group = m_table->selectedGroup();
    const bool grouped = !group && runs.size() == 1 && runs.front()->group;
    const bool asGroup = group || (grouped && m_ways->currentIndex() == 1);
    m_ways->setVisible(grouped);
    m_side->parentWidget()->setFixedWidth(runs.size() > 1 || asGroup ? kComparedWidth : kSideWidth);
    if (asGroup) {
        m_side->setCurrentIndex(2);
        m_group->setGroup(group ? *group : *runs.front()->group);
    } else if (runs.size() == 1) {
        m_side->setCurrentIndex(0);
        m_one->setRun(*runs.front());
    } else if (runs.size() > 1) {
        m_side->setCurrentIndex(1);
        m_several->setRuns(runs);
    }
}

void RunsPage::showGroup(const QString& id) {
    m_wantedGroup = id;
    session().runs().list().refresh();
}

std::vector<std::filesystem::path> RunsPage::selectedFolders() const {
    std::vector<std::filesystem::path> folders;
    for (const RunSummary* run : m_table->selected())
        folders.push_back(run->folder);
    return folders;
}

void RunsPage::openSelected() {
    const auto folders = selectedFolders();
    if (folders.empty())
        return;
    session().runs().open(QString::fromStdString(folders.front().string()));
    Q_EMIT pageRequested(QStringLiteral("train"));
}

void RunsPage::resumeSelected() {
    const auto folders = selectedFolders();
    if (folders.empty())
        return;
    session().runs().resumeRun(folders.front());
    Q_EMIT pageRequested(QStringLiteral("train"));
}

void RunsPage::continueSelected() {
    const auto folders = selectedFolders();
    if (folders.empty())
        return;
    if (session().data().dataset())
        return session().runs().images().continueRun(folders.front());
    const QString images = prompts().openFolder(this, tr("Images to continue with"), {});
    if (!images.isEmpty())
        session().runs().images().continueRun(folders.front(), images);
}

void RunsPage::classifySelected() {
    if (const auto runs = m_table->selected(); !runs.empty())
        Q_EMIT classifyRequested(QString::fromStdString(runs.front()->folder.string()),
                                 QString::fromStdString(runs.front()->name));
}

/// The first is opened, the second stands beside it on the page Explain.
void RunsPage::compareImages() {
    const auto runs = m_table->selected();
    if (runs.size() != 2)
        return;
    Q_EMIT compareRequested(QString::fromStdString(runs[0]->folder.string()),
                            QString::fromStdString(runs[1]->folder.string()));
}

void RunsPage::renameSelected() {
    const auto runs = m_table->selected();
    if (runs.empty())
        return;
    const auto folder = runs.front()->folder;
    const QString name =
        prompts().line(this, tr("Rename the run"), tr("Name"), QString::fromStdString(runs.front()->name));
    if (!name.trimmed().isEmpty())
        session().runs().list().rename(folder, name.trimmed());
}

/// All get what the first has not.
void RunsPage::starSelected() {
    if (const auto runs = m_table->selected(); !runs.empty())
        session().runs().list().changeAbout(selectedFolders(),
                                            [on = !runs.front()->starred](RunAbout& about) { about.starred = on; });
}

void RunsPage::archiveSelected() {
    if (const auto runs = m_table->selected(); !runs.empty())
        session().runs().list().changeAbout(selectedFolders(),
                                            [on = !runs.front()->archived](RunAbout& about) { about.archived = on; });
}

void RunsPage::deleteSelected() {
    const auto runs = m_table->selected();
    const auto folders = selectedFolders();
    if (folders.empty())
        return;
    if (std::any_of(runs.begin(), runs.end(), [](const RunSummary* run) { return run->state == "running"; })) {
        Q_EMIT said(tr("A run in progress cannot be deleted; stop it first."), false);
        return;
    }
    m_sizes.submit(
        this,
        [folders](const std::stop_token& stop) -> Result<std::uintmax_t> {
            std::uintmax_t bytes = 0;
            for (auto folder = folders.begin(); folder != folders.end() && !stop.stop_requested(); ++folder)
                bytes += RunFolder(*folder).bytes();
            return bytes;
        },
        [this, folders, name = QString::fromStdString(runs.front()->name)](const Result<std::uintmax_t>& bytes) {
            if (bytes)
                askToDelete(folders, name, *bytes);
        });
}

void RunsPage::askToDelete(const std::vector<std::filesystem::path>& folders, const QString& name,
                           std::uintmax_t bytes) {
    const QString room = bytesText(static_cast<qint64>(bytes));
    const QString question =
        folders.size() == 1
            ? tr("Delete the run “%1” with its curves and weights (%2)? This cannot be undone.").arg(name, room)
            : tr("Delete %1 runs with their curves and weights (%2)? This cannot be undone.")
                  .arg(folders.size())
                  .arg(room);
    if (prompts().confirm(this, question, tr("Delete")))
        for (const auto& folder : folders)
            session().runs().remove(folder);
}

} // namespace sightline::ui
