// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "data/Dataset.h"
#include "data/Overlay.h"
#include "engine/Engine.h"
#include "experiment/Experiment.h"
#include "store/RunStore.h"

namespace sightline::ui {

/// A run as the window shows it: in progress or reopened from the store.
struct RunView {
    std::filesystem::path folder;
    Experiment experiment;
    std::vector<std::string> classes;
    std::vector<EpochMetrics> history;
    std::vector<LearningRateChanged> learningRateChanges;
    int bestEpoch = 0;
    std::optional<RunEnded> ended; ///< absent while it runs
};

/// Who is asked about: an image of the open data set, or a file.
struct Subject {
    std::optional<std::uint32_t> sample;
    QString file;
};

/// What is asked about it.
struct Question {
    CamMethod method = CamMethod::GradCam;
    QString target = QStringLiteral("predicted"); ///< predicted | true | a class's name | A-B
    QString layer;                                ///< a node's id; empty: automatic
};

/// What the network said.
struct Answer {
    Explanation explanation;
    Image image;       ///< the part of the picture that the network saw, full size
    Image shown;       ///< the same, no larger than a screen needs
    QString title;     ///< the image's name
    int truth = -1;    ///< its class by the data set; -1 = unknown
    bool live = false; ///< by the weights of a run in progress
};

enum class RunState { Idle, Starting, Running, Paused, Stopping };

/// What all pages share: the experiment being edited, the open data set, the run in view, and the engine's work on its
/// own threads. Lives on the window's thread; every signal is emitted there. Pages never talk to each other.
class Session : public QObject {
    Q_OBJECT
public:
    explicit Session(std::filesystem::path home, QObject* parent = nullptr);
    ~Session() override;

    // The experiment being edited.
    const Experiment& experiment() const;
    /// Undoable; emits experimentChanged when it differs. Successive changes with the same `edit` (a slider being
    /// dragged) undo as one.
    void setExperiment(Experiment experiment, const QString& edit = {});
    bool canUndo() const;
    bool canRedo() const;
    void undo();
    void redo();
    std::vector<Problem> experimentProblems() const; ///< with the data set's where one is open

    // Data.
    std::shared_ptr<const Dataset> dataset() const; ///< null until one is open
    void openData(const QString& path);             ///< on a worker thread; cancels an earlier one
    void makeToys(); ///< generates the toy set under the home's cache, then opens it with settings that suit it
    bool isOpeningData() const;
    /// Relabels and excludes images of the open data set (undoable); the overlay file is written on a worker, and
    /// dataEdited tells when dataset() is new. Sample indices stay what they were. A run in progress goes on with the
    /// labels it began with.
    void editOverlay(const OverlayEdit& edit);
    const Overlay& overlay() const; ///< of the open data set, with the newest edit in it
    void cancelOpening();

    // Training. One run at a time.
    RunState runState() const;
    void startTraining();
    void pauseTraining();
    void resumeTraining();
    void stopTraining();
    void stopAfterEpoch();
    void resumeRun(const std::filesystem::path& folder); ///< goes on from its last checkpoint
    const std::optional<RunView>& run() const;           ///< the run in view
    void openRun(const QString& idOrFolder);             ///< reopens a stored run (and its data)

    // Questions. Newest asked wins; each call cancels the one before of its kind.
    void evaluate(const QString& split = {}); ///< the run in view; empty = test, else validation
    std::shared_ptr<const Evaluation> evaluation() const;
    /// How long an epoch of the experiment takes with the open images; answers with epochMeasured or
    /// epochMeasureFailed.
    void measureEpoch();
    /// Explains with the newest weight snapshot while the run trains, else with its best checkpoint.
    void explain(const Subject& subject);
    void setQuestion(const Question& question); ///< asks the same subject again
    const Question& question() const;
    const std::optional<Subject>& subject() const; ///< the last one asked about
    std::shared_ptr<const Answer> answer() const;  ///< the last answer; null before the first and for a new run

    /// Downloads public weights by name into the home; weightsProgress, then weightsFetched or weightsFailed. One at a
    /// time.
    void fetchWeights(const QString& name);
    void cancelFetching();    ///< what has come is kept: the next fetch goes on
    QString fetching() const; ///< the name, while it lasts

    // Runs.
    void listRuns(); ///< on a worker; answers with runsListed
    void renameRun(const std::filesystem::path& folder, const QString& name);
    void setRunNote(const std::filesystem::path& folder, const QString& note);
    void removeRun(const std::filesystem::path& folder);
    void warmUp(); ///< loads the engine on a worker, answers with engineReady; call once the first frame is painted
    QString engineDescription() const; ///< empty until the engine is there
    const std::filesystem::path& home() const;

Q_SIGNALS:
    void engineReady(const QString& description);
    void engineFailed(const QString& message);
    void experimentChanged();
    void dataOpened();
    void dataEdited(); ///< labels or exclusions of dataset() have changed, nothing else
    void overlayFailed(
        const QString& message); ///< the overlay file cannot be written; what was changed holds until the window closes
    void dataFailed(const QString& message);
    void dataProgress(qulonglong done, qulonglong total);
    void runStateChanged(sightline::ui::RunState state);
    void runStarted();                                         ///< run() is new: in progress or reopened
    void batchFinished(const sightline::BatchFinished& batch); ///< at most 25 a second; older ones are dropped
    void epochFinished(const sightline::EpochFinished& epoch); ///< every one
    void learningRateChanged(const sightline::LearningRateChanged& change);
    void runNoted(const QString& message);
    void runEnded(const sightline::RunEnded& ended);
    void evaluationProgress(qulonglong done, qulonglong total);
    void evaluationReady();
    void evaluationFailed(const QString& message);
    void epochMeasured(const sightline::EpochTime& time);
    void epochMeasureFailed(const QString& message);
    void weightsProgress(qulonglong done, qulonglong total); ///< bytes; total 0: not known
    void weightsFetched(const QString& name);
    void weightsFailed(const QString& message);
    void explanationAsked(const QString& title);
    void explanationReady();
    void explanationFailed(const QString& message);
    void activityChanged(const QString& what); ///< what the engine does now, for the bottom bar; empty = nothing
    void runsChanged();                        ///< the store's list is out of date
    void runsListed(const std::vector<sightline::RunSummary>& runs);
    void runsFailed(const QString& message);

private:
    struct Private;
    std::unique_ptr<Private> m;
};

} // namespace sightline::ui
