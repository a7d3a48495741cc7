// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <filesystem>
#include <memory>
#include <utility>

#include "bridge/Activities.h"
#include "bridge/DataDesk.h"
#include "bridge/ExperimentDocument.h"
#include "bridge/FollowedRun.h"
#include "bridge/OpenedRun.h"
#include "bridge/PlannedFork.h"
#include "bridge/RunImages.h"
#include "bridge/RunInView.h"
#include "bridge/RunList.h"
#include "bridge/SteeredRun.h"
#include "bridge/TrainingThread.h"
#include "lane/Lane.h"

namespace sightline::ui {

/// Runs: the one in view, which is the one in progress where this window trains, and the list of all. A run in view may
/// be in progress in another program: then it is followed, and whoever steers a run need not know which it is.
class RunDesk : public QObject {
    Q_OBJECT
public:
    RunDesk(std::filesystem::path home, EngineDoor door, ExperimentDocument& document, DataDesk& data,
            Activities& activities);

    RunState state() const { return m_steered.state(); }
    bool isIdle() const { return m_steered.isIdle(); }
    bool trainsHere() const { return !isIdle() && !m_followed; } ///< a run of this window is in progress
    /// Who trains the run in view, where that is another program; null otherwise.
    const RunOwner* followedOwner() const { return m_followed ? &m_owner : nullptr; }
    void start(); ///< trains the document's experiment; one run at a time
    /// Several, one after the other: each is in view while it is in progress, and the desk idle after the last alone.
    void trainSeries(TrainingThread::Series series);
    void resumeRun(const std::filesystem::path& run); ///< from its last checkpoint, the one in view as it was edited
    /// The stored run in view gets so many more epochs, with what may change of the document's other settings.
    void trainMore(int epochs);
    /// Shows a run's settings as they were at a checkpoint ("best", "last", "12"); what may change in a run can be
    /// changed, and start() trains a fork of it. Answers with forkChanged or openFailed. A run of this window that is
    /// in progress is stopped first: it is saved where it stands.
    void planFork(const QString& idOrFolder, const QString& at);
    void dropFork(); ///< a parent that another program trains is followed again
    /// The fork that start() would train: of the run in view.
    const std::optional<Fork>& fork() const { return m_fork.fork(); }
    void pause() { m_steered.pause(); }
    void resume() { m_steered.resume(); }
    void stop() { m_steered.stop(); } ///< at once; also while it starts
    /// Ends the run after the epoch under way; false takes that back.
    void stopAfterEpoch(bool on = true) { m_steered.stopAfterEpoch(on); }
    /// As it was told here; changes with stateChanged.
    bool stopsAfterEpoch() const { return m_steered.stopsAfterEpoch(); }
    void saveNow() { m_steered.saveNow(); } ///< a checkpoint of where it is; answers with saved
    /// Other settings from the next batch on, all or none; answers with editAnswered, which names who asked.
    void edit(const std::vector<Setting>& settings, const QString& asker) { m_steered.edit(settings, asker); }
    bool canLook() const { return m_steered.canLook(); }
    /// The batch that the run in progress trained last: `look` is of that kind, answered once, on any thread.
    void look(TrainCommand look) { m_steered.look(std::move(look)); }
    /// Of a paused run that waits because it cannot be written (a full disk): why. resume() tries again.
    const QString& waitingBecause() const { return m_steered.waitingBecause(); }

    /// The run in view: in progress or opened from the store; null where there is none.
    const std::shared_ptr<const OpenedRun>& run() const { return m_inView.run(); }
    const RunProgress& progress() const { return m_inView.progress(); } ///< of the run in view
    /// Where a run in progress gives snapshots of its weights; null while none is.
    std::shared_ptr<TrainControl> liveWeights() const;
    void open(const QString& idOrFolder); ///< a stored run, with its settings and its images
    void close();                         ///< nothing is in view any more; the store keeps the run
    RunImages& images() { return m_images; }
    RunList& list() { return m_list; }
    void remove(const std::filesystem::path& folder); ///< from the list and from the disk

Q_SIGNALS:
    void stateChanged(sightline::ui::RunState state);
    void runChanged();                                         ///< another run is in view, or none
    void forkChanged();                                        ///< fork() is another one, or none
    void batchFinished(const sightline::BatchFinished& batch); ///< at most 25 a second; older ones are dropped
    void epochFinished(const sightline::EpochFinished& epoch); ///< every one
    /// Its file is there: the one of that name before is gone.
    void checkpointSaved(const sightline::CheckpointSaved& checkpoint);
    void learningRateChanged(const sightline::LearningRateChanged& change);
    void probesDrawn(const sightline::ProbesDrawn& probes);
    void probesEdited(); ///< which images are pinned in the run in view: RunProgress::experiment has it
    void edited(const sightline::RecordedEdit& edit); ///< settings of the run in view are others now
    /// Empty: done; otherwise the run goes on as before.
    void editAnswered(const QString& asker, const QString& refusal);
    void refused(const QString& why); ///< pause, resume, stop or save could not be done; the run goes on as before
    void noted(const QString& message);
    void saved(int epoch, int batch); ///< what was asked for
    void ended(const sightline::RunEnded& ended);
    void seriesAdvanced(qulonglong index, qulonglong count, const QString& words); ///< the next run is about to begin
    void seriesEnded(const QString& failure); ///< empty, unless it could not be begun
    void openFailed(const QString& message);

private:
    void begin(TrainRequest request, TrainingThread::First first, std::function<void()> unbegun = {});
    void makeReady();
    void onSeriesEnded(const QString& failure);
    void becomeIdle();
    void planNextFork();
    void reviewFork();
    void view(ReadRun read);
    void steerBy(RunSteering& steering);
    void follow(ReadRun::Elsewhere elsewhere);
    void unfollow(); ///< a run of another program goes on unseen
    void hear(const TrainEvent& event);
    void onStarted(const RunStarted& started);
    void onEpoch(const EpochFinished& epoch);
    void onSaved(const CheckpointSaved& checkpoint);
    void onEnded(const RunEnded& end);

    std::filesystem::path m_home;
    ExperimentDocument& m_document;
    DataDesk& m_data;
    Activities& m_activities;
    RunInView m_inView;
    SteeredRun m_steered;
    PlannedFork m_fork;
    std::optional<std::pair<QString, QString>> m_forkNext; ///< run and checkpoint, once the run in progress has ended
    Activity m_activity, m_openActivity;
    RunImages m_images; ///< before the lane it uses: that is joined first
    RunList m_list;
    Lane m_openLane;
    bool m_takesSettings = false;            ///< a run that goes on: the document follows it
    bool m_inSeries = false;                 ///< another run may begin when this one has ended
    std::unique_ptr<FollowedRun> m_followed; ///< of another program; null where the run in view is none
    RunOwner m_owner;                        ///< its program
    TrainingThread m_training;               ///< last: joined first
};

} // namespace sightline::ui
