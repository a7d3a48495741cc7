// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/Questions.h"

#include <algorithm>

#include "bridge/Asking.h"
#include "bridge/PlainWords.h"
#include "engine/AskedModel.h"

namespace sightline::ui {

Questions::Questions(EngineDoor door, ExperimentDocument& document, DataDesk& data, RunDesk& runs,
                     CheckpointDesk& checkpoints, Activities& activities)
    : m_door(std::move(door)), m_document(document), m_data(data), m_runs(runs), m_checkpoints(checkpoints),
      m_kept(m_door, activities), m_activities(activities) {
    connect(&runs, &RunDesk::runChanged, this, &Questions::followRun);
    connect(&data, &DataDesk::opened, this, &Questions::followData);
    connect(&checkpoints, &CheckpointDesk::moved, this, &Questions::followCheckpoint);
    connect(&runs, &RunDesk::checkpointSaved, this, [this] { m_kept.forgetChangeable(); });
    connect(&checkpoints, &CheckpointDesk::keptChanged, this, [this] { m_kept.forgetChangeable(); });
    connect(&checkpoints, &CheckpointDesk::bestChanged, this, &Questions::followBest);
    connect(&runs, &RunDesk::ended, this, &Questions::followBest);
    connect(&runs, &RunDesk::seriesEnded, this, &Questions::followBest);
    connect(&runs, &RunDesk::stateChanged, this, [this](RunState state) {
        if (state == RunState::Starting)
            cancelMeasuring(); // two trainings at once would measure each other
    });
}

/// Another run is in view: what was asked of the one before is of no interest any more.
void Questions::followRun() {
    m_explainLane.cancel();
    m_explaining.end();
    m_evaluateLane.cancel();
    m_evaluating.end();
    m_kept.forget();
    m_evaluation.reset();
    m_answer.reset();
    m_subject.reset();
    m_settings = HeatMapSettings{m_settings.method, HeatMapSettings().target, {}};
    Q_EMIT answerForgotten();
    Q_EMIT evaluationChanged();
}

/// Opened anew, the images may be counted otherwise: the one asked about is found by its path.
void Questions::followData() {
    if (!m_subject || !m_subject->sample)
        return;
    if (!m_subjectIn || *m_subject->sample >= m_subjectIn->samples.size()) {
        m_subject.reset();
        return;
    }
    const std::string path = m_subjectIn->samples[*m_subject->sample].path;
    m_subjectIn = m_data.dataset();
    const auto& samples = m_subjectIn->samples;
    const auto found =
        std::find_if(samples.begin(), samples.end(), [&](const Sample& sample) { return sample.path == path; });
    if (found == samples.end())
        m_subject.reset();
    else
        m_subject->sample = static_cast<std::uint32_t>(found - samples.begin());
}

/// Another checkpoint of the same run is looked at: what was asked of the one before is asked of it.
void Questions::followCheckpoint() {
    if (m_subject && m_runs.run())
        ask();
    if (m_evaluation || isEvaluating())
        evaluateAnew();
}

/// Another epoch is the best of a run that has ended. While it goes on, what takes long stays and the figures say of
/// which weights they are: each epoch would cost an evaluation. A quick map costs little.
void Questions::followBest() {
    const AskedWeights now = m_checkpoints.weights();
    if (m_subject && isReplaced(m_explainedBy, now) && (m_runs.isIdle() || !takesLong(m_settings.method)))
        ask();
    if (!m_runs.isIdle())
        return;
    if (isEvaluating() ? isReplaced(m_asking, now) : m_evaluation && isReplaced(m_evaluatedBy, now))
        evaluateAnew();
}

/// By the checkpoint that is looked at now.
void Questions::evaluateAnew() {
    const auto kept = m_kept.find(m_checkpoints.at(), m_askedSplit);
    if (!kept)
        return askEvaluation(m_askedSplit);
    m_evaluateLane.cancel();
    m_evaluating.end();
    m_evaluation = kept;
    m_evaluatedBy = m_checkpoints.weights();
    Q_EMIT evaluationChanged();
    fetchOthers();
}

/// Once a person goes through the checkpoints the others are soon wanted, too.
void Questions::fetchOthers() {
    if (!m_checkpoints.isChosen())
        return;
    std::vector<std::string> places;
    for (const KeptEpoch& one : m_checkpoints.kept())
        places.push_back(one.at);
    m_kept.fetch(m_runs.run()->folder, places, m_askedSplit);
}

void Questions::evaluate(const QString& split) {
    if (!m_runs.run()) {
        Q_EMIT evaluationFailed(tr("There is no run yet: train a network or open a run."));
        return;
    }
    askEvaluation(split.toStdString());
}

void Questions::askEvaluation(const std::string& split) {
    const auto run = m_runs.run();
    m_kept.cancel(); // what is waited for comes first
    m_askedSplit = split;
    m_asking = m_checkpoints.weights();
    EvaluationQuestion question;
    question.split = split;
    m_evaluating = m_activities.begin(tr("Evaluating"), [this] { cancelEvaluation(); });
    Q_EMIT evaluationChanged();
    m_evaluateLane.submit(
        this,
        [this, source = m_checkpoints.source(), question](const std::stop_token& stop,
                                                          const Courier& courier) -> Result<Evaluation> {
            const auto engine = m_door();
            if (!engine)
                return engine.error();
            return sightline::ask(**engine, source, question, stop, [&](std::size_t done, std::size_t total) {
                courier.post([this, done, total] {
                    m_evaluating.setProgress(done, total);
                    Q_EMIT evaluationProgress(done, total);
                });
            });
        },
        [this, run, by = m_asking, since = m_kept.changes()](Result<Evaluation> result) {
            if (run != m_runs.run())
                return;
            m_evaluating.end();
            if (result) {
                m_evaluation = std::make_shared<const Evaluation>(std::move(*result));
                m_askedSplit = m_evaluation->split;
                m_evaluatedBy = by;
                m_kept.keep(by.at, m_evaluation, since);
                fetchOthers();
            } else if (m_evaluation) { // other weights are asked about what is shown
                m_askedSplit = m_evaluation->split;
            }
            Q_EMIT evaluationChanged();
            if (!result)
                Q_EMIT evaluationFailed(plainWords(result.error()));
        });
}

void Questions::cancelEvaluation() {
    if (!isEvaluating())
        return;
    m_evaluateLane.cancel();
    m_evaluating.end();
    if (m_evaluation)
        m_askedSplit = m_evaluation->split;
    Q_EMIT evaluationChanged();
}

void Questions::measureEpoch() {
    EpochTimeRequest request;
    request.experiment = m_document.experiment();
    request.dataset = m_data.dataset();
    m_measuring = m_activities.begin(tr("Measuring an epoch"), [this] { cancelMeasuring(); });
    m_measureLane.submit(
        this,
        [door = m_door, request](const std::stop_token& stop) {
            const auto engine = door();
            return engine ? (*engine)->measureEpoch(request, stop) : Result<EpochTime>(engine.error());
        },
        [this, of = request.experiment](const Result<EpochTime>& time) {
            m_measuring.end();
            if (time)
                Q_EMIT epochMeasured(*time, of);
            else
                Q_EMIT epochMeasureFailed(QString::fromStdString(time.error().message));
        });
}

void Questions::cancelMeasuring() {
    if (!isMeasuring())
        return;
    m_measureLane.cancel();
    m_measuring.end();
    Q_EMIT epochMeasureFailed({});
}

void Questions::explain(const Subject& subject) {
    m_subject = subject;
    m_subjectIn = m_data.dataset();
    ask();
}

void Questions::setHeatMapSettings(const HeatMapSettings& settings) {
    m_settings = settings;
    if (m_subject)
        ask();
}

void Questions::cancelExplanation() {
    if (!isExplainingLong())
        return;
    m_explainLane.cancel();
    m_explaining.end();
    if (m_answer)
        m_settings = m_answer->settings;
    Q_EMIT explanationCancelled();
}

void Questions::ask() {
    const auto run = m_runs.run();
    if (!run) {
        Q_EMIT explanationFailed(tr("There is no network yet: train one or open a run."));
        return;
    }
    if (m_subject->sample && (!m_subjectIn || *m_subject->sample >= m_subjectIn->samples.size())) {
        Q_EMIT explanationFailed(tr("The data set of this image is not open."));
        return;
    }
    const auto live = m_checkpoints.isChosen() ? nullptr : m_runs.liveWeights();
    const Asked asked{run, m_settings, *m_subject, m_subjectIn, live, m_checkpoints.at()};
    m_explainedBy = live ? AskedWeights() : m_checkpoints.weights();
    m_explaining = takesLong(asked.settings.method)
                       ? m_activities.begin(tr("Drawing the heat map"), [this] { cancelExplanation(); })
                       : Activity();
    Q_EMIT explanationAsked(titleOf(asked));
    m_explainLane.submit(
        this,
        [this, door = m_door, asked](const std::stop_token& stop, const Courier& courier) {
            return answerTo(asked, door, stop, [&](std::size_t done, std::size_t total) {
                courier.post([this, done, total] {
                    m_explaining.setProgress(done, total);
                    Q_EMIT explanationProgress(done, total);
                });
            });
        },
        [this, run](const Result<std::shared_ptr<const HeatMapAnswer>>& answer) {
            if (run != m_runs.run())
                return;
            m_explaining.end();
            if (answer) {
                m_answer = *answer;
                Q_EMIT explanationReady();
            } else {
                Q_EMIT explanationFailed(plainWords(answer.error()));
            }
        });
}

} // namespace sightline::ui
