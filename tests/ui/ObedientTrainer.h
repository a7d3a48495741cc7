// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "FakeEngine.h"
#include "experiment/RunEdit.h"
#include "store/RunStore.h"

namespace sightline::ui {

/// What the engine says first of a run in this folder.
inline RunStarted startOf(const RunFolder& folder, const Experiment& experiment) {
    RunStarted started;
    started.run = folder.id();
    started.folder = folder.path().string();
    started.name = experiment.name;
    started.classes = {"boat", "car", "duck", "robot", "train"};
    started.epochs = experiment.training.epochs;
    return started;
}

/// Trains nothing: stands after batch 7 of epoch 2 and does what it is told until it is stopped.
inline RunEnded standAndObey(const TrainRequest& request, const std::stop_token& stop, TrainControl& control,
                             const EventSink& sink) {
    const auto folder = RunStore::open(request.home)->create(request.experiment);
    const auto report = [&](const TrainEvent& event) {
        static_cast<void>(folder->appendEvent(toJson(event)));
        sink(event);
    };
    report(startOf(*folder, request.experiment));
    Experiment now = request.experiment;
    control.pause(); // so that it waits for commands; nobody is told
    while (control.waitWhilePaused(stop))
        for (const TrainCommand& command : control.take()) {
            const Result<EditedExperiment> next = edited(now, command.settings);
            const std::vector<Problem> found = next ? problems(next->experiment) : std::vector<Problem>();
            if (!next || !found.empty()) {
                command.answered(next ? badInput("The run cannot continue with these settings: " + joined(found) + ".")
                                      : next.error());
                continue;
            }
            now = next->experiment;
            report(RunNote{"Changed.", {{"type", "edit"}, {"epoch", 2}, {"batch", 7}, {"changes", next->changes}}});
            command.answered({});
        }
    RunEnded ended;
    ended.outcome = RunEnded::Outcome::Stopped;
    ended.run = folder->id();
    ended.folder = folder->path().string();
    return ended;
}

} // namespace sightline::ui
