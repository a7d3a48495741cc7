// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Command.h"

namespace sightline::cli {

// Every command of the program, in the order --help shows them. One line here, one file each, one line in
// CMakeLists.txt.

void addDataset(CLI::App& app, Context& context);
void addDatasetCheck(CLI::App& app, Context& context);
void addDatasetFetch(CLI::App& dataset, Context& context);    // called by addDataset
void addDatasetSuggest(CLI::App& dataset, Context& context);  // called by addDataset
void addDatasetSuspects(CLI::App& dataset, Context& context); // called by addDataset
void addAugment(CLI::App& app, Context& context);
void addModel(CLI::App& app, Context& context);
void addTrain(CLI::App& app, Context& context);
void addLrFind(CLI::App& app, Context& context);
void addEvaluate(CLI::App& app, Context& context);
void addPredict(CLI::App& app, Context& context);
void addExplain(CLI::App& app, Context& context);
void addActivations(CLI::App& app, Context& context);
void addFilters(CLI::App& app, Context& context);
void addExamples(CLI::App& app, Context& context);
void addExport(CLI::App& app, Context& context);
void addImport(CLI::App& app, Context& context);
void addRuns(CLI::App& app, Context& context);
void addRunsAbout(CLI::App& runs, Context& context);   // called by addRuns
void addRunsCompare(CLI::App& runs, Context& context); // called by addRuns
void addRunsControl(CLI::App& runs, Context& context); // called by addRuns
void addSearch(CLI::App& app, Context& context);
void addModelForward(CLI::App& app, Context& context);
void addBenchAugment(CLI::App& app, Context& context);
void addBenchTrain(CLI::App& app, Context& context);
void addBenchEpoch(CLI::App& app, Context& context);
void addBenchExplain(CLI::App& app, Context& context);
void addBenchScan(CLI::App& app, Context& context);
void addBenchQuestions(CLI::App& app, Context& context);
void addWeights(CLI::App& app, Context& context);
void addDevices(CLI::App& app, Context& context);
void addDemo(CLI::App& app, Context& context);

inline constexpr AddCommand kCommands[] = {
    addDataset,   addDatasetCheck,   addAugment,      addModel,        addTrain,      addLrFind,     addEvaluate,
    addPredict,   addExplain,        addActivations,  addFilters,      addExamples,   addExport,     addImport,
    addRuns,      addSearch,         addModelForward, addBenchAugment, addBenchTrain, addBenchEpoch, addBenchExplain,
    addBenchScan, addBenchQuestions, addWeights,      addDevices,      addDemo,
};

} // namespace sightline::cli
