// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunParts.h"

#include "store/FittedNormalizationFile.h"

namespace sightline {

Result<RunParts> readRunParts(const RunFolder& run) {
    Result<Experiment> experiment = run.experiment();
    if (!experiment)
        return experiment.error();
    Result<std::vector<std::string>> classes = run.classes();
    if (!classes)
        return classes.error();
    const Result<Json> json = run.graph();
    if (!json)
        return json.error();
    Result<GraphSpec> graph = graphFromJson(*json);
    if (!graph)
        return graph.error();
    auto fitted = readFittedNormalization(run.path(), experiment->normalization, experiment->data.channels());
    if (!fitted)
        return fitted.error();
    return RunParts{std::move(*experiment), std::move(*classes), std::move(*graph), std::move(*fitted)};
}

} // namespace sightline
