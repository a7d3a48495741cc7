// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunFork.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "experiment/RunEdit.h"
#include "store/BestCheckpoint.h"
#include "store/ForkHistory.h"
#include "store/ProbeFile.h"
#include "store/RunMark.h"
#include "store/RunState.h"
#include "store/WeightsDigest.h"
#include "support/FileCalls.h"
#include "support/Files.h"
#include "support/FolderFlush.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr const char* kParent = "parent.json";
constexpr const char* kLast = "last.safetensors";
constexpr const char* kBest = "best.safetensors";
constexpr const char* kHalf = "checkpoints.new"; ///< there while a fork is made

/// A checkpoint that can be gone on from. The file is opened once: a run in progress may put another in its place.
struct Begin {
    SafetensorsFile file;
    Json state;
    int epoch = 0; ///< finished
    RunPlace place() const { return {epoch + 1, state.value("batch", 0)}; }
};

std::optional<Begin> beginningIn(const fs::path& file) {
    Result<SafetensorsFile> opened = openAsWritten(file);
    if (!opened)
        return {};
    std::optional<Json> state = runStateIn(*opened);
    if (!state || !state->value("epoch", Json()).is_number_integer())
        return {};
    const int epoch = (*state)["epoch"].get<int>();
    return Begin{std::move(*opened), std::move(*state), epoch};
}

/// What was opened, whatever has its name now.
Result<void> writeAgain(const SafetensorsFile& opened, const fs::path& to) {
    std::vector<TensorToWrite> tensors;
    for (const TensorView& tensor : opened.tensors()) {
        if (tensor.dtype != "F32" || reinterpret_cast<std::uintptr_t>(tensor.data.data()) % alignof(float) != 0)
            return badInput("The checkpoint's tensor " + tensor.name + " is not as this program writes it.");
        tensors.push_back({tensor.name,
                           tensor.shape,
                           {reinterpret_cast<const float*>(tensor.data.data()), tensor.data.size() / sizeof(float)}});
    }
    return writeSafetensors(to, tensors, opened.metadata());
}

/// "epoch 4, last (epoch 3, batch 12) or best (epoch 2)": as many as a sentence bears.
std::string namesOf(const std::vector<ForkPoint>& points) {
    constexpr std::size_t kMost = 6;
    std::string names;
    for (std::size_t i = 0; i < points.size() && i < kMost; ++i) {
        const ForkPoint& point = points[i];
        const std::string place =
            point.batch > 0 ? "epoch " + std::to_string(point.epoch + 1) + ", batch " + std::to_string(point.batch)
                            : "epoch " + std::to_string(point.epoch);
        names += i == 0 ? "" : i + 1 == points.size() ? " or " : ", ";
        names += point.at == "best" || point.at == "last" ? point.at + " (" + place + ")" : place;
    }
    return points.size() > kMost ? names + " or one of " + std::to_string(points.size() - kMost) + " earlier ones"
                                 : names;
}

/// With what there is instead.
Error unforkable(const RunFolder& parent, const std::string& at, const std::string& why) {
    std::vector<ForkPoint> points = forkPoints(parent);
    std::erase_if(points, [&](const ForkPoint& point) { return point.at == at; });
    return badInput(why + (points.empty() ? " It has no other checkpoint that it can be forked from."
                                          : " It can be forked from " + namesOf(points) + "."));
}

Result<Begin> beginningAt(const RunFolder& parent, const std::string& at) {
    const std::string run = "The run " + parent.id();
    fs::path file = parent.path() / "checkpoints" / kLast; // what early stopping restored has no state
    if (at != "last") {
        const Result<ChosenCheckpoint> chosen = chooseCheckpoint(parent.path(), at);
        const bool isEpoch = !at.empty() && at.find_first_not_of("0123456789") == std::string::npos;
        if (!chosen)
            return unforkable(parent, at,
                              isEpoch ? run + " has no checkpoint of epoch " + at + "." : chosen.error().message);
        if (!chosen->note.empty())
            return unforkable(parent, at, run + " cannot be forked there: the checkpoint is damaged.");
        file = chosen->file;
    }
    std::optional<Begin> begin = beginningIn(file);
    if (!begin)
        return unforkable(parent, at,
                          run + " cannot be forked: " + file.string() +
                              " is missing or damaged, or contains only weights.");
    return std::move(*begin);
}

