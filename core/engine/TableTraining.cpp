// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/TableTraining.h"

#include <algorithm>

#include "data/Overlay.h"
#include "engine/AskedModel.h"
#include "store/RunStore.h"

namespace sightline {

namespace {

/// Accuracy on the test images; nothing where the run has none.
Result<std::optional<double>> testAccuracyOf(Engine& engine, const std::filesystem::path& run,
                                             const SeriesRequest& request, const std::stop_token& stop) {
    const auto manifest = RunFolder(run).manifest();
    if (!manifest)
        return manifest.error();
    if (*manifest && std::none_of((*manifest)->samples.begin(), (*manifest)->samples.end(),
                                  [](const SampleEntry& sample) { return sample.subset == Subset::Test; }))
        return std::optional<double>();
    EvaluationQuestion question;
    question.split = nameOf(Subset::Test);
    const auto judged = ask(engine, ofRun(run, "best"), question, stop, Progress{}, request.threads);
    return judged ? Result<std::optional<double>>(judged->accuracy) : Result<std::optional<double>>(judged.error());
}

/// Trains and judges one row; false where it was stopped.
Result<bool> fillRow(Engine& engine, const SeriesRequest& request, TableGroup& group, std::size_t index,
                     const std::stop_token& stop, TrainControl& control, const EventSink& sink) {
    TableRow& row = group.rows[index];
    row.failure.clear();
    if (!isTrained(request.home, row.run)) {
        const auto begun = [&](const std::string& run) {
            row.run = run;
            return writeTableGroup(request.home, group);
        };
        const RunEnded ended =
            trainMember(engine, request, row.experiment, group.memberOf(index), row.run, begun, stop, control, sink);
        if (ended.outcome == RunEnded::Outcome::Stopped)
            return false;
        std::error_code code;
        if (!std::filesystem::exists(request.home / "runs" / row.run, code)) // what was left of it made room
            row.run.clear();
        if (ended.outcome == RunEnded::Outcome::Failed)
            row.failure = ended.reason;
    }
    if (row.failure.empty()) {
        const auto folder = request.home / "runs" / row.run;
        row.valAccuracy = RunFolder(folder).summary().bestValAccuracy;
        const auto judged = testAccuracyOf(engine, folder, request, stop);
        if (!judged && judged.error().kind == ErrorKind::Cancelled)
            return false;
        if (judged)
            row.testAccuracy = *judged;
        else
            row.failure = judged.error().message;
    }
    const auto written = writeTableGroup(request.home, group);
    return written ? Result<bool>(true) : Result<bool>(written.error());
}

/// Whether a row has all that it can have.
bool isFilled(const std::filesystem::path& home, const TableRow& row) {
    return row.failure.empty() && (row.valAccuracy || row.testAccuracy) && isTrained(home, row.run);
}

} // namespace

std::size_t TableEnded::failures() const {
    return static_cast<std::size_t>(
        std::count_if(group.rows.begin(), group.rows.end(), [](const TableRow& row) { return !row.failure.empty(); }));
}

Result<TableGroup> beginTable(const std::filesystem::path& home, const std::string& name, std::vector<TableRow> rows,
                              const std::stop_token& stop) {
    TableGroup group{newRunId(), name, std::move(rows)};
    if (group.rows.empty())
        return badInput("A table needs at least one experiment.");
    for (TableRow& row : group.rows) {
        std::error_code code;
        row.experiment.data.path =
            std::filesystem::absolute(row.experiment.data.path, code).lexically_normal().string();
        if (const std::vector<Problem> found = problems(row.experiment); !found.empty())
            return badInput(row.experiment.name + ": " + found.front().path + " " + found.front().message + ".");
    }
    const Experiment& first = group.rows.front().experiment;
    if (const auto images = openWithOverlay(home, first.data, first.seed, true, stop); !images)
        return images.error();
    if (const auto store = RunStore::open(home); !store) // that the home can be written
        return store.error();
    if (const auto written = writeTableGroup(home, group); !written)
        return written.error();
    return group;
}

Result<TableEnded> trainTable(Engine& engine, const SeriesRequest& request, const std::stop_token& stop,
                              TrainControl& control, const EventSink& sink) {
    Result<TableGroup> group = readTableGroup(request.home, request.group);
    if (!group)
        return group.error();
    TableEnded ended{std::move(*group)};
    for (std::size_t index = 0; index < ended.group.rows.size(); ++index) {
        if (isFilled(request.home, ended.group.rows[index]))
            continue;
        if (request.next)
            request.next(index + 1, ended.group.rows.size(), ended.group.rows[index].changes);
        const auto filled = fillRow(engine, request, ended.group, index, stop, control, sink);
        if (!filled)
            return filled.error();
        ended.stopped = !*filled;
        if (ended.stopped)
            break;
    }
    return ended;
}

} // namespace sightline
