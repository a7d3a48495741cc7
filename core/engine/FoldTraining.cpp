// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/FoldTraining.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "data/Overlay.h"
#include "engine/AskedModel.h"
#include "metrics/Spread.h"
#include "store/RunStore.h"
#include "support/Files.h"

namespace sightline {

namespace {

Result<void> judge(Engine& engine, const SeriesRequest& request, const std::stop_token& stop, FoldsEnded& ended) {
    std::vector<std::string> classes;
    std::vector<Prediction> all;
    for (const std::string& run : ended.group.runs) {
        EvaluationQuestion question;
        question.split = nameOf(Subset::Validation);
        auto judged =
            ask(engine, ofRun(request.home / "runs" / run, "best"), question, stop, Progress{}, request.threads);
        if (!judged)
            return judged.error();
        classes = judged->classes;
        std::move(judged->predictions.begin(), judged->predictions.end(), std::back_inserter(all));
        std::move(judged->skipped.begin(), judged->skipped.end(), std::back_inserter(ended.skipped));
    }
    ended.outOfFold = std::filesystem::absolute(outOfFoldFile(request.home, ended.group.id)).lexically_normal();
    return writeFileAtomically(ended.outOfFold, predictionsCsv(classes, all));
}

void addFigures(FoldsEnded& ended, const std::filesystem::path& home) {
    for (const std::string& run : ended.group.runs)
        ended.values.push_back(RunFolder(home / "runs" / run).summary().bestValAccuracy.value_or(std::nan("")));
    const Spread spread = spreadOf(ended.values);
    ended.mean = spread.mean;
    ended.deviation = spread.deviation;
}

} // namespace

Result<FoldGroup> beginFolds(const std::filesystem::path& home, const Experiment& experiment, int folds,
                             std::stop_token stop) {
    FoldGroup group{newRunId(), experiment, folds, {}};
    group.experiment.data.fold = {};
    std::error_code code;
    group.experiment.data.path =
        std::filesystem::absolute(group.experiment.data.path, code).lexically_normal().string();
    if (folds < 2)
        return badInput("There must be at least two folds.");
    if (const auto named = checkRunName(experiment.name); !named)
        return named.error();
    const Experiment first = group.experimentOf(1);
    if (const std::vector<Problem> found = problems(first); !found.empty())
        return badInput(found.front().path + " " + found.front().message + ".");
    if (const auto images = openWithOverlay(home, first.data, first.seed, true, stop); !images)
        return images.error();
    if (const auto store = RunStore::open(home); !store) // that the home can be written
        return store.error();
    if (const auto written = writeFoldGroup(home, group); !written)
        return written.error();
    return group;
}

Result<FoldsEnded> trainFolds(Engine& engine, const SeriesRequest& request, std::stop_token stop, TrainControl& control,
                              const EventSink& sink) {
    Result<FoldGroup> group = readFoldGroup(request.home, request.group);
    if (!group)
        return group.error();
    FoldsEnded ended;
    ended.group = std::move(*group);
    for (std::size_t index = 0; index < static_cast<std::size_t>(ended.group.folds); ++index) {
        const int number = static_cast<int>(index) + 1;
        const std::string before = index < ended.group.runs.size() ? ended.group.runs[index] : std::string();
        if (isTrained(request.home, before))
            continue;
        const RunGroup member = ended.group.memberOf(number);
        if (request.next)
            request.next(index + 1, static_cast<std::size_t>(ended.group.folds), member.member);
        const auto begun = [&](const std::string& run) {
            ended.group.runs.resize(std::max(ended.group.runs.size(), index + 1));
            ended.group.runs[index] = run;
            return writeFoldGroup(request.home, ended.group);
        };
        const RunEnded run =
            trainMember(engine, request, ended.group.experimentOf(number), member, before, begun, stop, control, sink);
        if (run.outcome == RunEnded::Outcome::Failed)
            return Error{run.reason, run.errorKind};
        ended.stopped = run.outcome == RunEnded::Outcome::Stopped;
        if (ended.stopped)
            return ended;
    }
    if (const auto judged = judge(engine, request, stop, ended); !judged)
        return judged.error();
    addFigures(ended, request.home);
    return ended;
}

} // namespace sightline