/// The parent's as it was then.
Result<Experiment> settingsThen(const RunFolder& parent, const Json& state) {
    Result<Experiment> experiment = parent.experimentAtStart();
    if (!experiment)
        return experiment;
    Json changes = Json::object();
    const Json settings = state.value("settings", Json::object());
    if (settings.is_object())
        for (const auto& [path, value] : settings.items())
            changes[path] = Json::array({nullptr, value});
    experiment = withChanges(*experiment, changes);
    if (experiment && !experiment->name.empty())
        experiment->name += " fork";
    return experiment;
}

Result<void> copied(const fs::path& from, const fs::path& to) {
    std::error_code code;
    if (!fs::exists(from, code))
        return {};
    if (fs::copy_file(from, to, code)) {
        const int file = ::open(to.c_str(), O_RDONLY | O_CLOEXEC);
        const bool flushed = file >= 0 && ::fsync(file) == 0;
        if (file >= 0)
            ::close(file);
        if (flushed)
            return {};
        code = std::error_code(errno, std::generic_category());
    }
    return Error{"Copying " + from.string() + " to " + to.string() + " failed: " + code.message() + "."};
}

/// The best epoch up to there; the parent's `best` may be of a later one by now.
std::optional<Begin> bestUpTo(const fs::path& parent, const Begin& begin) {
    const int epoch = bestEpochIn(begin.state);
    std::optional<Begin> best = beginningIn(parent / "checkpoints" / kBest);
    if (best && (epoch > 0 ? best->epoch == epoch : best->epoch <= begin.epoch))
        return best;
    if (epoch == begin.epoch && begin.place().batch == 0)
        return begin;
    const std::optional<fs::path> kept = epoch > 0 ? checkpointAfter(parent, epoch) : std::nullopt;
    best = kept ? beginningIn(*kept) : std::nullopt;
    return best && best->epoch == epoch ? best : std::nullopt;
}

/// The best so far, and what the parent's early stopping would restore. That may be of a later epoch by now.
Result<void> copyBest(const fs::path& parent, const fs::path& to, const Begin& begin) {
    constexpr const char* kStopping = "early-stopping.safetensors";
    if (const Result<SafetensorsFile> stopping = openAsWritten(parent / "checkpoints" / kStopping))
        if (const Result<void> kept = writeAgain(*stopping, to / kStopping); !kept)
            return kept; // of a later epoch it is not used
    const std::optional<Begin> best = bestUpTo(parent, begin);
    return best ? writeAgain(best->file, to / kBest) : Result<void>();
}

/// What happened to the parent up to there.
Result<void> copyHistory(const RunFolder& parent, const RunFolder& fork, const Begin& begin, const Experiment& then) {
    const Result<std::string> lines =
        eventsUpTo(parent, begin.place(), then, begin.state.value("stopped_early", false));
    if (!lines)
        return lines.error();
    if (const Result<void> written = writeFileAtomically(fork.path() / "events.jsonl", *lines); !written)
        return written;
    const Result<std::vector<EpochMetrics>> history = fork.history();
    return history ? fork.writeHistory(*history) : history.error();
}

Result<void> copyProbes(const fs::path& parent, const fs::path& fork, int epoch) {
    for (const int drawn : probeEpochs(parent)) {
        if (drawn > epoch)
            break;
        if (const Result<void> made = makeFolder(fork / kProbesFolder); !made)
            return made;
        if (const Result<void> kept = copied(parent / probeFile(drawn), fork / probeFile(drawn)); !kept)
            return kept;
    }
    return {};
}

