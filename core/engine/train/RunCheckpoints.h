// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/module/GraphModule.h"
#include "engine/train/Compute.h"
#include "support/Json.h"

namespace sightline::engine {

/// The weights a run keeps: <run>/checkpoints/*.safetensors, each written whole or not at all.
///
/// `last` is what a run goes on from; `best` and `epoch-0012` are weights only; `early-stopping` waits on disk rather
/// than in memory, so that a resumed run still has it, and becomes `restored` when the run ends.
class RunCheckpoints {
public:
    RunCheckpoints() = default;
    explicit RunCheckpoints(const std::filesystem::path& run) : m_folder(run / "checkpoints") {}

    Result<void> makeFolder() const;
    /// These give the file's name relative to the run's folder.
    Result<std::string> saveBest(const GraphModule& module, int epoch) const;
    Result<std::string> saveEpoch(const GraphModule& module, int epoch) const;

    Result<void> keepForEarlyStopping(const GraphModule& module);
    bool hasEarlyStopping() const { return m_hasEarlyStopping; }
    /// Makes the weights that early stopping kept those of `module` and of `restored`.
    Result<void> restoreEarlyStopping(GraphModule& module) const;

    /// `state` as in saveCheckpoint.
    Result<void> saveLast(const GraphModule& module, const OptimizerState& optimizer, Json state) const;
    /// Errors: there is none yet, or it is of another network.
    Result<Json> loadLast(GraphModule& module, OptimizerState& optimizer);

private:
    Result<std::string> saveWeightsAs(const GraphModule& module, const std::string& name, int epoch) const;

    std::filesystem::path m_folder;
    bool m_hasEarlyStopping = false;
};

} // namespace sightline::engine
