// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RunCheckpoints.h"

#include <torch/types.h>

#include <cstdio>

#include "engine/module/LoadedModel.h"
#include "engine/train/Checkpoint.h"
#include "store/RunCheckpoint.h"
#include "store/Safetensors.h"
#include "support/Files.h"

namespace sightline::engine {

namespace {

constexpr const char* kLast = "last.safetensors";
constexpr const char* kEarlyStopping = "early-stopping.safetensors";
constexpr const char* kRestored = "restored.safetensors";
constexpr const char* kHasEarlyStopping = "early_stopping_weights";

} // namespace

Result<void> RunCheckpoints::makeFolder() const {
    return sightline::makeFolder(m_folder);
}

Result<std::string> RunCheckpoints::saveAs(const std::string& name, const GraphModule& module,
                                           const OptimizerState& optimizer, Json state) const {
    state[kHasEarlyStopping] = m_hasEarlyStopping;
    if (const Result<void> saved = saveCheckpoint(m_folder / name, module, optimizer, state); !saved)
        return saved.error();
    return "checkpoints/" + name;
}

Result<std::string> RunCheckpoints::saveLast(const GraphModule& module, const OptimizerState& optimizer,
                                             const Json& state) const {
    return saveAs(kLast, module, optimizer, state);
}

Result<std::string> RunCheckpoints::saveBest(const GraphModule& module, const OptimizerState& optimizer,
                                             const Json& state) const {
    return saveAs("best.safetensors", module, optimizer, state);
}

Result<std::string> RunCheckpoints::saveEpoch(const GraphModule& module, const OptimizerState& optimizer,
                                              const Json& state, int epoch) const {
    char name[32];
    std::snprintf(name, sizeof name, "epoch-%04d.safetensors", epoch);
    return saveAs(name, module, optimizer, state);
}

Result<void> RunCheckpoints::keepForEarlyStopping(const GraphModule& module) {
    const Result<void> saved = saveWeights(module, m_folder / kEarlyStopping);
    m_hasEarlyStopping = m_hasEarlyStopping || saved.ok();
    return saved;
}

Result<void> RunCheckpoints::restoreEarlyStopping(GraphModule& module) const {
    if (const Result<void> loaded = loadWeights(module, m_folder / kEarlyStopping); !loaded)
        return loaded;
    return saveWeights(module, m_folder / kRestored);
}

void RunCheckpoints::dropRestored() const {
    std::error_code code;
    std::filesystem::remove(m_folder / kRestored, code);
}

Result<RunCheckpoints::Loaded> RunCheckpoints::load(GraphModule& module, OptimizerState& optimizer) {
    const std::filesystem::path last = m_folder / kLast;
    const std::string run = "The run " + m_folder.parent_path().filename().string();
    Loaded loaded{{}, std::string("checkpoints/") + kLast, {}, true};
    if (SafetensorsFile::open(last)) {
        Result<Json> state = loadCheckpoint(last, module, optimizer);
        if (!state)
            return state.error();
        loaded.state = std::move(*state);
        m_hasEarlyStopping = loaded.state.value(kHasEarlyStopping, false);
        return loaded;
    }
    const std::vector<KeptCheckpoint> whole = wholeCheckpoints(m_folder.parent_path());
    std::error_code code;
    if (whole.empty())
        return badInput(std::filesystem::exists(last, code)
                            ? run + " cannot be resumed: " + last.string() +
                                  " is damaged, and no other checkpoint is intact."
                            : run + " has no checkpoint yet, so it cannot be resumed; start a new run from its " +
                                  "experiment.json.");
    const KeptCheckpoint& next = whole.front();
    loaded.file = "checkpoints/" + next.file.filename().string();
    loaded.note = "The last checkpoint (" + last.string() + ") is damaged; the run resumes from " + loaded.file +
                  ", after epoch " + std::to_string(next.epoch) +
                  (next.resumable ? "." : ". It contains only weights: the optimizer starts fresh.");
    loaded.hasOptimizer = next.resumable;
    if (next.resumable) {
        Result<Json> state = loadCheckpoint(next.file, module, optimizer);
        if (!state)
            return state.error();
        loaded.state = std::move(*state);
        m_hasEarlyStopping = loaded.state.value(kHasEarlyStopping, false);
        return loaded;
    }
    if (const Result<void> read = loadWeights(module, next.file); !read)
        return read.error();
    loaded.state = Json{{"epoch", next.epoch}};
    m_hasEarlyStopping = std::filesystem::exists(m_folder / kEarlyStopping, code);
    return loaded;
}

} // namespace sightline::engine
