// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/RunsPage.h"

#include <QDateTime>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QTableView>

#include <algorithm>
#include <tuple>
#include <utility>

#include "look/Words.h"
#include "models/Table.h"
#include "pages/ForkMenu.h"
#include "widgets/Prompts.h"
#include "widgets/Surface.h"
#include "widgets/TableView.h"
#include "zoo/Zoo.h"

namespace sightline::ui {

namespace {
constexpr int kLookMs = 2000;

QString stateWords(const std::string& state) {
    if (state == "running")
        return RunsPage::tr("running");
    if (state == "completed")
        return RunsPage::tr("completed");
    if (state == "stopped")
        return RunsPage::tr("stopped");
    if (state == "failed")
        return RunsPage::tr("failed");
    return RunsPage::tr("interrupted");
}

Role stateRole(const std::string& state) {
    return state == "completed"     ? Role::Good
           : state == "failed"      ? Role::Bad
           : state == "interrupted" ? Role::Warning
           : state == "running"     ? Role::Accent
                                    : Role::Muted;
}

QString when(const std::string& created) {
    const auto time = QDateTime::fromString(QString::fromStdString(created), Qt::ISODate).toLocalTime();
    return time.isValid() ? QLocale().toString(time, QStringLiteral("d MMM yyyy hh:mm"))
                          : QString::fromStdString(created);
}

QString networkTitle(const std::string& name) {
    const ZooEntry* entry = findInZoo(name);
    return QString::fromStdString(entry ? entry->title : name);
}

bool showAlike(const RunSummary& a, const RunSummary& b) {
    const auto shown = [](const RunSummary& run) {
        return std::tie(run.folder, run.name, run.state, run.reason, run.epochs, run.plannedEpochs, run.note,
                        run.dataPath);
    };
    return shown(a) == shown(b);
}

/// It has an epoch to go on from, and epochs to go.
bool canResume(const RunSummary& run) {
    return run.epochs > 0 && (run.state == "stopped" || run.state == "interrupted" || run.state == "failed");
}
} // namespace

RunsPage::RunsPage(Session& session, QWidget* parent) : Page(session, parent) {
    setObjectName(QStringLiteral("runsPage"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    row->setSpacing(2 * theme::kGrid);
    row->addWidget(makeList(), 1);
    row->addWidget(makeDetail());
    connect(&session.runs().list(), &RunList::listed, this, &RunsPage::show);
    connect(&session.runs().list(), &RunList::failed, this, &RunsPage::sayFailure);
    connect(&session.runs(), &RunDesk::stateChanged, this, &RunsPage::showSelected);
    connect(&session.data(), &DataDesk::opened, this, &RunsPage::showSelected);
    connect(&session.runs(), &RunDesk::continued, this, [this](const QString& words) {
        Q_EMIT fieldRequested(QStringLiteral("model.weights.source"));
        Q_EMIT said(words, true);
    });
    connect(&session.runs(), &RunDesk::epochFinished, &session.runs().list(), &RunList::refresh);
    m_look.setInterval(kLookMs);
    m_look.setSingleShot(true); // a listing under way is not superseded: on a slow disk none would ever come
    connect(&m_look, &QTimer::timeout, this, [this] {
        if (isVisible())
            this->session().runs().list().refresh();
    });
    session.runs().list().refresh();
    showSelected();
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

QWidget* RunsPage::makeList() {
    auto* surface = new Surface(tr("Runs"));
    m_table = new Table({tr("Name"), tr("State"), tr("Network"), tr("Images"), tr("Epochs"),
                         tr("Val. accuracy|Highest of all epochs, on the validation images"),
                         tr("Val. loss|Lowest of all epochs, on the validation images"), tr("Started")},
                        this);
    m_view = tableView(m_table, "runTable", tr("Runs, newest first"), true);
    m_view->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& current) {
        if (const int at = sourceRow(m_view, current); at >= 0)
            m_selectedFolder = QString::fromStdString(m_runs[static_cast<std::size_t>(at)].folder.string());
        showSelected();
    });
    connect(m_view, &QTableView::activated, this, &RunsPage::openSelected);
    m_empty = named(new QLabel(tr("No runs yet. Every run is kept here with its settings, curves and weights.")),
                    "runsEmpty");
    m_empty->setProperty("muted", true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    surface->body()->addWidget(m_view, 1);
    surface->body()->addWidget(m_empty, 1);
    return surface;
}

QWidget* RunsPage::makeDetail() {
    auto* surface = new Surface;
    surface->setFixedWidth(300);
    m_title = named(new QLabel, "runTitle");
    m_title->setFont(theme::font(theme::Size::Title, true));
    m_title->setWordWrap(true);
    m_facts = named(new QLabel, "runFacts");
    m_facts->setWordWrap(true);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_note = named(new QLineEdit, "runNote", tr("Note"));
    m_note->setPlaceholderText(tr("Note: what was this run for?"));
    connect(m_note, &QLineEdit::editingFinished, this, [this] {
        if (const RunSummary* run = selected(); run && m_note->text().toStdString() != run->note)
            session().runs().list().setNote(run->folder, m_note->text());
    });
    m_open = button(tr("Open"), QStringLiteral("document-open"), "openRunButton",
                    tr("Show its settings, curves and network (Return)"), true);
    m_resume = button(tr("Resume"), QStringLiteral("media-playback-start"), "resumeRunButton",
                      tr("Continue from its last checkpoint"));
    m_continue = button(tr("Continue with these images"), QStringLiteral("media-skip-forward"), "continueRunButton");
    m_fork = button(tr("Fork from…"), QStringLiteral("distribute-graph-directed"), "forkRunButton",
                    tr("Train a new run that begins with a checkpoint of this one"));
    m_forkMenu = new ForkMenu(session(), *m_fork);
    connect(m_forkMenu, &ForkMenu::chosen, this, [this] { Q_EMIT pageRequested(QStringLiteral("train")); });
    connect(m_forkMenu, &ForkMenu::failed, this, [this](const QString& message) { Q_EMIT said(message, false); });
    m_classify = button(tr("Classify images…"), QStringLiteral("folder-open"), "classifyRunButton",
                        tr("What does this network say about a folder of images?"));
    m_rename = button(tr("Rename…"), QStringLiteral("edit-rename"), "renameRunButton");
    m_delete = button(tr("Delete…"), QStringLiteral("edit-delete"), "deleteRunButton");
    connect(m_open, &QPushButton::clicked, this, &RunsPage::openSelected);
    connect(m_resume, &QPushButton::clicked, this, &RunsPage::resumeSelected);
    connect(m_continue, &QPushButton::clicked, this, &RunsPage::continueSelected);
    connect(m_classify, &QPushButton::clicked, this, [this] {
        if (const RunSummary* run = selected())
            Q_EMIT classifyRequested(QString::fromStdString(run->folder.string()), QString::fromStdString(run->name));
    });
    connect(m_rename, &QPushButton::clicked, this, &RunsPage::renameSelected);
    connect(m_delete, &QPushButton::clicked, this, &RunsPage::deleteSelected);
    surface->body()->addWidget(m_title);
    surface->body()->addWidget(m_facts);
    surface->body()->addWidget(m_note);
    surface->body()->addSpacing(theme::kGrid);
    for (auto* control : {m_open, m_resume, m_continue, m_fork, m_classify, m_rename, m_delete})
        surface->body()->addWidget(control);
    surface->body()->addStretch(1);
    return surface;
}

void RunsPage::show(const std::vector<RunSummary>& runs) {
    m_saidLast.clear();
    lookAgain();
    if (std::equal(runs.begin(), runs.end(), m_runs.begin(), m_runs.end(), showAlike) && !runs.empty())
        return showSelected(); // nothing moves under the pointer
    m_runs = runs;
    std::vector<std::vector<Table::Cell>> rows;
    int interrupted = 0, keep = -1;
    for (const RunSummary& run : runs) {
        interrupted += run.state == "interrupted";
        if (run.folder.string() == m_selectedFolder.toStdString())
            keep = static_cast<int>(rows.size());
        const auto value = [](const std::optional<double>& number, const QString& text) {
            return Table::Cell{number ? text : QStringLiteral("–"), number.value_or(-1)};
        };
        rows.push_back({{QString::fromStdString(run.name), {}, -1, QString::fromStdString(run.id)},
                        {stateWords(run.state),
                         {},
                         -1,
                         QString::fromStdString(run.reason),
                         static_cast<int>(stateRole(run.state))},
                        {networkTitle(run.network)},
                        {QString::fromStdString(std::filesystem::path(run.dataPath).filename().string()),
                         {},
                         -1,
                         QString::fromStdString(run.dataPath)},
                        {tr("%1 of %2").arg(run.epochs).arg(run.plannedEpochs), run.epochs},
                        value(run.bestValAccuracy, percent(run.bestValAccuracy.value_or(0))),
                        value(run.bestValLoss, significant(run.bestValLoss.value_or(0))),
                        {when(run.created), QString::fromStdString(run.created)}});
    }
    m_table->setRows(std::move(rows));
    m_view->setVisible(!runs.empty());
    m_empty->setVisible(runs.empty());
    if (!runs.empty())
        selectSourceRow(m_view, std::max(0, keep));
    showSelected();
    setBadge(interrupted > 0 ? Badge::Attention : Badge::None, interrupted);
}

const RunSummary* RunsPage::selected() const {
    const int row = sourceRow(m_view, m_view->currentIndex());
    return row >= 0 && row < static_cast<int>(m_runs.size()) ? &m_runs[static_cast<std::size_t>(row)] : nullptr;
}

void RunsPage::showSelected() {
    const RunSummary* run = selected();
    for (QWidget* part :
         std::initializer_list<QWidget*>{m_note, m_open, m_resume, m_continue, m_fork, m_classify, m_rename, m_delete})
        part->setVisible(run != nullptr);
    m_title->parentWidget()->setVisible(run != nullptr); // an empty surface says nothing
    m_title->setText(run ? QString::fromStdString(run->name) : QString());
    if (!run) {
        m_facts->clear();
        return;
    }
    const QString muted = theme::color(Role::Muted).name();
    QStringList lines;
    const auto fact = [&](const QString& name, const QString& value) {
        if (!value.isEmpty())
            lines
                << QStringLiteral(
                       "<tr><td style='color:%1; padding:2px 10px 2px 0'>%2</td><td style='padding:2px 0'>%3</td></tr>")
                       .arg(muted, name, value.toHtmlEscaped());
    };
    fact(tr("State"), stateWords(run->state));
    fact(tr("Reason"), QString::fromStdString(run->reason));
    fact(tr("Network"), networkTitle(run->network));
    fact(tr("Images"), QString::fromStdString(run->dataPath));
    fact(tr("Best epoch"), run->bestEpoch > 0 ? QString::number(run->bestEpoch) : QString());
    fact(tr("Last loss"), run->lastLoss ? significant(*run->lastLoss) : QString());
    fact(tr("ID"), QString::fromStdString(run->id));
    if (const QString facts = QStringLiteral("<table>%1</table>").arg(lines.join(QString())); facts != m_facts->text())
        m_facts->setText(facts); // else what is selected stays so
    if (!m_note->hasFocus())
        m_note->setText(QString::fromStdString(run->note));
    const bool idle = !session().runs().trainsHere();
    const QString busy = idle ? QString() : tr("A run is in progress; stop it first.");
    for (auto* control : {m_open, m_resume}) {
        control->setEnabled(idle);
        control->setToolTip(busy);
    }
    const bool elsewhere = run->state == "running" && idle;
    m_open->setText(elsewhere ? tr("Follow") : tr("Open"));
    m_open->setAccessibleName(m_open->text());
    if (elsewhere)
        m_open->setToolTip(tr("Another program is training this run: see its curves as they come, and steer it"));
    m_resume->setVisible(canResume(*run));
    const bool images = session().data().dataset() != nullptr;
    m_continue->setText(images ? tr("Continue with these images") : tr("Continue with other images…"));
    m_continue->setAccessibleName(m_continue->text());
    m_continue->setEnabled(idle);
    m_continue->setToolTip(!idle    ? busy
                           : images ? tr("Train this network further on the open images (%1). Classes it knows keep "
                                         "their part of the classifier, by name.")
                                          .arg(QString::fromStdString(session().data().dataset()->root.string()))
                                    : tr("Choose a folder of images on which to train this network further."));
    m_continue->setVisible(run->epochs > 0);
    m_fork->setVisible(run->epochs > 0);
    m_forkMenu->setRun(run->folder);
    m_classify->setVisible(run->epochs > 0); // else there are no weights
    m_delete->setEnabled(run->state != "running");
    m_delete->setToolTip(run->state == "running" ? tr("This run is in progress; stop it first.") : QString());
}

void RunsPage::openSelected() {
    if (const RunSummary* run = selected()) {
        session().runs().open(QString::fromStdString(run->folder.string()));
        Q_EMIT pageRequested(QStringLiteral("train"));
    }
}

void RunsPage::resumeSelected() {
    if (const RunSummary* run = selected()) {
        session().runs().resumeRun(run->folder);
        Q_EMIT pageRequested(QStringLiteral("train"));
    }
}

void RunsPage::continueSelected() {
    const RunSummary* run = selected();
    if (!run)
        return;
    const auto folder = run->folder;
    if (session().data().dataset())
        return session().runs().continueRun(folder);
    const QString images = prompts().openFolder(this, tr("Images to continue with"), {});
    if (!images.isEmpty())
        session().runs().continueRun(folder, images);
}

void RunsPage::renameSelected() {
    const RunSummary* run = selected();
    if (!run)
        return;
    const auto folder = run->folder;
    const QString name = prompts().line(this, tr("Rename the run"), tr("Name"), QString::fromStdString(run->name));
    if (!name.trimmed().isEmpty())
        session().runs().list().rename(folder, name.trimmed());
}

void RunsPage::deleteSelected() {
    const RunSummary* run = selected();
    if (!run)
        return;
    const auto folder = run->folder;
    if (prompts().confirm(this,
                          tr("Delete the run “%1” with its curves and weights? This cannot be undone.")
                              .arg(QString::fromStdString(run->name)),
                          tr("Delete")))
        session().runs().remove(folder);
}

} // namespace sightline::ui
