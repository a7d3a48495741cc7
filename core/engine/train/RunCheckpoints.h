// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/module/GraphModule.h"
#include "engine/train/Compute.h"
#include "store/RunCheckpoint.h"
#include "support/Json.h"

namespace sightline::engine {

/// The weights a run keeps: <run>/checkpoints/*.safetensors, each written whole or not at all.
///
/// `last` is what a run goes on from, also in the middle of an epoch; `previous` is the one before it, `best` and
/// `epoch-0012` hold the same, so that one of them can take its place; `boundary`, in the middle of an epoch, is the
/// end of the one before;
/// `early-stopping` (weights only) waits on disk rather than in memory, so that a resumed run still has it, and becomes
/// `restored` when the run ends.
class RunCheckpoints {
public:
    RunCheckpoints() = default;
    explicit RunCheckpoints(const std::filesystem::path& run) : m_folder(run / "checkpoints") {}

    Result<void> makeFolder() const;
    /// `state` as in saveCheckpoint. These give the file's name relative to the run's folder.
    Result<std::string> saveLast(const GraphModule& module, const Moments& moments, const Json& state);
    Result<std::string> saveBest(const GraphModule& module, const Moments& moments, const Json& state) const;
    Result<std::string> saveEpoch(const GraphModule& module, const Moments& moments, const Json& state,
                                  int epoch) const;

    /// What a run goes on from.
    struct Loaded {
        Json state;               ///< as saved; { "epoch" } alone where the file holds weights only
        std::string file;         ///< relative to the run's folder
        bool isLast = false;      ///< it is `last`, whole and the newest
        std::string note;         ///< where it is not `last`, why; what else a person should know
        bool hasOptimizer = true; ///< false: its moments start anew
    };
    /// Of the latest checkpoint that can be loaded. Error: there is none, or why not.
    Result<Loaded> load(GraphModule& module, Moments& moments);

    /// `last` proved to be of no use: where it is of the middle of an epoch, the latest end of one takes its place.
    /// Where that stands ("after epoch 3"); nothing: all is as it was.
    std::optional<std::string> dropLast();

    /// After `epoch`.
    Result<void> keepForEarlyStopping(const GraphModule& module, int epoch);
    bool hasEarlyStopping() const { return m_hasEarlyStopping; }
    /// The weights that early stopping kept become those of `module`.
    Result<void> loadEarlyStopping(GraphModule& module) const;
    /// They are `restored` from here on.
    Result<void> saveRestored(const GraphModule& module) const;

    /// Where the best epoch's checkpoint is not `best` any more (damaged), but is kept by another name, it becomes
    /// that.
    void keepBest() const;
    /// A run that goes on has other last weights than those restored when it ended.
    void dropRestored() const;

private:
    Result<std::string> saveAs(const std::string& name, const GraphModule& module, const Moments& moments,
                               Json state) const;
    void keepLastAs(const char* name) const;
    bool hasEarlyStoppingOf(int epoch) const;
    bool putInPlace(const std::filesystem::path& file, const std::string& name) const;
    std::string lookForBest(const Json& state);
    Loaded loadedFrom(const KeptCheckpoint& from, Json state, const std::string& why);

    std::filesystem::path m_folder;
    std::optional<std::filesystem::path> m_best; ///< what is to become `best`
    bool m_hasEarlyStopping = false;
    bool m_isLastSound = true; ///< false: the run goes on from another one, which must outlive the next save
    bool m_isLastWithinEpoch = false;
};

} // namespace sightline::engine
