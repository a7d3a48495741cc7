// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SearchOutcome.h"

#include <utility>
#include <variant>

#include "bridge/PlainWords.h"
#include "look/Words.h"
#include "store/RunMark.h"

namespace sightline::ui {

void SearchOutcome::go(const std::filesystem::path& home, const Folder& folder, const std::stop_token& stop,
                       const EventSink& sink, const Next& next, const Go& run) {
    const Result<SearchFolder> search = folder(stop);
    const Result<SearchPlan> plan = search ? search->plan() : Result<SearchPlan>(search.error());
    if (!plan) {
        error = plan.error();
        return;
    }
    id = search->id();
    SearchRequest request{home, *search};
    request.background = request.waitsForRoom = true;
    request.leavesJob = true; // the window may be closed
    const Result<Study> study = search->study();
    if (study)
        done = endedTrials(*study);
    onSlurm = plan->slurm.has_value();
    std::error_code code;
    const bool lacksImages = study && !onSlurm && !std::filesystem::exists(plan->base.data.path, code);
    request.guessesPlace = lacksImages && std::filesystem::exists(openImages, code);
    if (request.guessesPlace)
        request.dataPath = openImages;
    else if (lacksImages && !ownerOf(search->path()))
        gone = plan->base.data.path;
    std::size_t last = 0; // trial that began, from 1
    Result<SearchEnded> result = run(request, [&](const SearchEvent& event) {
        if (const auto* trains = std::get_if<TrialTrains>(&event))
            return sink(trains->event);
        if (const auto* began = std::get_if<TrialBegan>(&event))
            last = static_cast<std::size_t>(began->trial.number) + 1;
        else if (const auto* note = std::get_if<SearchNote>(&event))
            say(note->message);
        else if (const auto* removed = std::get_if<CheckpointsRemoved>(&event))
            say(*removed);
        else
            ++done;
        next(last, static_cast<std::size_t>(trialsOf(*plan)), search->id());
    });
    if (result)
        ended = std::move(*result);
    else
        error = result.error();
}

void SearchOutcome::say(const std::string& note) {
    const std::scoped_lock lock(m_mutex);
    add(QString::fromStdString(note));
}

void SearchOutcome::say(const CheckpointsRemoved& removed) {
    const std::scoped_lock lock(m_mutex);
    m_removed.trials.insert(m_removed.trials.end(), removed.trials.begin(), removed.trials.end());
    m_removed.keepBest = removed.keepBest;
    m_said.removeAll(m_removedWords);
    m_removedWords = QString::fromStdString(removedWords(m_removed));
    add(m_removedWords);
}

void SearchOutcome::add(const QString& note) {
    m_said << note;
    if (m_said.size() > kNotes)
        m_said.removeFirst();
}

QStringList SearchOutcome::said() {
    const std::scoped_lock lock(m_mutex);
    return m_said;
}

QString SearchOutcome::words() const {
    if (error && error->kind == ErrorKind::Cancelled)
        return onSlurm ? tr("Stopped before its trials were submitted to Slurm.")
                       : tr("Stopped before the first trial.");
    if (error && !gone.empty())
        return tr("The search's images are not in %1 any more. Open them where they are now on the Data page, then "
                  "resume the search.")
            .arg(QString::fromStdString(gone));
    if (error)
        return plainWords(*error);
    const SearchView& view = ended->view;
    const int left = trialsOf(view.plan) - endedTrials(view.study);
    if (left > 0 && view.plan.slurm && ended->why.empty())
        return tr("The search continues on Slurm.");
    if (left > 0 && !ended->reason.empty())
        return QString::fromStdString(ended->reason) +
               counted(left, tr(": %1 trial is left. Resume the search on the Search page."),
                       tr(": %1 trials are left. Resume the search on the Search page."));
    if (left > 0)
        return counted(left, tr("The search has stopped; %1 trial is left. Resume it on the Search page."),
                       tr("The search has stopped; %1 trials are left. Resume it on the Search page."));
    const std::optional<int> best = bestTrial(view.study.trials, view.plan.maximize);
    return best ? tr("The search is finished: trial %1 is the best.").arg(*best)
                : tr("The search is finished; no trial was completed.");
}

bool SearchOutcome::isGood() const {
    return !error && ended->why.empty() && bestTrial(ended->view.study.trials, ended->view.plan.maximize);
}

} // namespace sightline::ui
