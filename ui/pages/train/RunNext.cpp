// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/RunNext.h"

#include <QLabel>
#include <QPushButton>
#include <QSpinBox>

#include "bridge/Session.h"
#include "experiment/EditSettings.h"
#include "look/Words.h"
#include "pages/ForkMenu.h"
#include "pages/explain/SettingsDifference.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kMoreEpochs = 20, kMostNamed = 2;

QString ownerWords(const RunOwner& owner) {
    return owner.host.empty() ? RunNext::tr("Another program is training this run (process %1).").arg(owner.process)
                              : RunNext::tr("This run is being trained on %1.").arg(QString::fromStdString(owner.host));
}
} // namespace

RunNext::RunNext(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    RunDesk& runs = session.runs();
    m_words = named(mutedLabel({}), "runNextWords");
    m_trainHere = button(tr("Train here"), QStringLiteral("media-playback-start"), "trainHereButton");
    connect(m_trainHere, &QPushButton::clicked, &runs, &RunDesk::start);
    m_unfollow = button(tr("Stop following"), {}, "stopFollowingButton",
                        tr("Close the run here; the program that trains it continues"));
    connect(m_unfollow, &QPushButton::clicked, this, [&runs] { runs.close(); });
    m_dropFork = button(tr("Cancel the fork"), {}, "dropForkButton", tr("Train starts a new run again"));
    connect(m_dropFork, &QPushButton::clicked, this, [&runs] { runs.dropFork(); });
    m_resume = button(tr("Resume"), QStringLiteral("media-playback-start"), "resumeRun",
                      tr("Continue this run from its last checkpoint, to the end that was planned"));
    connect(m_resume, &QPushButton::clicked, this, [&runs] {
        if (const auto run = runs.run())
            runs.resumeRun(run->folder);
    });
    m_fork = button(tr("Fork from…"), QStringLiteral("distribute-graph-directed"), "forkButton",
                    tr("Train a new run that begins with a checkpoint of this one"));
    m_forkMenu = new ForkMenu(session, *m_fork);
    connect(m_forkMenu, &ForkMenu::failed, this, &RunNext::failed);
    m_more = button({}, QStringLiteral("media-skip-forward"), "trainMoreButton",
                    tr("Continue this run from its last checkpoint"));
    m_epochs = named(new QSpinBox, "moreEpochs", tr("More epochs"));
    m_epochs->setRange(1, 100'000);
    connect(m_epochs, &QSpinBox::valueChanged, this, [this](int epochs) {
        setWords(*m_more, counted(epochs, tr("Train %1 more epoch"), tr("Train %1 more epochs")));
    });
    m_epochs->setValue(kMoreEpochs);
    connect(m_more, &QPushButton::clicked, this, [this, &runs] { runs.trainMore(m_epochs->value()); });
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    row->addWidget(m_words, 1);
    for (QWidget* control :
         std::initializer_list<QWidget*>{m_trainHere, m_unfollow, m_dropFork, m_resume, m_fork, m_more, m_epochs})
        row->addWidget(control);
    connect(&runs, &RunDesk::forkChanged, this, &RunNext::showState);
    connect(&session.document(), &ExperimentDocument::changed, this, &RunNext::showControls);
}

bool RunNext::isUnfinished() const {
    const RunDesk& runs = m_session.runs();
    const RunProgress& progress = runs.progress();
    // With all its epochs it may still lack its end: the best weights put back.
    return runs.run() && runs.isIdle() && progress.ended && progress.ended->outcome != RunEnded::Outcome::Completed;
}

void RunNext::look() {
    m_lookedAt = m_session.runs().run();
    m_checkpoint.reset();
    m_lane.submit(
        this,
        [folder = m_lookedAt->folder](const std::stop_token&) -> Result<std::optional<KeptCheckpoint>> {
            return checkpointToResume(folder);
        },
        [this](const Result<std::optional<KeptCheckpoint>>& found) {
            m_checkpoint = found ? *found : std::nullopt;
            showControls();
            Q_EMIT looked();
        });
}

std::optional<KeptCheckpoint> RunNext::savedAt() const {
    return isUnfinished() && m_session.runs().run() == m_lookedAt ? m_checkpoint : std::nullopt;
}

void RunNext::showState() {
    if (isUnfinished() && m_session.runs().run() != m_lookedAt)
        look();
    showControls();
}

/// What a run that goes on takes of the fields is said before.
QString RunNext::words() const {
    const RunDesk& runs = m_session.runs();
    if (const RunOwner* owner = runs.followedOwner())
        return ownerWords(*owner);
    if (runs.fork() && runs.isIdle())
        return tr("A fork of this run, from epoch %1. Change the settings you want, then train.")
            .arg(runs.fork()->epoch);
    if (!runs.run() || !runs.isIdle())
        return {};
    const Experiment& now = runs.progress().experiment;
    QStringList changes;
    for (const SettingDifference& change : settingsDifferences(now, changedTo(m_session.document().experiment(), now)))
        changes << QStringLiteral("%1 %2 → %3").arg(change.name, change.first, change.second);
    if (changes.isEmpty())
        return {};
    return changes.size() > kMostNamed ? tr("Continues with %1 changed settings.").arg(changes.size())
                                       : tr("Continues with %1.").arg(changes.join(QStringLiteral(", ")));
}

void RunNext::showControls() {
    const RunDesk& runs = m_session.runs();
    const bool forks = runs.fork() && runs.isIdle(), resumable = savedAt().has_value();
    const bool stored = runs.run() && runs.isIdle() && !runs.progress().history.empty();
    m_words->setText(words());
    for (QWidget* control : std::initializer_list<QWidget*>{m_trainHere, m_unfollow})
        control->setVisible(runs.followedOwner() != nullptr);
    const bool images = m_session.data().dataset() != nullptr;
    m_trainHere->setEnabled(images && m_session.document().problems().empty());
    m_trainHere->setToolTip(m_trainHere->isEnabled()
                                ? tr("Train a new run with these settings in this window; the other program continues "
                                     "with its own")
                            : images ? tr("Fix the settings marked in red first.")
                                     : tr("Open a folder of images first."));
    m_dropFork->setVisible(forks);
    if (stored || resumable)
        m_forkMenu->setRun(runs.run()->folder);
    m_fork->setVisible((stored || resumable) && !forks);
    for (QWidget* control : std::initializer_list<QWidget*>{m_more, m_epochs})
        control->setVisible(stored && !forks);
    m_resume->setVisible(resumable && !forks);
    setVisible(runs.followedOwner() || stored || resumable);
}

} // namespace sightline::ui
