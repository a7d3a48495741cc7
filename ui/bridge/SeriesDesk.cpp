// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SeriesDesk.h"

#include <algorithm>

#include "engine/FoldTraining.h"
#include "engine/ProbeImages.h"
#include "engine/TableTraining.h"
#include "look/Words.h"

namespace sightline::ui {

/// What became of a series. The training thread writes it, the window's reads it once the series has ended.
struct SeriesDesk::Outcome {
    std::string group;
    RunGroup::Kind kind = RunGroup::Kind::Folds;
    bool stopped = false;
    std::optional<Error> error;
    std::size_t failures = 0; ///< models of a table
    std::string firstFailure;
};

/// What a series does on its thread.
struct SeriesDesk::Plan {
    QString name;
    RunGroup::Kind kind = RunGroup::Kind::Folds;
    /// Makes the group, or finds it: its id.
    std::function<Result<std::string>(const std::stop_token&)> group;
};

SeriesDesk::SeriesDesk(std::filesystem::path home, ExperimentDocument& document, DataDesk& data, RunDesk& runs,
                       Activities& activities)
    : m_home(std::move(home)), m_document(document), m_data(data), m_runs(runs), m_track(document, runs, activities) {
    connect(&runs, &RunDesk::seriesAdvanced, this, &SeriesDesk::advance);
    connect(&runs, &RunDesk::seriesEnded, this, &SeriesDesk::end);
}

void SeriesDesk::trainFolds(int folds) {
    Experiment experiment = m_document.experiment();
    if (const auto opened = m_data.dataset())
        experiment.training.probes = drawableProbes(std::move(experiment.training.probes), *opened);
    begin({tr("%1 folds").arg(folds), RunGroup::Kind::Folds,
           [home = m_home, experiment, folds,
            write = m_data.finishWriting()](const std::stop_token& stop) -> Result<std::string> {
               if (const auto written = write(stop); !written)
                   return written.error();
               const auto begun = beginFolds(home, experiment, folds, stop);
               return begun ? Result<std::string>(begun->id) : Result<std::string>(begun.error());
           }});
}

void SeriesDesk::trainTable(const QString& name) {
    const PresetTable* table = findPresetTable(name.toStdString());
    if (!table)
        return;
    std::vector<TableRow> rows;
    for (const PresetTable::Row& row : table->rows) {
        auto experiment = presetExperiment(row.preset);
        if (!experiment) {
            Q_EMIT ended({}, QString::fromStdString(experiment.error().message), false);
            return;
        }
        experiment->data = withImagesOf(experiment->data, m_document.experiment().data);
        rows.push_back({row.changes, std::move(*experiment)});
    }
    begin({QString::fromStdString(table->title), RunGroup::Kind::Table,
           [home = m_home, title = table->title, rows,
            write = m_data.finishWriting()](const std::stop_token& stop) -> Result<std::string> {
               if (const auto written = write(stop); !written)
                   return written.error();
               const auto begun = beginTable(home, title, rows, stop);
               return begun ? Result<std::string>(begun->id) : Result<std::string>(begun.error());
           }});
}

void SeriesDesk::resume(const RunGroup& group) {
    begin({QString::fromStdString(group.name), group.kind,
           [id = group.id](const std::stop_token&) { return Result<std::string>(id); }});
}

void SeriesDesk::begin(Plan plan) {
    if (m_runs.trainsHere() || isUnderWay())
        return;
    m_outcome = std::make_shared<Outcome>();
    m_outcome->kind = plan.kind;
    m_track.begin(plan.name);
    m_size = 0;
    m_runs.trainSeries([home = m_home, plan = std::move(plan),
                        outcome = m_outcome](Engine& engine, const std::stop_token& stop, TrainControl& control,
                                             const EventSink& sink, const TrainingThread::Next& next) {
        const auto group = plan.group(stop);
        if (!group) {
            outcome->error = group.error();
            return;
        }
        outcome->group = *group;
        SeriesRequest request{home, *group};
        request.background = request.waitsForRoom = true;
        request.next = next;
        if (plan.kind == RunGroup::Kind::Folds) {
            const auto ended = sightline::trainFolds(engine, request, stop, control, sink);
            outcome->stopped = ended && ended->stopped;
            if (!ended)
                outcome->error = ended.error();
            return;
        }
        const auto ended = sightline::trainTable(engine, request, stop, control, sink);
        if (!ended) {
            outcome->error = ended.error();
            return;
        }
        outcome->stopped = ended->stopped;
        outcome->failures = ended->failures();
        for (const TableRow& row : ended->group.rows)
            if (outcome->firstFailure.empty())
                outcome->firstFailure = row.failure;
    });
    Q_EMIT changed();
}

void SeriesDesk::advance(qulonglong index, qulonglong count, const QString&) {
    if (!isUnderWay()) // a search is
        return;
    m_size = static_cast<int>(count);
    m_track.advance(tr("%1 of %2").arg(index).arg(count), index - 1, count);
    Q_EMIT changed();
}

QString SeriesDesk::wordsOf(const Outcome& outcome) const {
    if (outcome.error && outcome.error->kind != ErrorKind::Cancelled)
        return QString::fromStdString(outcome.error->message);
    if (outcome.stopped || outcome.error)
        return outcome.group.empty() ? tr("Stopped before the first run.")
                                     : tr("Stopped. Runs lists the group; resume it there.");
    if (outcome.failures > 0)
        return counted(static_cast<qlonglong>(outcome.failures), tr("%1 model failed: "), tr("%1 models failed: ")) +
               QString::fromStdString(outcome.firstFailure);
    return outcome.kind == RunGroup::Kind::Folds ? tr("All folds are trained.") : tr("All models are trained.");
}

void SeriesDesk::end(const QString& failure) {
    const auto outcome = std::exchange(m_outcome, nullptr);
    if (!outcome)
        return;
    m_track.end();
    if (!failure.isEmpty())
        outcome->error = Error{failure.toStdString()};
    const bool good = !outcome->error && !outcome->stopped && outcome->failures == 0;
    Q_EMIT changed();
    Q_EMIT ended(QString::fromStdString(outcome->group), wordsOf(*outcome), good);
}

} // namespace sightline::ui
