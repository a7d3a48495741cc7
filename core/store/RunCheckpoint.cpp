// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunCheckpoint.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "store/BestCheckpoint.h"
#include "store/RunState.h"
#include "store/WeightsDigest.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

bool isFile(const fs::path& file) {
    std::error_code code;
    return fs::is_regular_file(file, code);
}

int numberIn(const std::string& text) {
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

KeptCheckpoint aboutOf(const fs::path& file, const SafetensorsFile& opened) {
    KeptCheckpoint kept{file};
    if (const std::optional<Json> state = runStateIn(opened)) {
        const auto take = [&](const char* key, int& number) {
            if (const auto found = state->find(key); found != state->end() && found->is_number_integer())
                number = found->get<int>();
        };
        kept.resumable = true;
        take("epoch", kept.epoch);
        take("batch", kept.batch);
    }
    if (const auto epoch = opened.metadata().find("epoch"); kept.epoch == 0 && epoch != opened.metadata().end())
        kept.epoch = numberIn(epoch->second);
    return kept;
}

std::string epochName(int epoch) {
    const std::string number = std::to_string(epoch);
    return "epoch-" + std::string(number.size() < 4 ? 4 - number.size() : 0, '0') + number + ".safetensors";
}

/// Headers and lengths say only that they are whole.
std::optional<KeptCheckpoint> firstAsWritten(const std::vector<KeptCheckpoint>& whole) {
    const auto first = std::find_if(whole.begin(), whole.end(), [](const KeptCheckpoint& one) {
        return static_cast<bool>(openAsWritten(one.file));
    });
    return first == whole.end() ? std::nullopt : std::optional(*first);
}

Result<ChosenCheckpoint> epochAsked(const fs::path& runFolder, const std::string& which) {
    if (which.empty() || which.size() > 6 || which.find_first_not_of("0123456789") != std::string::npos)
        return badInput("The checkpoint " + shown(which) + " is not best, last or the number of an epoch.");
    const std::string number = std::to_string(numberIn(which));
    const fs::path file = runFolder / "checkpoints" / epochName(numberIn(which));
    if (isFile(file))
        return ChosenCheckpoint{file, {}};
    const std::optional<fs::path> same = checkpointAfter(runFolder, numberIn(which)); // best or last
    if (!same) {
        std::string others;
        for (const KeptCheckpoint& kept : wholeCheckpoints(runFolder))
            if (kept.file.stem().string().starts_with("epoch-"))
                others += std::to_string(kept.epoch) + ", ";
        return badInput("The run " + runFolder.filename().string() + " has no checkpoint of epoch " + number +
                        "; use " + others + "best or last.");
    }
    return ChosenCheckpoint{*same, {}};
}

} // namespace

std::vector<KeptCheckpoint> wholeCheckpoints(const fs::path& runFolder) {
    std::vector<KeptCheckpoint> kept;
    std::error_code code;
    for (fs::directory_iterator entry(runFolder / "checkpoints", code), end; !code && entry != end;
         entry.increment(code)) {
        const std::string name = entry->path().filename().string();
        if (name != "last.safetensors" && name != "previous.safetensors" && name != "boundary.safetensors" &&
            name != "best.safetensors" && !(name.starts_with("epoch-") && name.ends_with(".safetensors")))
            continue;
        if (const Result<SafetensorsFile> opened = SafetensorsFile::open(entry->path()))
            kept.push_back(aboutOf(entry->path(), *opened));
    }
    const auto rank = [](const KeptCheckpoint& one) {
        return std::tuple(-one.epoch, -one.batch, !one.resumable, one.file.filename() != "last.safetensors",
                          one.file.filename());
    };
    std::sort(kept.begin(), kept.end(),
              [&](const KeptCheckpoint& a, const KeptCheckpoint& b) { return rank(a) < rank(b); });
    return kept;
}

std::optional<KeptCheckpoint> checkpointToResume(const fs::path& runFolder) {
    std::vector<KeptCheckpoint> kept = wholeCheckpoints(runFolder);
    std::stable_partition(kept.begin(), kept.end(), [](const KeptCheckpoint& one) { return one.resumable; });
    return firstAsWritten(kept);
}

Result<ChosenCheckpoint> chooseCheckpoint(const fs::path& runFolder, const std::string& which) {
    const fs::path folder = runFolder / "checkpoints";
    if (which != "best" && which != "last")
        return epochAsked(runFolder, which);
    fs::path asked = folder / "best.safetensors";
    if (which == "last" || !isFile(asked))
        asked = isFile(folder / "restored.safetensors") ? folder / "restored.safetensors" : folder / "last.safetensors";
    if (openAsWritten(asked))
        return ChosenCheckpoint{asked, {}};
    const std::string run = "The run " + runFolder.filename().string();
    const std::optional<KeptCheckpoint> whole = firstAsWritten(wholeCheckpoints(runFolder));
    if (isFile(asked) && whole)
        return ChosenCheckpoint{whole->file, "The checkpoint " + asked.string() + " is damaged; " +
                                                 whole->file.filename().string() + " (epoch " +
                                                 std::to_string(whole->epoch) + ") is used instead."};
    if (!isFile(asked) && !whole)
        return badInput(run + " has no checkpoint yet (" + asked.string() + " is missing).");
    if (!isFile(asked))
        return ChosenCheckpoint{whole->file, {}};
    return badInput(run + " has no checkpoint that can be read: " + asked.string() +
                    " is damaged, and no other is intact.");
}

} // namespace sightline