/// At once: nobody goes on with half a fork that was cut off.
Result<void> makeWhole(const fs::path& fork) {
    const fs::path to = fork / "checkpoints"; // an empty folder
    int failure = fileCalls().rename((fork / kHalf).c_str(), to.c_str()) == 0 ? 0 : errno;
    if (failure == 0)
        failure = flushFolder(fork);
    return failure == 0 ? Result<void>() : Error{"Writing " + to.string() + " failed: " + std::strerror(failure) + "."};
}

/// Its history last: half a fork is not listed with the figures of its parent.
Result<void> fill(const RunFolder& parent, const RunFolder& fork, const Begin& begin, const Experiment& then,
                  const std::vector<Setting>& settings) {
    const fs::path half = fork.path() / kHalf;
    if (const Result<void> made = makeFolder(half); !made)
        return made;
    if (const Result<void> kept = writeParent(fork, {parent.id(), begin.epoch, settings}); !kept)
        return kept;
    for (const char* name : {"classes.json", "graph.json", "normalization.safetensors", "samples.csv", "data.json",
                             "overlay.json", "learning.csv.gz", "learning-new.csv"})
        if (const Result<void> kept = copied(parent.path() / name, fork.path() / name); !kept)
            return kept;
    if (const Result<void> kept = copyProbes(parent.path(), fork.path(), begin.epoch); !kept)
        return kept;
    if (const Result<void> kept = writeAgain(begin.file, half / kLast); !kept)
        return kept;
    if (const Result<void> kept = copyBest(parent.path(), half, begin); !kept)
        return kept;
    if (const Result<void> kept = copyHistory(parent, fork, begin, then); !kept)
        return kept;
    return makeWhole(fork.path());
}

/// A new run may have a name of its own: it is no setting to go on with.
Result<std::string> takeName(std::vector<Setting>& settings, const Experiment& began) {
    Json document = toJson(began);
    for (const Setting& setting : settings)
        if (setting.path == "name")
            if (const Result<void> set = setSetting(document, setting.path, setting.value); !set)
                return set.error();
    std::erase_if(settings, [](const Setting& setting) { return setting.path == "name"; });
    const Result<Experiment> named = experimentFromJson(document);
    return named ? Result<std::string>(named->name) : named.error();
}

} // namespace

std::vector<ForkPoint> forkPoints(const RunFolder& parent) {
    std::vector<KeptCheckpoint> kept = wholeCheckpoints(parent.path());
    std::erase_if(kept, [](const KeptCheckpoint& one) { return !one.resumable; });
    const auto isSpare = [](const KeptCheckpoint& one) {
        return one.file.filename() == "previous.safetensors" || one.file.filename() == "boundary.safetensors";
    };
    std::stable_partition(kept.begin(), kept.end(), [&](const KeptCheckpoint& one) { return !isSpare(one); });
    std::vector<ForkPoint> points;
    for (const KeptCheckpoint& one : kept) {
        const std::string name = one.file.stem().string();
        const bool isKnown = std::any_of(points.begin(), points.end(), [&](const ForkPoint& point) {
            return point.epoch == one.epoch && point.batch == one.batch;
        });
        if (isSpare(one) && (one.batch > 0 || isKnown)) // which cannot be asked for by its epoch
            continue;
        const bool hasName = name == "last" || name == "best";
        points.push_back({hasName ? name : std::to_string(one.epoch), one.epoch, one.batch});
    }
    std::stable_sort(points.begin(), points.end(), [](const ForkPoint& a, const ForkPoint& b) {
        return RunPlace{a.epoch, a.batch} > RunPlace{b.epoch, b.batch};
    });
    return points;
}

EarlierPoints pointsBefore(const RunFolder& run, RunPlace place) {
    RunFolder of = run;
    std::error_code code;
    if (const std::optional<RunParent> parent = parentOf(run); parent && place.epoch <= parent->epoch + 1)
        if (const fs::path beside = run.path().parent_path() / parent->run; fs::exists(beside, code))
            of = RunFolder(beside);
    std::vector<ForkPoint> points = forkPoints(of);
    std::erase_if(points, [&](const ForkPoint& point) { return RunPlace{point.epoch + 1, point.batch} >= place; });
    return {of.id(), std::move(points)};
}

