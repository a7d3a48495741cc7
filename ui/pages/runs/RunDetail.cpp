// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/runs/RunDetail.h"

#include <QLineEdit>
#include <QRegularExpression>

#include <algorithm>

#include "look/Words.h"
#include "pages/ForkMenu.h"
#include "pages/runs/ExportMenu.h"
#include "pages/runs/RunColumns.h"
#include "store/RunCheckpoint.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
bool endedBeforeItsTime(const RunSummary& run) {
    return run.state == "stopped" || run.state == "interrupted" || run.state == "failed";
}

QString joined(const std::vector<std::string>& tags) {
    QStringList words;
    for (const std::string& tag : tags)
        words << QString::fromStdString(tag);
    return words.join(QLatin1Char(' '));
}
} // namespace

RunDetail::RunDetail(Session& session, ExportDesk& exports, QWidget* parent) : QWidget(parent), m_session(session) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(theme::kGrid);
    m_title = named(new QLabel, "runTitle");
    m_title->setFont(theme::font(theme::Size::Title, true));
    m_title->setWordWrap(true);
    m_facts = named(new QLabel, "runFacts");
    m_facts->setWordWrap(true);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_note = named(new QLineEdit, "runNote", tr("Note"));
    m_note->setPlaceholderText(tr("Note: what was this run for?"));
    m_tags = named(new QLineEdit, "runTags", tr("Tags"));
    m_tags->setPlaceholderText(tr("Tags: words to find it by"));
    connect(m_note, &QLineEdit::editingFinished, this, &RunDetail::keepNote);
    connect(m_tags, &QLineEdit::editingFinished, this, &RunDetail::keepTags);
    m_open = button(tr("Open"), QStringLiteral("document-open"), "openRunButton",
                    tr("Show its settings, curves and network (Return)"), true);
    m_resume = button(tr("Resume"), QStringLiteral("media-playback-start"), "resumeRunButton",
                      tr("Continue from its last checkpoint"));
    m_continue = button(tr("Continue with these images"), QStringLiteral("media-skip-forward"), "continueRunButton");
    m_fork = button(tr("Fork from…"), QStringLiteral("distribute-graph-directed"), "forkRunButton",
                    tr("Train a new run that begins with a checkpoint of this one"));
    m_forkMenu = new ForkMenu(session, *m_fork);
    m_classify = button(tr("Classify…"), QStringLiteral("folder-open"), "classifyRunButton",
                        tr("What does this network say about a folder of images?"));
    m_export = button(tr("Export…"), QStringLiteral("document-save"), "exportRunButton");
    m_exportMenu = new ExportMenu(exports, *m_export);
    m_rename = button(tr("Rename…"), QStringLiteral("edit-rename"), "renameRunButton");
    m_star = button(tr("Star"), QStringLiteral("starred"), "starRunButton");
    m_archive = button(tr("Archive"), QStringLiteral("archive-insert"), "archiveRunButton");
    m_delete = button(tr("Delete…"), QStringLiteral("edit-delete"), "deleteRunButton");
    connect(m_open, &QPushButton::clicked, this, &RunDetail::openRequested);
    connect(m_resume, &QPushButton::clicked, this, &RunDetail::resumeRequested);
    connect(m_continue, &QPushButton::clicked, this, &RunDetail::continueRequested);
    connect(m_forkMenu, &ForkMenu::chosen, this, &RunDetail::forked);
    connect(m_forkMenu, &ForkMenu::failed, this, &RunDetail::failed);
    connect(m_classify, &QPushButton::clicked, this, &RunDetail::classifyRequested);
    connect(m_rename, &QPushButton::clicked, this, &RunDetail::renameRequested);
    connect(m_star, &QPushButton::clicked, this, &RunDetail::starRequested);
    connect(m_archive, &QPushButton::clicked, this, &RunDetail::archiveRequested);
    connect(m_delete, &QPushButton::clicked, this, &RunDetail::deleteRequested);
    for (QWidget* part : std::initializer_list<QWidget*>{m_title, m_facts, m_note, m_tags})
        column->addWidget(part);
    column->addSpacing(theme::kGrid);
    for (auto* control : {m_open, m_resume, m_continue, m_fork})
        column->addWidget(control);
    for (const auto& [left, right] :
         {std::pair(m_classify, m_export), std::pair(m_star, m_archive), std::pair(m_rename, m_delete)}) {
        auto* row = new QHBoxLayout;
        row->addWidget(left, 1);
        row->addWidget(right, 1);
        column->addLayout(row);
    }
}

void RunDetail::setRun(const RunSummary& run) {
    const bool other = run.folder != m_run.folder;
    m_run = run;
    if (other) { // else what is being typed stays
        m_note->setText(QString::fromStdString(m_run.note));
        m_tags->setText(joined(m_run.tags));
    }
    m_hasCheckpoint = m_run.epochs > 0 || (m_hasCheckpoint && !other);
    refresh();
    if (m_run.epochs == 0)
        look();
}

