// SPDX-License-Identifier: GPL-3.0-or-later
#include "TrainFolds.h"

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "engine/FoldTraining.h"

namespace sightline::cli {

namespace {

void print(const FoldsEnded& ended) {
    for (std::size_t i = 0; i < ended.values.size(); ++i)
        std::printf("fold %zu  %s  best val_accuracy %.4f\n", i + 1, ended.group.runs[i].c_str(), ended.values[i]);
    std::printf("val_accuracy %.4f +- %.4f over %d folds\nOut-of-fold predictions: %s\n", ended.mean, ended.deviation,
                ended.group.folds, ended.outOfFold.c_str());
}

Json toJson(const FoldsEnded& ended) {
    return {{"group", ended.group.id},
            {"folds", ended.group.runs},
            {"val_accuracy", {{"mean", ended.mean}, {"std", ended.deviation}, {"values", ended.values}}},
            {"out_of_fold", ended.outOfFold.string()}};
}

} // namespace

void setGroupBy(Experiment& experiment, const std::string& by) {
    const bool isPattern = by.find('(') != std::string::npos;
    experiment.data.group = isPattern ? GroupSettings{by, {}} : GroupSettings{{}, by};
}

int trainFolds(const FoldsOptions& options, const Experiment& experiment, Context& context, const EventSink& sink) {
    SeriesRequest request{context.home, options.group};
    request.threads = std::max(options.threads, 0);
    const Result<Engine*> engine = loadEngine();
    if (!engine)
        return fail(engine.error());
    if (options.folds > 0) {
        const auto begun = beginFolds(context.home, experiment, options.folds, interruption().get_token());
        if (!begun)
            return fail(begun.error());
        request.group = begun->id;
    }
    TrainControl control;
    const auto ended = sightline::trainFolds(**engine, request, interruption().get_token(), control, sink);
    if (!ended)
        return fail(ended.error());
    for (const std::string& skipped : ended->skipped)
        std::clog << "skipped: " << skipped << '\n';
    if (ended->stopped) {
        std::fprintf(stderr, "Stopped after %zu of %d folds had begun; train --resume %s continues.\n",
                     ended->group.runs.size(), ended->group.folds, ended->group.id.c_str());
        return interruption().stop_requested() ? 130 : 0;
    }
    if (options.json)
        printJson(toJson(*ended));
    else
        print(*ended);
    return 0;
}

} // namespace sightline::cli
