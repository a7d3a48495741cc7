// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RunCheckpoints.h"

#include <torch/types.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "engine/module/LoadedModel.h"
#include "engine/train/Checkpoint.h"
#include "store/BestCheckpoint.h"
#include "store/WeightsDigest.h"
#include "support/FileCalls.h"
#include "support/Files.h"

namespace sightline::engine {

namespace {

constexpr const char* kLast = "last.safetensors";
constexpr const char* kPrevious = "previous.safetensors";
constexpr const char* kBoundary = "boundary.safetensors";
constexpr const char* kBest = "best.safetensors";
constexpr const char* kEarlyStopping = "early-stopping.safetensors";
constexpr const char* kRestored = "restored.safetensors";
constexpr const char* kHasEarlyStopping = "early_stopping_weights";
constexpr const char* kEpoch = "epoch";

Result<Json> loadFrom(const KeptCheckpoint& kept, GraphModule& module, Moments& moments) {
    if (kept.resumable)
        return loadCheckpoint(kept.file, module, moments);
    if (const Result<void> read = loadWeights(module, kept.file); !read)
        return read.error();
    return Json{{kEpoch, kept.epoch}};
}

/// "after epoch 3", "in epoch 4 after batch 12".
std::string placeOf(const KeptCheckpoint& kept) {
    return kept.batch == 0
               ? "after epoch " + std::to_string(kept.epoch)
               : "in epoch " + std::to_string(kept.epoch + 1) + " after batch " + std::to_string(kept.batch);
}

} // namespace

Result<void> RunCheckpoints::makeFolder() const {
    return sightline::makeFolder(m_folder);
}

Result<std::string> RunCheckpoints::saveAs(const std::string& name, const GraphModule& module, const Moments& moments,
                                           Json state) const {
    state[kHasEarlyStopping] = m_hasEarlyStopping;
    if (const Result<void> saved = saveCheckpoint(m_folder / name, module, moments, state); !saved)
        return saved.error();
    return "checkpoints/" + name;
}

Result<std::string> RunCheckpoints::saveLast(const GraphModule& module, const Moments& moments, const Json& state) {
    const bool isWithinEpoch = state.value("batch", 0) > 0;
    if (m_isLastSound) {
        keepLastAs(kPrevious);
        if (isWithinEpoch && !m_isLastWithinEpoch)
            keepLastAs(kBoundary);
    }
    Result<std::string> saved = saveAs(kLast, module, moments, state);
    m_isLastSound = m_isLastSound || saved.ok();
    if (saved)
        m_isLastWithinEpoch = isWithinEpoch;
    if (saved && !isWithinEpoch)
        fileCalls().unlink((m_folder / kBoundary).c_str());
    return saved;
}

std::optional<std::string> RunCheckpoints::dropLast() {
    if (!m_isLastSound || !m_isLastWithinEpoch)
        return {};
    std::vector<KeptCheckpoint> kept = wholeCheckpoints(m_folder.parent_path());
    const auto found =
        std::find_if(kept.begin(), kept.end(), [](const KeptCheckpoint& one) { return one.file.filename() == kLast; });
    if (found == kept.end())
        return {};
    const KeptCheckpoint last = *found;
    // Weights are ruined before they are no numbers: other checkpoints of this epoch may be so, too.
    std::stable_partition(kept.begin(), kept.end(),
                          [&](const KeptCheckpoint& one) { return one.batch == 0 && one.epoch == last.epoch; });
    for (const KeptCheckpoint& one : kept) {
        const bool isEarlier = std::pair(one.epoch, one.batch) < std::pair(last.epoch, last.batch);
        if (!isEarlier || !one.resumable || !openAsWritten(one.file))
            continue;
        if (!putInPlace(one.file, kLast))
            return {};
        if (one.file.filename() != kPrevious) // which is newer, and would be gone on from
            fileCalls().unlink((m_folder / kPrevious).c_str());
        m_isLastWithinEpoch = one.batch > 0;
        return placeOf(one);
    }
    return {};
}

/// By a second name, so that there is a last one at every moment. Where that cannot be done there is one checkpoint
/// fewer to fall back to.
void RunCheckpoints::keepLastAs(const char* name) const {
    static_cast<void>(putInPlace(m_folder / kLast, name));
}

bool RunCheckpoints::putInPlace(const std::filesystem::path& file, const std::string& name) const {
    const std::filesystem::path second = m_folder / (name + ".new");
    const FileCalls& calls = fileCalls();
    calls.unlink(second.c_str());
    const bool isDone =
        calls.link(file.c_str(), second.c_str()) == 0 && calls.rename(second.c_str(), (m_folder / name).c_str()) == 0;
    calls.unlink(second.c_str()); // there still where both names were the same file's
    return isDone;
}

void RunCheckpoints::keepBest() const {
    if (m_best)
        static_cast<void>(putInPlace(*m_best, kBest));
}

Result<std::string> RunCheckpoints::saveBest(const GraphModule& module, const Moments& moments,
                                             const Json& state) const {
    return saveAs(kBest, module, moments, state);
}

Result<std::string> RunCheckpoints::saveEpoch(const GraphModule& module, const Moments& moments, const Json& state,
                                              int epoch) const {
    char name[32];
    std::snprintf(name, sizeof name, "epoch-%04d.safetensors", epoch);
    return saveAs(name, module, moments, state);
}

Result<void> RunCheckpoints::keepForEarlyStopping(const GraphModule& module, int epoch) {
    const Result<void> saved =
        saveWeights(module, m_folder / kEarlyStopping, {{kEpoch, std::to_string(epoch)}, {kWeightsDigest, {}}});
    m_hasEarlyStopping = m_hasEarlyStopping || saved.ok();
    return saved;
}

Result<void> RunCheckpoints::loadEarlyStopping(GraphModule& module) const {
    return loadWeights(module, m_folder / kEarlyStopping);
}

Result<void> RunCheckpoints::saveRestored(const GraphModule& module) const {
    return saveWeights(module, m_folder / kRestored, {{kWeightsDigest, {}}});
}

void RunCheckpoints::dropRestored() const {
    std::error_code code;
    std::filesystem::remove(m_folder / kRestored, code);
}

/// Whether the weights that early stopping kept are there, and from an epoch up to `epoch`: a run that goes on from an
/// earlier checkpoint has not seen later ones.
bool RunCheckpoints::hasEarlyStoppingOf(int epoch) const {
    const Result<SafetensorsFile> kept = openAsWritten(m_folder / kEarlyStopping);
    if (!kept)
        return false;
    const auto of = kept->metadata().find(kEpoch);
    return of == kept->metadata().end() || std::atoi(of->second.c_str()) <= epoch; // older versions do not say
}

Result<RunCheckpoints::Loaded> RunCheckpoints::load(GraphModule& module, Moments& moments) {
    const std::filesystem::path last = m_folder / kLast;
    const std::string run = "The run " + m_folder.parent_path().filename().string();
    std::error_code code;
    const bool exists = std::filesystem::exists(last, code);
    std::vector<KeptCheckpoint> kept = wholeCheckpoints(m_folder.parent_path());
    if (kept.empty())
        return badInput(exists ? run + " cannot be resumed: " + last.string() +
                                     " is damaged, and no other checkpoint is intact."
                               : run + " has no checkpoint yet, so it cannot be resumed; start a new run from its " +
                                     "experiment.json.");
    std::stable_partition(kept.begin(), kept.end(), [](const KeptCheckpoint& one) { return one.resumable; });
    const auto isLast = [&](const KeptCheckpoint& one) { return one.file == last && one.resumable; };
    const bool isWhole = std::any_of(kept.begin(), kept.end(), isLast);
    std::string why =
        isWhole ? "The last checkpoint (" + last.string() + ") is older than another one; the"
                : "The last checkpoint (" + last.string() + ") is " + (exists ? "damaged" : "missing") + "; the";
    m_isLastSound = isWhole;
    std::optional<Error> fault;
    for (const KeptCheckpoint& next : kept) {
        Result<Json> state = loadFrom(next, module, moments);
        if (state) {
            return loadedFrom(next, std::move(*state), isLast(next) ? std::string() : why);
        }
        if (isLast(next)) {
            m_isLastSound = false;
            why = state.error().message + " The";
        }
        if (!fault)
            fault = state.error();
    }
    return badInput(run + " cannot be resumed: " + fault->message);
}

RunCheckpoints::Loaded RunCheckpoints::loadedFrom(const KeptCheckpoint& from, Json state, const std::string& why) {
    Loaded loaded{std::move(state), "checkpoints/" + from.file.filename().string(), why.empty(), {}, from.resumable};
    if (!why.empty())
        loaded.note = why + " run resumes from " + loaded.file + ", " + placeOf(from) + ".";
    if (!from.resumable)
        loaded.note += (why.empty() ? loaded.file : " It") + " contains only weights: the optimizer starts fresh.";
    m_isLastWithinEpoch = loaded.isLast && from.batch > 0;
    const bool kept = !from.resumable || loaded.state.value(kHasEarlyStopping, false);
    m_hasEarlyStopping = kept && hasEarlyStoppingOf(from.epoch);
    if (from.resumable && kept && !m_hasEarlyStopping)
        loaded.note += std::string(loaded.note.empty() ? "" : " ") +
                       "The weights kept for early stopping are of a later epoch or damaged; they are not used.";
    if (const std::string best = lookForBest(loaded.state); !best.empty())
        loaded.note += (loaded.note.empty() ? "" : " ") + best;
    return loaded;
}

/// Gives a sentence where the best epoch's weights are gone.
std::string RunCheckpoints::lookForBest(const Json& state) {
    m_best.reset();
    const int epoch = bestEpochIn(state);
    const std::optional<std::filesystem::path> kept =
        epoch > 0 ? checkpointAfter(m_folder.parent_path(), epoch) : std::nullopt;
    const Result<SafetensorsFile> best = openAsWritten(m_folder / kBest);
    if (kept && !best)
        m_best = kept;
    if (epoch == 0 || kept || best)
        return {};
    return "The weights of the best epoch, " + std::to_string(epoch) +
           ", were not kept: until an epoch is better, the last weights are evaluated.";
}

} // namespace sightline::engine
