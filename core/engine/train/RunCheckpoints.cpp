// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RunCheckpoints.h"

#include <torch/types.h>

#include <cstdio>

#include "engine/module/LoadedModel.h"
#include "engine/train/Checkpoint.h"
#include "support/Files.h"

namespace sightline::engine {

namespace {

constexpr const char* kLast = "last.safetensors";
constexpr const char* kEarlyStopping = "early-stopping.safetensors";
constexpr const char* kHasEarlyStopping = "early_stopping_weights";

} // namespace

Result<void> RunCheckpoints::makeFolder() const {
    return sightline::makeFolder(m_folder);
}

Result<std::string> RunCheckpoints::saveWeightsAs(const GraphModule& module, const std::string& name, int epoch) const {
    if (const Result<void> saved = saveWeights(module, m_folder / name, {{"epoch", std::to_string(epoch)}}); !saved)
        return saved.error();
    return "checkpoints/" + name;
}

Result<std::string> RunCheckpoints::saveBest(const GraphModule& module, int epoch) const {
    return saveWeightsAs(module, "best.safetensors", epoch);
}

Result<std::string> RunCheckpoints::saveEpoch(const GraphModule& module, int epoch) const {
    char name[32];
    std::snprintf(name, sizeof name, "epoch-%04d.safetensors", epoch);
    return saveWeightsAs(module, name, epoch);
}

Result<void> RunCheckpoints::keepForEarlyStopping(const GraphModule& module) {
    const Result<void> saved = saveWeights(module, m_folder / kEarlyStopping);
    m_hasEarlyStopping = m_hasEarlyStopping || saved.ok();
    return saved;
}

Result<void> RunCheckpoints::restoreEarlyStopping(GraphModule& module) const {
    if (const Result<void> loaded = loadWeights(module, m_folder / kEarlyStopping); !loaded)
        return loaded;
    return saveWeights(module, m_folder / "restored.safetensors");
}

Result<void> RunCheckpoints::saveLast(const GraphModule& module, const OptimizerState& optimizer, Json state) const {
    state[kHasEarlyStopping] = m_hasEarlyStopping;
    return saveCheckpoint(m_folder / kLast, module, optimizer, state);
}

Result<Json> RunCheckpoints::loadLast(GraphModule& module, OptimizerState& optimizer) {
    std::error_code code;
    if (!std::filesystem::exists(m_folder / kLast, code))
        return badInput("The run " + m_folder.parent_path().filename().string() +
                        " has no checkpoint yet, so it cannot be resumed; train again from its experiment.json.");
    Result<Json> state = loadCheckpoint(m_folder / kLast, module, optimizer);
    if (state)
        m_hasEarlyStopping = state->value(kHasEarlyStopping, false);
    return state;
}

} // namespace sightline::engine
