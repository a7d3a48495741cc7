// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/ProbePins.h"

#include <QScopedValueRollback>

#include <algorithm>

#include "engine/ProbeImages.h"

namespace sightline::ui {

namespace {
const QString kAsker = QStringLiteral("pins");
} // namespace

ProbePins::ProbePins(ExperimentDocument& document, DataDesk& data, RunDesk& runs)
    : m_document(document), m_data(data), m_runs(runs) {
    connect(&document, &ExperimentDocument::changed, this, &ProbePins::follow);
    connect(&runs, &RunDesk::runChanged, this, [this] {
        m_ofRun = m_runs.progress().experiment.training.probes;
        m_told.clear();
        m_asked.clear();
    });
    connect(&runs, &RunDesk::stateChanged, this, [this](RunState state) {
        if (state == RunState::Running && std::exchange(m_untold, false))
            tellRun();
    });
    connect(&runs, &RunDesk::probesEdited, this, &ProbePins::followRun);
    connect(&runs, &RunDesk::editAnswered, this, &ProbePins::hearAnswer);
    connect(&runs, &RunDesk::ended, this, [this] { m_untold = false; });
}

bool ProbePins::isPinned(std::uint32_t sample) const {
    const auto opened = m_data.dataset();
    return opened && sample < opened->samples.size() &&
           std::find(paths().begin(), paths().end(), opened->samples[sample].path) != paths().end();
}

void ProbePins::toggle(const std::vector<std::uint32_t>& samples) {
    const auto opened = m_data.dataset();
    if (!opened || samples.empty())
        return;
    Experiment next = m_document.experiment();
    std::vector<std::string>& probes = next.training.probes;
    const bool unpins =
        std::all_of(samples.begin(), samples.end(), [this](std::uint32_t sample) { return isPinned(sample); });
    for (const std::uint32_t sample : samples) {
        const std::string& path = opened->samples[sample].path;
        if (unpins)
            std::erase(probes, path);
        else if (!isPinned(sample))
            probes.push_back(path);
    }
    if (probes.size() > TrainingSettings::kMostProbes) {
        Q_EMIT refused(tr("At most %1 images can be pinned. Unpin others first: select them and press P.")
                           .arg(TrainingSettings::kMostProbes));
        return;
    }
    const QScopedValueRollback<bool> toggles(m_toggles, true);
    m_document.setExperiment(std::move(next));
}

/// Also after undo and redo.
void ProbePins::follow() {
    if (paths() == m_last)
        return;
    m_last = paths();
    Q_EMIT changed();
    tellRun();
}

bool ProbePins::isOfRun() const {
    return m_runs.run() && m_runs.run()->experiment.data.path == m_document.experiment().data.path;
}

/// A run of another program hears only of what a person pins: an undone step of the document may be older than the
/// run's being followed.
void ProbePins::tellRun() {
    const auto opened = m_data.dataset();
    m_untold = m_runs.state() == RunState::Starting;
    const bool hears = m_runs.state() == RunState::Running || m_runs.state() == RunState::Paused;
    if (!hears || !opened || !isOfRun() || !(m_runs.trainsHere() || m_toggles))
        return;
    const std::vector<std::string> probes = drawableProbes(paths(), *opened);
    if (probes == m_ofRun || paths() == m_ofRun) // the latter: images of the run that are still to be opened
        return;
    m_ofRun = probes;
    m_told.push_back(probes);
    m_asked.push_back(probes);
    m_runs.edit({{kProbes, toText(Json(probes), -1)}}, kAsker);
}

/// A run that refused has the images that it had.
void ProbePins::hearAnswer(const QString& asker, const QString& refusal) {
    if (asker != kAsker || m_asked.empty())
        return;
    const std::vector<std::string> asked = std::move(m_asked.front());
    m_asked.pop_front();
    if (refusal.isEmpty())
        return;
    if (const auto told = std::find(m_told.begin(), m_told.end(), asked); told != m_told.end())
        m_told.erase(told);
    m_ofRun = m_told.empty() ? m_runs.progress().experiment.training.probes : m_told.back();
    Q_EMIT refused(tr("The run was not told which images are pinned: %1").arg(refusal));
}

/// What it was told needs no answer; what another program told it is pinned here, too.
void ProbePins::followRun() {
    const std::vector<std::string>& now = m_runs.progress().experiment.training.probes;
    if (const auto told = std::find(m_told.begin(), m_told.end(), now); told != m_told.end()) {
        m_told.erase(m_told.begin(), told + 1);
        return;
    }
    m_ofRun = now;
    if (!isOfRun())
        return;
    Experiment next = m_document.experiment();
    next.training.probes = now;
    m_document.setExperiment(std::move(next));
}

} // namespace sightline::ui
