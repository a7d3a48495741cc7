// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/Engine.h"
#include "report/GroupReport.h"
#include "report/RunReport.h"
#include "store/RunStore.h"

namespace sightline {

struct ReportRequest {
    std::string checkpoint = "best";
    std::string split = {}; ///< empty: test, else val
    HeatMapMethod method = HeatMapMethod::GradCam;
    std::size_t pictures = 6;  ///< of the most confused pairs, one each: the wrong image it was surest of
    std::string dataPath = {}; ///< where the run's images are now; empty: where the run says
    int threads = 0;
    std::string example = {}; ///< of a group: the run, an id, that stands for all; empty: the first fold, else the best
};

/// Asks the engine for all that a run's report shows. Where the images are gone the report says so and goes without
/// figures of its own. Errors: the run cannot be read, cancelled.
Result<RunReport> collectReport(Engine& engine, const RunFolder& run, const ReportRequest& request,
                                std::stop_token stop, const Progress& progress);

/// Of all runs of a group that the store has, folds and trials in their order. Errors: there is no such group,
/// cancelled.
Result<GroupReport> collectGroupReport(Engine& engine, RunStore& store, const std::string& group,
                                       const ReportRequest& request, std::stop_token stop, const Progress& progress);

} // namespace sightline
