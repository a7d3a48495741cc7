// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Trainer.h"

#include <torch/types.h>

#include <utility>

#include "engine/train/Ending.h"
#include "engine/train/GivenImages.h"
#include "engine/train/PrepareTraining.h"
#include "engine/train/RankAgreement.h"
#include "engine/train/RemoteControl.h"
#include "engine/train/RunEpochs.h"
#include "engine/train/RunResume.h"
#include "engine/train/RunStart.h"
#include "store/FindRun.h"
#include "store/FoundMark.h"
#include "store/RunFork.h"

namespace sightline::engine {

namespace {

/// One run: it is made or found again, its epochs are trained, and it says how it ended.
class Run {
public:
    Run(const TrainRequest& request, std::stop_token stop, TrainControl& control, const EventSink& sink)
        : m_request(request), m_stop(stop), m_control(control), m_reporter(sink),
          m_recorder(m_setup, m_state, m_moments, m_reporter),
          m_steering(
              {m_setup, m_state, m_moments, m_reporter, control, stop, request.waitsForRoom},
              {[this] { m_recorder.feedsOpened(); }, [this] { m_epochs.enterEpoch(); },
               [this] { return m_recorder.isSaveDue(); }, [this] { return m_recorder.saveHere(); },
               [this](const TrainCommand& look) { return show(m_epochs.loop(), m_setup, m_state.epoch, look); }}),
          m_epochs({m_setup, m_state, m_moments, m_reporter, m_recorder, m_steering, control, stop}) {}

    RunEnded execute() {
        bool isAlone = true; // in how it ends: what is no exception all ranks come to
        const Ending ending = guarded([&] {
            const Result<void> started = start();
            const Ending come = started ? m_epochs.train(goesOn() ? &m_resumed : nullptr)
                                        : unready(started.error(), goesOn() ? "before it resumed" : beforeEpoch(1));
            isAlone = false;
            return come;
        });
        part(ending, isAlone);
        return finish(ending);
    }

private:
    bool goesOn() const { return !m_request.resume.empty(); }
    bool keeps() const { return m_setup.keeps(); } ///< the run's folder; false: rank 0 does
    Result<void> start();
    Result<void> join();
    Result<void> prepare();
    Result<void> beginFolder();
    Result<void> forgetSettings();
    void part(const Ending& ending, bool isAlone);
    RunEnded finish(Ending ending);
    const Experiment& experiment() const { return m_setup.experiment; }

