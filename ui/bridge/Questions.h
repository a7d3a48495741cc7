// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <memory>
#include <optional>

#include "bridge/Activities.h"
#include "bridge/CheckpointDesk.h"
#include "bridge/DataDesk.h"
#include "bridge/EngineDesk.h"
#include "bridge/KeptEvaluations.h"
#include "bridge/OpenedRun.h"
#include "bridge/RunDesk.h"
#include "lane/Lane.h"
#include "metrics/Evaluation.h"
#include "models/Explained.h"
#include "models/GalleryFilter.h"

namespace sightline::ui {

/// Who is asked about: an image of the open data set, or a file.
struct Subject {
    std::optional<std::uint32_t> sample;
    QString file;

    bool operator==(const Subject&) const = default;
};

/// What is asked about it.
struct HeatMapSettings {
    HeatMapMethod method = HeatMapMethod::GradCam;
    QString target = QStringLiteral("predicted"); ///< predicted | true | a class's name | A-B
    QString layer;                                ///< a node's id; empty: automatic

    bool operator==(const HeatMapSettings&) const = default;
};

/// What the network said, and which run, asked what, said it.
struct HeatMapAnswer : Explained {
    std::shared_ptr<const OpenedRun> run;
    HeatMapSettings settings;
    ModelSource source; ///< the weights that answered: what else is asked of this image is asked of them
    std::shared_ptr<const Image> decoded;   ///< the image as it was asked about
    Subject subject;                        ///< which one that is
    std::shared_ptr<const Dataset> dataset; ///< that of subject.sample

    /// The question that it answers, for another image or other weights.
    HeatMapQuestion questionAbout(Image image) const;
};

/// What is asked of the run in view. The newest question of a kind wins; each carries the run it was put to, so that a
/// late answer to another run's question drops itself. Another run in view cancels what was asked and forgets it; only
/// the method stays.
class Questions : public QObject {
    Q_OBJECT
public:
    Questions(EngineDoor door, ExperimentDocument& document, DataDesk& data, RunDesk& runs, CheckpointDesk& checkpoints,
              Activities& activities);

    /// By the checkpoint that is looked at. Empty: test where there is one, else validation.
    void evaluate(const QString& split = {});
    void cancelEvaluation();
    bool isEvaluating() const { return m_evaluating.isUnderWay(); }
    const std::shared_ptr<const Evaluation>& evaluation() const { return m_evaluation; } ///< of the run in view
    /// What was looked at when evaluation() was asked for.
    const AskedWeights& evaluatedBy() const { return m_evaluatedBy; }

    /// Which of the evaluation's images to look at, asked from elsewhere: the gallery follows. `current`: one of them,
    /// or -1.
    void chooseImages(const GalleryFilter& filter, qint64 current) { Q_EMIT imagesChosen(filter, current); }

    /// Explains with the checkpoint that is looked at; until one is chosen, with the newest weights while the run
    /// trains, else with the best.
    void explain(const Subject& subject);
    void setHeatMapSettings(const HeatMapSettings& settings); ///< asks the same subject again
    /// What is shown stays, and so does the method that it was made by.
    void cancelExplanation();
    /// Whether an answer is waited for that takes many passes through the network.
    bool isExplainingLong() const { return m_explaining.isUnderWay(); }
    const HeatMapSettings& heatMapSettings() const { return m_settings; }
    const std::optional<Subject>& subject() const { return m_subject; } ///< the last one asked about
    const std::shared_ptr<const HeatMapAnswer>& answer() const {
        return m_answer;
    } ///< null before the first of this run

    /// How long an epoch of the document's experiment takes with the open images.
    void measureEpoch();
    void cancelMeasuring();
    bool isMeasuring() const { return m_measuring.isUnderWay(); }

Q_SIGNALS:
    void evaluationProgress(qulonglong done, qulonglong total);
    void evaluationChanged(); ///< begun, there, failed, cancelled or forgotten
    void evaluationFailed(const QString& message);
    void imagesChosen(const sightline::ui::GalleryFilter& filter, qint64 current);
    void explanationAsked(const QString& title);
    void explanationProgress(qulonglong done, qulonglong total); ///< of one that takes long
    void explanationCancelled();
    void explanationReady();
    void explanationFailed(const QString& message);
    void answerForgotten(); ///< another run is in view: nothing has been asked of it yet
    void epochMeasured(const sightline::EpochTime& time, const sightline::Experiment& of);
    void epochMeasureFailed(const QString& message);

private:
    void ask();
    void askEvaluation(const std::string& split);
    void followCheckpoint();
    void followBest();
    void evaluateAnew();
    void fetchOthers();
    void followRun();
    void followData();

    EngineDoor m_door;
    ExperimentDocument& m_document;
    DataDesk& m_data;
    RunDesk& m_runs;
    CheckpointDesk& m_checkpoints;
    KeptEvaluations m_kept;
    Activities& m_activities;
    std::shared_ptr<const Evaluation> m_evaluation;
    std::string m_askedSplit;             ///< of the evaluation that is there or under way
    AskedWeights m_evaluatedBy, m_asking; ///< the evaluation that is there; the one under way
    AskedWeights m_explainedBy;           ///< the last explanation asked for; none: weights of a run in progress
    HeatMapSettings m_settings;
    std::optional<Subject> m_subject;
    std::shared_ptr<const Dataset> m_subjectIn; ///< the data set that Subject::sample counts in
    std::shared_ptr<const HeatMapAnswer> m_answer;
    Activity m_evaluating, m_measuring, m_explaining;
    Lane m_evaluateLane, m_explainLane, m_measureLane; ///< last: joined first
};

} // namespace sightline::ui