std::string EarlierPoints::words() const {
    return points.empty() ? std::string() : "the run " + run + " from " + namesOf(points);
}

Result<ForkBeginning> beginningOfFork(const RunFolder& parent, const std::string& at) {
    const Result<Begin> begin = beginningAt(parent, at);
    if (!begin)
        return begin.error();
    Result<Experiment> settings = settingsThen(parent, begin->state);
    return settings ? Result<ForkBeginning>({begin->epoch, std::move(*settings)}) : settings.error();
}

Result<RunFolder> forkRun(RunStore& store, const RunFolder& parent, const std::string& at,
                          const std::vector<Setting>& settings) {
    const Result<Begin> begin = beginningAt(parent, at);
    if (!begin)
        return begin.error();
    const Result<Experiment> then = settingsThen(parent, begin->state);
    Result<Experiment> began = parent.experimentAtStart();
    if (!then || !began)
        return then ? began.error() : then.error();
    std::vector<Setting> changes = settings;
    const Result<std::string> name = takeName(changes, *then);
    if (!name)
        return name.error();
    if (const Result<EditedExperiment> may = edited(*then, changes); !may)
        return may.error();
    if (const Result<Json> graph = parent.graph(); !graph)
        return graph.error();
    began->name = *name;
    Result<RunFolder> fork = store.create(*began);
    if (!fork)
        return fork;
    Result<RunMark> mark = RunMark::take(fork->path()); // so that nobody deletes it meanwhile
    const Result<void> filled = mark ? fill(parent, *fork, *begin, *then, changes) : Result<void>(mark.error());
    if (filled)
        return fork;
    static_cast<void>(store.discard(*fork, mark ? std::optional(std::move(*mark)) : std::nullopt));
    return filled.error();
}

Result<void> unmakeFork(RunStore& store, const RunFolder& fork) {
    return hasOwnHistory(fork) ? Result<void>() : store.remove(fork);
}

bool isHalfFork(const RunFolder& run) {
    std::error_code code;
    return fs::exists(run.path() / kHalf, code);
}

std::vector<Setting> settingsToBeginWith(const RunFolder& run) {
    const std::optional<RunParent> parent = parentOf(run);
    return !parent || parent->settings.empty() || hasOwnHistory(run) ? std::vector<Setting>() : parent->settings;
}

Result<void> forgetSettingsToBeginWith(const RunFolder& run) {
    std::optional<RunParent> parent = parentOf(run);
    if (!parent || settingsToBeginWith(run).empty())
        return {};
    parent->settings.clear();
    return writeParent(run, *parent);
}

Result<Experiment> experimentToTrain(const RunFolder& run) {
    Result<Experiment> experiment = run.experiment();
    const std::vector<Setting> settings = settingsToBeginWith(run);
    if (!experiment || settings.empty())
        return experiment;
    Result<EditedExperiment> next = edited(*experiment, settings);
    return next ? Result<Experiment>(std::move(next->experiment)) : experiment;
}

Result<void> writeParent(const RunFolder& run, const RunParent& parent) {
    Json json{{"run", parent.run}, {"epoch", parent.epoch}};
    for (const Setting& setting : parent.settings)
        json["settings"].push_back(Json::array({setting.path, setting.value}));
    return writeFileAtomically(run.path() / kParent, toText(json) + "\n");
}

std::optional<RunParent> parentOf(const RunFolder& run) {
    const Result<Json> json = readJsonFile(run.path() / kParent);
    if (!json || !json->is_object() || !json->value("run", Json()).is_string() ||
        !json->value("epoch", Json()).is_number_integer())
        return {};
    RunParent parent{(*json)["run"].get<std::string>(), (*json)["epoch"].get<int>()};
    for (const Json& setting : json->value("settings", Json::array()))
        if (setting.is_array() && setting.size() == 2 && setting[0].is_string() && setting[1].is_string())
            parent.settings.push_back({setting[0].get<std::string>(), setting[1].get<std::string>()});
    return parent;
}

} // namespace sightline
