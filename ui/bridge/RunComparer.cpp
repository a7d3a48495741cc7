// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/RunComparer.h"

#include "bridge/PlainWords.h"
#include "store/OtherContents.h"
#include "store/SampleManifest.h"

namespace sightline::ui {

namespace {
/// Where a second run's images are: where it says, else where those of the first are. Reads files.
std::string placeFor(const std::filesystem::path& second, const std::filesystem::path& first) {
    std::error_code code;
    const auto own = readDataPlace(second), other = readDataPlace(first);
    return own && !own->path.empty() && std::filesystem::exists(own->root, code) ? std::string()
           : other                                                               ? other->path
                                                                                 : std::string();
}
} // namespace

RunComparer::RunComparer(Questions& questions, const RunDesk& runs, EngineDoor door, Activities& activities,
                         QObject* parent)
    : QObject(parent), m_questions(questions), m_runs(runs), m_asker(std::move(door), activities) {
    connect(&questions, &Questions::evaluationChanged, this, &RunComparer::follow);
    connect(&questions, &Questions::evaluationProgress, this, [this](qulonglong done, qulonglong total) {
        if (m_step == Step::First)
            Q_EMIT progressed(done, total);
    });
    connect(&questions, &Questions::evaluationFailed, this, [this](const QString& message) {
        if (std::exchange(m_asked, false))
            Q_EMIT failed(message);
    });
    connect(&m_asker, &Asker::progressed, this, &RunComparer::progressed);
    connect(&m_asker, &Asker::stopped, this, [this] { end({}); }); // also by the bottom bar
}

void RunComparer::setOther(std::shared_ptr<const OpenedRun> other) {
    cancel();
    m_other = std::move(other);
    end({});
}

void RunComparer::compare() {
    if (!m_other || isBusy())
        return;
    m_result.reset();
    m_step = Step::First;
    if (m_questions.evaluation() && !m_questions.isEvaluating())
        return evaluateSecond();
    m_asked = true;
    if (!m_questions.isEvaluating())
        m_questions.evaluate();
    Q_EMIT changed();
}

void RunComparer::cancel() {
    const Step step = std::exchange(m_step, Step::None);
    m_asked = false;
    if (step == Step::First)
        m_questions.cancelEvaluation();
    m_asker.cancel();
    m_lane.cancel();
    if (step != Step::None)
        Q_EMIT changed();
}

/// The evaluation of the run in view has come, gone, or is another one.
void RunComparer::follow() {
    const auto& evaluation = m_questions.evaluation();
    if (m_step == Step::First) {
        if (m_questions.isEvaluating())
            return;
        if (evaluation)
            return evaluateSecond();
        return end({}); // cancelled; where it failed, that is said next
    }
    if (m_first && evaluation != m_first) {
        m_asker.cancel();
        end({});
    }
}

void RunComparer::evaluateSecond() {
    m_step = Step::Second;
    m_asked = false;
    m_first = m_questions.evaluation();
    m_firstRun = m_runs.run()->folder;
    EvaluationQuestion question;
    question.split = m_first->split;
    m_asker.ask(
        ofRun(m_other->folder), tr("Evaluating the second run"),
        [question, first = m_firstRun, second = m_other->folder](const std::stop_token&) {
            EvaluationQuestion asked = question;
            asked.dataPath = placeFor(second, first);
            return asked;
        },
        [this](Result<Evaluation> second) {
            if (second)
                return compareBoth(std::make_shared<const Evaluation>(std::move(*second)));
            end({});
            Q_EMIT failed(plainWords(second.error()));
        });
    Q_EMIT changed();
}

void RunComparer::compareBoth(std::shared_ptr<const Evaluation> second) {
    m_step = Step::Comparing;
    m_lane.submit(
        this,
        [first = m_first, second, firstRun = m_firstRun,
         secondRun = m_other->folder](const std::stop_token&) -> Result<std::shared_ptr<const ComparedRuns>> {
            const auto other = otherContents(firstRun, secondRun);
            if (!other)
                return other.error();
            return std::make_shared<const ComparedRuns>(
                ComparedRuns{first, second, compared(*first, *second, other->paths), other->isKnown});
        },
        [this](const Result<std::shared_ptr<const ComparedRuns>>& result) {
            end(result ? *result : nullptr);
            if (!result)
                Q_EMIT failed(QString::fromStdString(result.error().message));
        });
}

void RunComparer::end(std::shared_ptr<const ComparedRuns> result) {
    m_step = Step::None;
    m_lane.cancel();
    m_result = std::move(result);
    if (!m_result)
        m_first.reset();
    Q_EMIT changed();
}

} // namespace sightline::ui
