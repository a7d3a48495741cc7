// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/Trials.h"

#include "engine/ProbeImages.h"

namespace sightline::ui {

namespace {
constexpr double kParts = 1000; ///< of progress
}

Trials::Trials(std::filesystem::path home, EngineDoor door, ExperimentDocument& document, DataDesk& data, RunDesk& runs,
               Activities& activities, QObject* parent)
    : QObject(parent), m_home(std::move(home)), m_door(std::move(door)), m_document(document), m_data(data),
      m_runs(runs), m_activities(activities) {
    connect(&runs, &RunDesk::stateChanged, this, [this](RunState state) {
        if (state != RunState::Idle)
            cancel(); // it would train beside the run, and take its memory
    });
}

template <typename Request, typename Answer>
void Trials::begin(const QString& words, Request request,
                   Result<Answer> (Engine::*call)(const Request&, std::stop_token, const Progress&),
                   void (Trials::*tell)(const Answer&)) {
    m_of = m_document.experiment();
    m_with = m_data.dataset();
    request.experiment = m_of;
    request.experiment.training.probes = drawableProbes(m_of.training.probes, *m_with); // as a run begins with them
    request.dataset = m_with;
    m_activity = m_activities.begin(words, [this] { cancel(); });
    m_lane.submit(
        this,
        [this, request = std::move(request), call, door = m_door](const std::stop_token& stop,
                                                                  const Courier& courier) -> Result<Answer> {
            const Result<Engine*> engine = door();
            if (!engine)
                return engine.error();
            return ((*engine)->*call)(request, stop, [this, &courier](double share) {
                courier.post([this, share] {
                    m_activity.setProgress(static_cast<qulonglong>(share * kParts), static_cast<qulonglong>(kParts));
                    Q_EMIT progressed(share);
                });
            });
        },
        [this, tell](const Result<Answer>& answer) {
            end();
            if (answer)
                Q_EMIT(this->*tell)(*answer);
            else
                Q_EMIT failed(QString::fromStdString(answer.error().message));
        });
    Q_EMIT busyChanged();
}

QString Trials::hindrance() const {
    if (!m_runs.isIdle())
        return tr("A run is in progress.");
    if (m_runs.fork())
        return tr("This tries new weights; a fork continues with its parent's.");
    if (!m_data.dataset())
        return tr("Open a folder of images first.");
    return m_document.problems().empty() ? QString() : tr("Fix the settings marked in red first.");
}

void Trials::findRate() {
    m_ofRates = true;
    RateFindRequest request;
    request.home = m_home;
    begin(tr("Trying learning rates"), std::move(request), &Engine::findRate, &Trials::rateFound);
}

void Trials::check() {
    m_ofRates = false;
    TrainCheckRequest request;
    request.home = m_home;
    begin(tr("Checking the run"), std::move(request), &Engine::check, &Trials::checked);
}

void Trials::cancel() {
    if (!isBusy())
        return;
    m_lane.cancel();
    end();
    Q_EMIT canceled();
}

void Trials::end() {
    m_activity.end();
    Q_EMIT busyChanged();
}

bool Trials::isOutdated() const {
    Experiment now = m_document.experiment();
    now.name = m_of.name;
    if (m_ofRates)
        now.training.optimizer.learningRate = m_of.training.optimizer.learningRate;
    return now != m_of || m_data.dataset() != m_with;
}

} // namespace sightline::ui
