// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/search/SearchHead.h"

#include <QComboBox>

#include <algorithm>

#include "look/Icons.h"
#include "look/Words.h"
#include "widgets/ProgressBar.h"

namespace sightline::ui {

namespace {
using State = SearchView::State;
constexpr int kChooserWidth = 220, kProgressWidth = 120;

bool isGoingOn(State state) {
    return state == State::Running || state == State::Paused;
}

QString pauseWords(const SearchView& view) {
    return view.plan.slurm ? SearchHead::tr("Trials in progress are saved, and Slurm holds all tasks until you resume")
                           : SearchHead::tr("The trial in progress waits at its next batch, and no other starts");
}
} // namespace

SearchHead::SearchHead(Session& session, QWidget* parent) : Surface({}, parent), m_session(session) {
    auto* line = new QHBoxLayout;
    line->setSpacing(theme::kGrid);
    m_chooser = named(new QComboBox, "searchChooser", tr("Search shown"));
    m_chooser->setMinimumWidth(kChooserWidth);
    m_chooser->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    line->addWidget(m_chooser);
    m_state = named(new QLabel, "searchState");
    m_state->setWordWrap(true);
    line->addWidget(m_state, 1);
    m_progress = new ProgressBar("searchProgress", tr("Trials done"));
    m_progress->setFixedWidth(kProgressWidth);
    line->addWidget(m_progress);
    m_watch = button({}, {}, "watchSearch");
    m_pause = button({}, QStringLiteral("media-playback-pause"), "pauseSearch");
    m_stop = button(tr("Stop"), QStringLiteral("media-playback-stop"), "stopSearch",
                    tr("Save the trial in progress and stop; the search can be resumed"));
    line->addWidget(m_watch);
    line->addWidget(m_pause);
    line->addWidget(m_stop);
    body()->addLayout(line);
    m_notes = named(mutedLabel({}), "searchNotes");
    m_notes->setTextFormat(Qt::PlainText);
    m_notes->setTextInteractionFlags(Qt::TextSelectableByMouse); // it may name a file
    body()->addWidget(m_notes);
    SearchDesk& searches = session.searches();
    connect(m_chooser, &QComboBox::activated, this,
            [this](int at) { m_session.searches().show(m_chooser->itemData(at).toString().toStdString()); });
    connect(m_watch, &QPushButton::clicked, this, &SearchHead::watch);
    connect(m_pause, &QPushButton::clicked, this, &SearchHead::press);
    connect(m_stop, &QPushButton::clicked, &searches, &SearchDesk::stop);
    connect(&searches, &SearchDesk::listChanged, this, &SearchHead::showList);
    connect(&searches, &SearchDesk::shownChanged, this, &SearchHead::showList);
    connect(&searches, &SearchDesk::changed, this, &SearchHead::showState);
    connect(&session.runs(), &RunDesk::stateChanged, this, &SearchHead::showState);
    showList();
}

void SearchHead::showList() {
    const auto& list = m_session.searches().list();
    m_chooser->clear();
    for (const ListedSearch& search : list)
        m_chooser->addItem(search.failure.isEmpty()
                               ? tr("%1 (%2 of %3)").arg(search.title, grouped(search.ended), grouped(search.trials))
                               : tr("%1 (damaged)").arg(search.title),
                           QString::fromStdString(search.id));
    m_chooser->setCurrentIndex(m_chooser->findData(QString::fromStdString(m_session.searches().shownId())));
    m_chooser->setVisible(!list.empty());
    showState();
}

QString SearchHead::stateWords(const SearchView& view) const {
    const int ended = endedTrials(view.study), all = trialsOf(view.plan);
    const bool here = m_session.searches().trainsTrialsOf(view);
    const RunState run = m_session.runs().state();
    const QString done = tr("%1 of %2 trials done").arg(grouped(ended), grouped(all));
    if (here && run == RunState::Stopping)
        return tr("Stopping: the trial in progress is being saved.");
    if (view.plan.slurm && view.state == State::Paused)
        return tr("Paused; Slurm holds its tasks. %1.").arg(done);
    if (view.plan.slurm && view.state == State::Running)
        return view.isWatched ? tr("Running on Slurm. %1.").arg(done)
                              : tr("Running on Slurm, and nobody watches. %1.").arg(done);
    if ((here && run == RunState::Paused) || (!here && view.state == State::Paused))
        return here ? tr("Paused. %1.").arg(done) : tr("Paused in another program. %1.").arg(done);
    if (here || view.state == State::Running)
        return here ? tr("Running. %1.").arg(done) : tr("Running in another program. %1.").arg(done);
    if (view.state == State::Completed)
        return tr("Finished. %1.").arg(done);
    return tr("Stopped. %1. Nothing is lost; Resume continues with the rest.").arg(done);
}

void SearchHead::showState() {
    const SearchDesk& searches = m_session.searches();
    const auto& shown = searches.shown();
    const auto listed = std::find_if(searches.list().begin(), searches.list().end(),
                                     [&](const ListedSearch& one) { return one.id == searches.shownId(); });
    const bool isDamaged = listed != searches.list().end() && !listed->failure.isEmpty();
    m_state->setText(shown                     ? stateWords(shown->view)
                     : isDamaged               ? listed->failure
                     : searches.isUnderWay()   ? tr("The search is starting.")
                     : searches.list().empty() ? tr("There are no searches yet.")
                                               : QString());
    setLook(*m_state, "bad", isDamaged);
    const QStringList notes = searches.notes();
    m_notes->setText(notes.join(QLatin1Char('\n')));
    m_notes->setVisible(!notes.isEmpty());
    const bool here = shown && searches.trainsTrialsOf(shown->view);
    const bool goesOn = shown && (here || isGoingOn(shown->view.state));
    const RunState run = m_session.runs().state();
    const bool paused = here ? run == RunState::Paused : shown && shown->view.state == State::Paused;
    const bool resumes = shown && !goesOn && shown->view.state == State::Stopped;
    m_pause->setVisible(goesOn || resumes);
    m_stop->setVisible(goesOn);
    m_progress->setVisible(shown && shown->view.state != State::Completed);
    if (shown)
        m_progress->setProgress(static_cast<qulonglong>(endedTrials(shown->view.study)),
                                static_cast<qulonglong>(trialsOf(shown->view.plan)));
    setWords(*m_pause, goesOn && !paused ? tr("Pause") : tr("Resume"));
    theme::setIcon(*m_pause,
                   goesOn && !paused ? QStringLiteral("media-playback-pause") : QStringLiteral("media-playback-start"));
    const QString busy = !resumes                          ? QString()
                         : !searches.busyWords().isEmpty() ? searches.busyWords()
                         : !shown->view.plan.slurm && m_session.runs().trainsHere()
                             ? tr("A run is in progress; stop it first.")
                             : QString();
    m_pause->setEnabled(busy.isEmpty() && !(here && run == RunState::Stopping));
    m_stop->setEnabled(!(here && run == RunState::Stopping));
    m_pause->setToolTip(!busy.isEmpty()     ? busy
                        : resumes           ? tr("Continue with the trials that are left")
                        : goesOn && !paused ? pauseWords(shown->view)
                                            : tr("Continue where it paused"));
    showWatch();
}

/// A search on Slurm goes on without anybody; who watches submits again what is lost, and sees the end.
void SearchHead::showWatch() {
    const SearchDesk& searches = m_session.searches();
    const auto& shown = searches.shown();
    const bool isHere = shown && searches.watches(shown->view.id);
    const bool isLeft =
        shown && shown->view.plan.slurm && shown->view.state == State::Running && !shown->view.isWatched;
    m_watch->setVisible(isHere || isLeft);
    m_watch->setEnabled(isHere || searches.busyWords().isEmpty());
    setWords(*m_watch, isHere ? tr("Stop watching") : tr("Watch"));
    m_watch->setToolTip(isHere ? tr("Let it continue without this window")
                        : !m_watch->isEnabled()
                            ? searches.busyWords()
                            : tr("Follow it here, and submit again the trials whose tasks are lost"));
}

void SearchHead::watch() {
    SearchDesk& searches = m_session.searches();
    if (const auto& shown = searches.shown())
        searches.watches(shown->view.id) ? searches.leave() : searches.resume(shown->view.id);
}

void SearchHead::press() {
    SearchDesk& searches = m_session.searches();
    const auto& shown = searches.shown();
    if (!shown)
        return;
    const bool here = searches.trainsTrialsOf(shown->view);
    if (!here && shown->view.state == State::Stopped)
        return searches.resume(shown->view.id);
    const bool paused = here ? m_session.runs().state() == RunState::Paused : shown->view.state == State::Paused;
    paused ? searches.goOn() : searches.pause();
}

} // namespace sightline::ui