/// In its first epoch a run has one only where it was saved on the way.
void RunDetail::look() {
    m_lane.submit(
        this,
        [folder = m_run.folder](const std::stop_token&) -> Result<bool> {
            return checkpointToResume(folder).has_value();
        },
        [this, folder = m_run.folder](const Result<bool>& found) {
            if (folder != m_run.folder)
                return;
            m_hasCheckpoint = m_run.epochs > 0 || (found && *found);
            showWhatGoes();
        });
}

void RunDetail::refresh() {
    showFacts();
    showWhatGoes();
    if (!m_note->hasFocus())
        m_note->setText(QString::fromStdString(m_run.note));
    if (!m_tags->hasFocus())
        m_tags->setText(joined(m_run.tags));
}

void RunDetail::showFacts() {
    m_title->setText(QString::fromStdString(m_run.name));
    const QString muted = theme::color(Role::Muted).name();
    QStringList lines;
    const auto fact = [&](const QString& name, const QString& value) {
        if (!value.isEmpty())
            lines
                << QStringLiteral(
                       "<tr><td style='color:%1; padding:2px 10px 2px 0'>%2</td><td style='padding:2px 0'>%3</td></tr>")
                       .arg(muted, name, value.toHtmlEscaped());
    };
    fact(tr("State"), stateWords(m_run.state));
    fact(tr("Reason"), QString::fromStdString(m_run.reason));
    fact(tr("Network"), networkTitle(m_run.network));
    fact(tr("Images"), QString::fromStdString(m_run.dataPath));
    fact(tr("Best epoch"), m_run.bestEpoch > 0 ? QString::number(m_run.bestEpoch) : QString());
    fact(tr("Training loss"), m_run.lastLoss ? significant(*m_run.lastLoss) : QString());
    if (m_run.group)
        fact(tr("Group"), QString::fromStdString(m_run.group->name + ", " + m_run.group->member));
    fact(tr("Forked from"), QString::fromStdString(m_run.parent));
    fact(tr("ID"), QString::fromStdString(m_run.id));
    if (const QString facts = QStringLiteral("<table>%1</table>").arg(lines.join(QString())); facts != m_facts->text())
        m_facts->setText(facts); // else what is selected stays so
}

/// Which buttons there are, and why one cannot be used now.
void RunDetail::showWhatGoes() {
    const bool idle = !m_session.runs().trainsHere();
    const QString busy = idle ? QString() : tr("A run is in progress; stop it first.");
    for (auto* control : {m_open, m_resume}) {
        control->setEnabled(idle);
        control->setToolTip(busy);
    }
    const bool elsewhere = m_run.state == "running" && idle;
    setWords(*m_open, elsewhere ? tr("Follow") : tr("Open"));
    if (elsewhere)
        m_open->setToolTip(tr("Another program is training this run: see its curves as they come, and steer it"));
    m_resume->setVisible(m_hasCheckpoint && endedBeforeItsTime(m_run));
    const bool images = m_session.data().dataset() != nullptr;
    setWords(*m_continue, images ? tr("Continue with these images") : tr("Continue with other images…"));
    m_continue->setEnabled(idle);
    m_continue->setToolTip(!idle    ? busy
                           : images ? tr("Train this network further on the open images (%1). Classes it knows keep "
                                         "their part of the classifier, by name.")
                                          .arg(QString::fromStdString(m_session.data().dataset()->root.string()))
                                    : tr("Choose a folder of images on which to train this network further."));
    const bool hasWeights = m_run.epochs > 0 || m_run.state == "completed"; // one that was imported has no epochs
    m_continue->setVisible(hasWeights);
    m_fork->setVisible(m_hasCheckpoint);
    m_forkMenu->setRun(m_run.folder);
    m_classify->setVisible(hasWeights);
    m_export->setVisible(hasWeights);
    m_exportMenu->setRun(m_run);
    setWords(*m_star, m_run.starred ? tr("Remove star") : tr("Star"));
    m_star->setToolTip(tr("Mark it to find it again (S)"));
    setWords(*m_archive, m_run.archived ? tr("Unarchive") : tr("Archive"));
    m_archive->setToolTip(tr("Archived runs are kept, but not listed unless asked for."));
    const bool running = m_run.state == "running";
    m_delete->setEnabled(!running);
    m_delete->setToolTip(running ? tr("This run is in progress; stop it first.") : tr("Delete"));
}

void RunDetail::keepNote() {
    if (m_note->text().toStdString() != m_run.note)
        m_session.runs().list().setNote(m_run.folder, m_note->text());
}

void RunDetail::keepTags() {
    std::vector<std::string> tags;
    for (const QString& word : m_tags->text().split(QRegularExpression(QStringLiteral("[\\s,]+")), Qt::SkipEmptyParts))
        if (const std::string tag = word.toStdString(); std::find(tags.begin(), tags.end(), tag) == tags.end())
            tags.push_back(tag);
    if (tags != m_run.tags)
        m_session.runs().list().changeAbout({m_run.folder}, [tags](RunAbout& about) { about.tags = tags; });
}

} // namespace sightline::ui
