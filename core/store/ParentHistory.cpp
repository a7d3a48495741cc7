// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/ParentHistory.h"

#include <fstream>
#include <string>
#include <system_error>

#include "store/RunEvents.h"
#include "store/RunFork.h"
#include "support/Files.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr const char* kLeft = "parent-events.jsonl";

std::string epochLines(const fs::path& events) {
    std::ifstream stream(events, std::ios::binary);
    std::string line, lines;
    while (std::getline(stream, line))
        if (line.starts_with("{\"type\":\"epoch\","))
            lines += line + "\n";
    return lines;
}

} // namespace

std::vector<EpochMetrics> historyOfParent(const RunFolder& fork) {
    const std::optional<RunParent> parent = parentOf(fork);
    if (!parent)
        return {};
    std::error_code code;
    if (const fs::path beside = fork.path().parent_path() / parent->run; fs::exists(beside, code))
        return readRunEvents(beside / "events.jsonl").epochs;
    if (fs::exists(fork.path() / kLeft, code))
        return readRunEvents(fork.path() / kLeft).epochs;
    std::vector<EpochMetrics> own = readRunEvents(fork.path() / "events.jsonl").epochs;
    std::erase_if(own, [&](const EpochMetrics& epoch) { return epoch.epoch > parent->epoch; });
    return own;
}

void leaveHistoryToForks(const RunFolder& parent, const fs::path& runs) {
    std::error_code code;
    for (fs::directory_iterator entry(runs, code), end; !code && entry != end; entry.increment(code)) {
        const std::optional<RunParent> of = parentOf(RunFolder(entry->path()));
        if (of && of->run == parent.id())
            static_cast<void>(writeFileAtomically(entry->path() / kLeft, epochLines(parent.path() / "events.jsonl")));
    }
}

} // namespace sightline
