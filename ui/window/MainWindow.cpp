// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/MainWindow.h"

#include <QCloseEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QShortcut>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>

#include <algorithm>

#include "bridge/RunUndo.h"
#include "look/Icons.h"
#include "look/Words.h"
#include "models/Thumbnails.h"
#include "pages/AugmentPage.h"
#include "pages/DataPage.h"
#include "pages/ExplainPage.h"
#include "pages/FieldPlaces.h"
#include "pages/NetworkPage.h"
#include "pages/RunsPage.h"
#include "pages/evaluate/EvaluatePage.h"
#include "pages/explain/SettingsDifference.h"
#include "pages/search/SearchPage.h"
#include "pages/train/TrainPage.h"
#include "widgets/MessageStrip.h"
#include "widgets/Prompts.h"
#include "widgets/Surface.h"
#include "window/BottomBar.h"
#include "window/CheckpointBar.h"
#include "window/KeysDialog.h"
#include "window/Place.h"
#include "window/Rail.h"
#include "window/StartPage.h"

namespace sightline::ui {

MainWindow::MainWindow(Session& session, QWidget* parent)
    : QMainWindow(parent), m_session(session), m_thumbnails(new Thumbnails(this)) {
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(QStringLiteral("Sightline"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/sightline.svg")));
    setAcceptDrops(true);
    setMinimumSize(1024, 640);
    m_thumbnails->setDataset(session.data().dataset());
    connect(&session.data(), &DataDesk::opened, m_thumbnails,
            [this] { m_thumbnails->setDataset(m_session.data().dataset()); });

    auto* central = new QWidget;
    auto* row = new QHBoxLayout(central);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_rail = named(new Rail, "rail", tr("Pages"));
    row->addWidget(m_rail);
    auto* column = new QVBoxLayout;
    column->setSpacing(0);
    column->addWidget(makeTopBar());
    m_strip = new MessageStrip;
    column->addWidget(m_strip);
    m_stack = named(new QStackedWidget, "pages");
    m_start = new StartPage;
    m_stack->addWidget(m_start);
    column->addWidget(m_stack, 1);
    m_checkpoints = new CheckpointBar(session);
    column->addWidget(m_checkpoints);
    column->addWidget(new BottomBar(session));
    row->addLayout(column, 1);
    setCentralWidget(central);

    auto* dataPage = new DataPage(session, *m_thumbnails);
    connect(dataPage, &DataPage::openFolderAsked, this, &MainWindow::openFolder);
    connect(dataPage, &DataPage::openFileAsked, this, &MainWindow::openFile);
    addPage(dataPage, QStringLiteral("data"), QStringLiteral("view-grid"), tr("Data"));
    addPage(new AugmentPage(session), QStringLiteral("augment"), QStringLiteral("transform-rotate"), tr("Augment"));
    addPage(new NetworkPage(session), QStringLiteral("network"), QStringLiteral("distribute-graph-directed"),
            tr("Network"));
    addPage(new TrainPage(session), QStringLiteral("train"), QStringLiteral("office-chart-line"), tr("Train"));
    addPage(new EvaluatePage(session, *m_thumbnails), QStringLiteral("evaluate"), QStringLiteral("table"),
            tr("Evaluate"));
    auto* explain = new ExplainPage(session, *m_thumbnails);
    addPage(explain, QStringLiteral("explain"), QStringLiteral("crosshairs"), tr("Explain"));
    m_runsPage = new RunsPage(session);
    addPage(m_runsPage, QStringLiteral("runs"), QStringLiteral("view-history"), tr("Runs"));
    addPage(new SearchPage(session), QStringLiteral("search"), QStringLiteral("edit-find"), tr("Search"));
    connect(m_runsPage, &RunsPage::compareRequested, this,
            [this, explain](const QString& first, const QString& second) {
                explain->compare(first, second);
                m_session.runs().open(first);
                showPage(QStringLiteral("explain"));
            });
    wire();
    addKeys();
    showExperiment();
    showPrimary();
    restore();
    m_stack->setFocusPolicy(Qt::ClickFocus);
    m_stack->setFocus();
}

MainWindow::~MainWindow() {
    hide();
}

void MainWindow::addPage(Page* page, const QString& name, const QString& icon, const QString& title) {
    RailButton* made = m_rail->add(QStringLiteral("rail-") + name, icon, title);
    m_rooms.push_back({name, page, made});
    m_stack->addWidget(page);
    connect(page, &Page::badgeChanged, made, &RailButton::setBadge);
    made->setBadge(page->badge(), page->badgeCount());
    connect(page, &Page::pageRequested, this, &MainWindow::showPage);
    connect(page, &Page::classifyRequested, this, &MainWindow::classifyWith);
    connect(page, &Page::fieldRequested, this, [this](const QString& path) {
        showPage(pageOfField(path.toStdString()));
        showField(*m_stack->currentWidget(), path.toStdString());
    });
    connect(page, &Page::said, this, [this](const QString& message, bool good) {
        m_strip->say(good ? MessageStrip::Kind::Good : MessageStrip::Kind::Problem, message);
    });
}

QWidget* MainWindow::makeTopBar() {
    auto* bar = new QWidget;
    bar->setObjectName(QStringLiteral("topBar"));
    bar->setProperty("bar", true);
    bar->setAttribute(Qt::WA_StyledBackground);
    bar->setFixedHeight(52);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(2 * theme::kGrid, theme::kGrid, 2 * theme::kGrid, theme::kGrid);
    row->setSpacing(theme::kGrid);
    m_name = named(new QLineEdit, "experimentName", tr("Name of the experiment"));
    m_name->setFont(theme::font(theme::Size::Title, true));
    m_name->setProperty("bare", true);
    m_name->setToolTip(tr("Name of the experiment; click to change it"));
    m_name->setMaximumWidth(420);
    connect(m_name, &QLineEdit::editingFinished, this, [this] {
        Experiment next = m_session.document().experiment();
        next.name = m_name->text().toStdString();
        m_session.document().setExperiment(std::move(next));
    });
    row->addWidget(m_name, 1);
    const auto tool = [&](const char* name, const QString& icon, const QString& words) {
        auto* made = named(new QToolButton, name, words);
        if (icon.isEmpty())
            made->setText(QStringLiteral("?"));
        else
            made->setIcon(theme::icon(icon));
        made->setToolTip(words);
        row->addWidget(made);
        return made;
    };
    m_undo = tool("undo", QStringLiteral("edit-undo"), tr("Undo a change of settings (Ctrl+Z)"));
    m_redo = tool("redo", QStringLiteral("edit-redo"), tr("Redo (Ctrl+Shift+Z)"));
    connect(m_undo, &QToolButton::clicked, this, [this] { undoLast(m_session); });
    connect(m_redo, &QToolButton::clicked, &m_session.document(), &ExperimentDocument::redo);
    auto* save = tool("saveExperiment", QStringLiteral("document-save"),
                      tr("Save these settings as an experiment file (Ctrl+S)"));
    connect(save, &QToolButton::clicked, this, &MainWindow::saveExperiment);
    auto* keys = tool("keys", {}, tr("Keys (?)"));
    connect(keys, &QToolButton::clicked, this, &MainWindow::showKeys);
    row->addStretch(1);
    m_primary = button(tr("Train"), QStringLiteral("media-playback-start"), "primaryButton", {}, true);
    m_primary->setMinimumWidth(120);
    connect(m_primary, &QPushButton::clicked, this, &MainWindow::primary);
    row->addWidget(m_primary);
    return bar;
}

void MainWindow::wire() {
    connect(m_rail, &Rail::chosen, this,
            [this](int index) { showPage(m_rooms[static_cast<std::size_t>(index)].name); });
    connect(m_start, &StartPage::openFolderAsked, this, &MainWindow::openFolder);
    connect(m_start, &StartPage::openFileAsked, this, &MainWindow::openFile);
    connect(m_start, &StartPage::toysAsked, this, [this] {
        m_wanted = QStringLiteral("data");
        m_session.data().openToys();
    });
    connect(m_start, &StartPage::openRunAsked, this, [this] { showPage(QStringLiteral("runs")); });
    connect(m_start, &StartPage::recentAsked, this, &MainWindow::openPath);
    connect(m_start, &StartPage::presetAsked, this, &MainWindow::openPreset);
    connect(m_start, &StartPage::tableAsked, this, &MainWindow::openPresetTable);
    connect(&m_session.series(), &SeriesDesk::ended, this, &MainWindow::saySeries);
    connect(&m_session.searches(), &SearchDesk::ended, this, &MainWindow::saySearch);
    connect(m_stack, &QStackedWidget::currentChanged, this, [this] {
        static const QStringList ofRun{QStringLiteral("train"), QStringLiteral("evaluate"), QStringLiteral("explain")};
        m_checkpoints->setWanted(ofRun.contains(currentPage()));
    });
    connect(&m_session.document(), &ExperimentDocument::changed, this, &MainWindow::showExperiment);
    connect(&m_session.document(), &ExperimentDocument::stepsChanged, this, &MainWindow::showExperiment);
    connect(&m_session.runs(), &RunDesk::stateChanged, this, &MainWindow::showPrimary);
    connect(&m_session.data(), &DataDesk::opened, this, [this] {
        if (!std::exchange(m_restoring, false)) // what the start has to say stays
            m_strip->hide();
        remember(QString::fromStdString(m_session.document().experiment().data.path));
        if (!m_wanted.isEmpty() || currentPage() == QLatin1String("start"))
            showPage(m_wanted.isEmpty() ? QStringLiteral("data") : m_wanted);
        m_wanted.clear();
        showPrimary();
        if (const QString note = std::exchange(m_note, {}); !note.isEmpty())
            m_strip->say(MessageStrip::Kind::Note, note);
        sayGroups();
        if (const QString table = std::exchange(m_wantedTable, {}); !table.isEmpty())
            m_session.series().trainTable(table);
    });
    connect(&m_session.data(), &DataDesk::failed, this, [this](const QString& message, const QString& path) {
        m_wanted.clear();
        m_note.clear();
        m_wantedTable.clear();
        if (m_session.runs().images().areAt(path))
            askForImages(message);
        else
            m_strip->say(MessageStrip::Kind::Problem, message, tr("Open another folder…"), [this] { openFolder(); });
    });
    connect(&m_session.runs().images(), &RunImages::relocationFailed, this, &MainWindow::askForImages);
    connect(&m_session.runs().images(), &RunImages::missing, this, &MainWindow::askForImages);
    connect(&m_session.runs().images(), &RunImages::relocated, this, [this](qulonglong found, qulonglong missing) {
        m_note = missing == 0
                     ? tr("All images of this run were found; their new folder is remembered.")
                     : tr("%1 images of this run were found, %2 are missing; the new folder is remembered.")
                           .arg(grouped(static_cast<qlonglong>(found)), grouped(static_cast<qlonglong>(missing)));
    });
    const auto sayProblem = [this](const QString& message) { m_strip->say(MessageStrip::Kind::Problem, message); };
    connect(&m_session.document(), &ExperimentDocument::refused, this, sayProblem);
    connect(&m_session.pins(), &ProbePins::refused, this, sayProblem);
    connect(&m_session.runs(), &RunDesk::openFailed, this, sayProblem);
    connect(&m_session.engine(), &EngineDesk::failed, this, sayProblem);
    connect(&m_session.runs(), &RunDesk::noted, this,
            [this](const QString& message) { m_strip->say(MessageStrip::Kind::Note, message); });
    connect(&m_session.runs(), &RunDesk::ended, this, [this](const RunEnded& ended) {
        if (m_session.series().isUnderWay() || m_session.searches().trains())
            return; // it has its own last word
        const QString reason = QString::fromStdString(ended.reason);
        if (ended.outcome == RunEnded::Outcome::Failed)
            m_strip->say(MessageStrip::Kind::Problem, reason,
                         ended.epochs > 0 ? tr("Evaluate the last good weights") : QString(),
                         [this] { showPage(QStringLiteral("evaluate")); });
        else if (ended.epochs > 0)
            m_strip->say(MessageStrip::Kind::Good,
                         ended.outcome == RunEnded::Outcome::Completed
                             ? tr("The run is finished. How good is it on images it has not seen?")
                             : tr("The run has stopped; its weights are kept."),
                         tr("Evaluate"), [this] { showPage(QStringLiteral("evaluate")); });
    });
    connect(&m_session.runs().list(), &RunList::listed, this, &MainWindow::offerInterrupted);
    connect(&m_placeTimer, &QTimer::timeout, this, &MainWindow::keepPlaceNow);
    connect(&m_session.document(), &ExperimentDocument::changed, this, &MainWindow::keepPlaceSoon);
    connect(&m_session.data(), &DataDesk::opened, this, &MainWindow::keepPlaceSoon);
    connect(&m_session.runs(), &RunDesk::stateChanged, this, &MainWindow::keepPlaceSoon);
    connect(&m_session.runs(), &RunDesk::runChanged, this, &MainWindow::keepPlaceSoon);
    connect(&m_session.questions(), &Questions::explanationFailed, this, sayProblem);
    connect(&m_session.questions(), &Questions::evaluationFailed, this, sayProblem);
}

void MainWindow::addKeys() {
    const auto key = [this](const QKeySequence& keys, auto work) {
        connect(new QShortcut(keys, this), &QShortcut::activated, this, work);
    };
    for (std::size_t i = 0; i < m_rooms.size(); ++i)
        key(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + static_cast<int>(i))),
            [this, i] { showPage(m_rooms[i].name); });
    key(QKeySequence(Qt::ALT | Qt::Key_Left), [this] { m_session.checkpoints().step(-1); });
    key(QKeySequence(Qt::ALT | Qt::Key_Right), [this] { m_session.checkpoints().step(1); });
    key(QKeySequence::Open, [this] { openFolder(); });
    key(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), [this] { openFile(); });
    key(QKeySequence::Save, [this] { saveExperiment(); });
    key(QKeySequence::Undo, [this] { undoLast(m_session); });
    key(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), [this] { m_session.document().redo(); });
    key(QKeySequence(Qt::CTRL | Qt::Key_Return), [this] { primary(); });
    key(QKeySequence(Qt::Key_Question), [this] { showKeys(); });
    key(QKeySequence(Qt::Key_F1), [this] { showKeys(); });
    key(QKeySequence::Quit, [this] { close(); });
}