    TrainRequest m_request;
    std::stop_token m_stop;
    TrainControl& m_control;
    std::unique_ptr<Ranks> m_ranks; ///< where several processes train
    TrainSetup m_setup;
    TrainState m_state;
    Moments m_moments;
    Resumed m_resumed; ///< of a run that goes on
    RunReporter m_reporter;
    RunRecorder m_recorder;
    Steering m_steering;
    RunEpochs m_epochs;
    std::optional<RemoteControl> m_remote;
    FoundMark m_found; ///< of a run that is to go on
};

/// With the other processes, where there are any.
Result<void> Run::join() {
    if (!m_request.ranks)
        return {};
    Result<std::unique_ptr<Ranks>> ranks = joinRanks(*m_request.ranks);
    if (!ranks)
        return ranks.error();
    m_ranks = std::move(*ranks);
    m_setup.ranks = m_ranks.get();
    m_setup.sharers = sharersOfCpus(*m_ranks);
    if (keeps()) // the home is there before the others look at it; where it cannot be made is said later
        static_cast<void>(RunStore::open(m_request.home));
    m_request.resume = m_ranks->fromFirst(m_request.resume); // a fork is made by rank 0 alone
    return {};
}

Result<void> Run::prepare() {
    const Result<void> prepared = prepareTraining(m_request, m_stop, m_setup);
    if (!m_ranks)
        return prepared;
    const Result<void> everywhere = agreed(*m_ranks, prepared);
    return everywhere ? agreeOnRun(*m_ranks, m_setup) : everywhere;
}

/// A new folder, or where the run goes on in its own.
Result<void> Run::beginFolder() {
    if (!goesOn())
        if (const Result<void> made = makeRun(m_setup, m_request.group, m_stop); !made)
            return made;
    m_recorder.begin([this](const Error& error) { return m_steering.waitForRoom(error); });
    if (!goesOn())
        return {};
    Result<Resumed> resumed = resumeRun(m_setup, m_recorder.checkpoints(), m_state, m_moments);
    if (!resumed)
        return resumed.error();
    m_resumed = std::move(*resumed);
    return {};
}

/// Those that a fork was made with, where it begins as its parent went on.
Result<void> Run::forgetSettings() {
    for (;;) {
        Result<void> forgotten = forgetSettingsToBeginWith(*m_setup.folder);
        if (forgotten || !m_steering.waitForRoom(forgotten.error()))
            return forgotten;
    }
}

Result<void> Run::start() {
    if (const Result<void> joined = join(); !joined)
        return joined;
    if (goesOn() && keeps())
        if (const Result<RunFolder> run = findRun(m_request.home, m_request.resume))
            m_found = FoundMark(run->path());
    if (const Result<void> prepared = prepare(); !prepared)
        return prepared;
    m_state = TrainState::beginning(experiment(), m_setup.dataset.count(Subset::Validation) > 0);
    m_moments = Moments::zeros(m_setup.module->parameters());
    const Result<void> mine = keeps() ? beginFolder() : Result<void>();
    if (const Result<void> begun = m_ranks ? agreed(*m_ranks, mine) : mine; !begun)
        return begun;
    if (m_ranks)
        shareBeginning(*m_ranks, m_setup, m_state, m_moments, m_resumed.before);
    if (!keeps())
        return {};
    m_remote.emplace(m_setup.folder->path(), m_control);
    m_reporter.setPatience([this](const Error& error) { return m_steering.waitForRoom(error); });
    m_reporter.begin(m_setup, m_state.epoch);
    if (goesOn())
        reportResume(m_setup, m_state, m_resumed, m_reporter);
    if (goesOn() && m_setup.changes.empty())
        if (const Result<void> forgotten = forgetSettings(); !forgotten)
            return forgotten;
    if (goesOn() && !m_state.isTrained(experiment().training.epochs)) // once that is written: till then it had ended
        m_recorder.checkpoints().dropRestored();
    m_recorder.beginLearning();
    m_epochs.beginProbes();
    static_cast<void>(m_setup.store->refresh(*m_setup.folder)); // the index only; the folder is the truth
    return {};
}

/// From the other processes: together, or so that they hear why this one goes.
void Run::part(const Ending& ending, bool isAlone) {
    if (!m_ranks)
        return;
    try {
        if (!isAlone)
            m_ranks->close();
        else
            m_ranks->leave(ending.reason);
    } catch (const RankLost&) { // there is nothing left to do together
    }
}

/// The one RunEnded, and last: whatever fails on the way there only changes what it says.
RunEnded Run::finish(Ending ending) {
    if (!keeps())
        m_setup.folder.reset(); // rank 0's
    if (ending.outcome == RunEnded::Outcome::Completed) {
        const Ending restored = guarded([this] { return m_recorder.restoreBest(); });
        if (restored.outcome == RunEnded::Outcome::Failed)
            ending = restored;
    }
    if (!goesOn() && !m_reporter.hasBegun())
        if (const Result<void> gone = unmakeRun(m_setup); !gone)
            ending.reason += " " + gone.error().message;
    const int finished = m_state.finished();
    RunEnded ended{ending.outcome, ending.reason, ending.kind, finished, m_state.callbacks.bestEpoch(finished), "", ""};
    if (m_reporter.hasBegun()) // whatever is left of a full disk is for the weights
        m_recorder.end();
    if (m_setup.folder) {
        ended.run = m_setup.folder->id();
        ended.folder = m_setup.folder->path().string();
    }
    m_steering.end();
    m_remote.reset();
    m_reporter.end(ended, [this] {
        if (std::exchange(m_setup.mark, {}) && goesOn() && !m_reporter.hasBegun())
            m_found.putBack();
        if (m_setup.folder)
            static_cast<void>(m_setup.store->refresh(*m_setup.folder)); // the index only
    });
    return ended;
}

} // namespace

RunEnded train(const TrainRequest& request, std::stop_token stop, TrainControl& control, const EventSink& sink) {
    return Run(request, std::move(stop), control, sink).execute();
}

} // namespace sightline::engine