void MainWindow::showPage(const QString& name) {
    if (name == QLatin1String("start")) {
        m_stack->setCurrentWidget(m_start);
        m_rail->setCurrent(-1);
        return;
    }
    for (std::size_t i = 0; i < m_rooms.size(); ++i) {
        if (m_rooms[i].name != name)
            continue;
        const bool needsData = name == QLatin1String("data") || name == QLatin1String("augment");
        m_stack->setCurrentWidget(needsData && !m_session.data().dataset() ? static_cast<QWidget*>(m_start)
                                                                           : m_rooms[i].page);
        m_rail->setCurrent(static_cast<int>(i));
    }
}

QString MainWindow::currentPage() const {
    for (const Room& room : m_rooms)
        if (m_stack->currentWidget() == room.page)
            return room.name;
    return QStringLiteral("start");
}

void MainWindow::primary() {
    switch (m_session.runs().state()) {
    case RunState::Running:
        m_session.runs().pause();
        return;
    case RunState::Paused:
        m_session.runs().resume();
        return;
    case RunState::Starting:
    case RunState::Stopping:
        return;
    case RunState::Idle:
        break;
    }
    if (!m_session.data().dataset())
        return openFolder();
    showPage(QStringLiteral("train"));
    if (const auto problems = m_session.document().problems(); !problems.empty())
        m_strip->say(MessageStrip::Kind::Problem, problemWords(problems.front()));
    else
        m_session.runs().start();
}

void MainWindow::showPrimary() {
    const RunState state = m_session.runs().state();
    const bool running = state == RunState::Running, opens = state == RunState::Idle && !m_session.data().dataset();
    m_primary->setText(running                       ? tr("Pause")
                       : state == RunState::Paused   ? tr("Resume")
                       : state == RunState::Starting ? tr("Starting…")
                       : state == RunState::Stopping ? tr("Stopping…")
                       : opens                       ? tr("Open images…")
                                                     : tr("Train"));
    m_primary->setAccessibleName(m_primary->text());
    theme::setIcon(*m_primary,
                   running ? QStringLiteral("media-playback-pause")
                   : opens ? QStringLiteral("folder-open")
                           : QStringLiteral("media-playback-start"),
                   Role::AccentText);
    m_primary->setEnabled(state != RunState::Starting && state != RunState::Stopping);
    m_primary->setToolTip(tr("%1 (Ctrl+Return)").arg(m_primary->text()));
    if (state == RunState::Starting)
        m_strip->hide();
}

void MainWindow::showExperiment() {
    if (!m_name->hasFocus() || m_name->text().toStdString() != m_session.document().experiment().name)
        m_name->setText(QString::fromStdString(m_session.document().experiment().name));
    if (!m_name->hasFocus())
        m_name->setCursorPosition(0); // a long name shows its beginning
    m_undo->setEnabled(m_session.document().canUndo());
    m_redo->setEnabled(m_session.document().canRedo());
}

void MainWindow::showKeys() {
    auto* keys = new KeysDialog(this);
    keys->setAttribute(Qt::WA_DeleteOnClose);
    keys->show();
}

void MainWindow::paintEvent(QPaintEvent* event) {
    QMainWindow::paintEvent(event);
    if (!std::exchange(m_painted, true))
        QTimer::singleShot(0, this, &MainWindow::firstFrameShown);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (m_session.runs().trainsHere() &&
        !prompts().confirm(
            this,
            m_session.searches().trains()
                ? tr("A search is in progress. Stop it and close? Its trials are saved and it can be resumed.")
                : tr("A run is in progress. Stop it and close? Its progress is saved and it can be resumed."),
            tr("Stop and close"))) {
        event->ignore();
        return;
    }
    QSettings settings = windowSettings(m_session);
    keepPlace(settings, *this, m_session, currentPage());
    event->accept();
}

} // namespace sightline::ui
