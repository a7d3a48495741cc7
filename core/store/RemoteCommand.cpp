// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RemoteCommand.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <random>
#include <thread>
#include <unistd.h>
#include <utility>

#include "store/RunMark.h"
#include "support/Files.h"
#include "support/Json.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

using Kind = RemoteCommand::Kind;
constexpr std::array<std::pair<const char*, Kind>, 8> kNames{{{"pause", Kind::Pause},
                                                              {"resume", Kind::Resume},
                                                              {"stop", Kind::Stop},
                                                              {"stop-after-epoch", Kind::StopAfterEpoch},
                                                              {"go-on-after-epoch", Kind::GoOnAfterEpoch},
                                                              {"save", Kind::Save},
                                                              {"set", Kind::Edit},
                                                              {"look", Kind::Look}}};
constexpr const char* kAsked = ".command.json";
constexpr const char* kTaken = ".taken.json";
constexpr const char* kAnswer = ".answer.json";
constexpr const char* kAttached = ".attached";
constexpr int kLooks = 20;                        ///< for a lost command: a shared home shows changes late
constexpr std::uintmax_t kMost = 1 << 20;         ///< bytes of a command
constexpr std::uintmax_t kMostAttached = 1 << 30; ///< bytes

fs::path folderOf(const fs::path& run) {
    return run / "control";
}

/// Sorts by time; no two are the same.
std::string newName() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    char text[64];
    std::snprintf(text, sizeof text, "%020lld-%ld-%u",
                  static_cast<long long>(std::chrono::duration_cast<std::chrono::microseconds>(now).count()),
                  static_cast<long>(::getpid()), std::random_device{}());
    return text;
}

const char* nameOf(Kind kind) {
    for (const auto& [name, known] : kNames)
        if (known == kind)
            return name;
    return "";
}

Json toJson(const RemoteCommand& command) {
    Json json = {{"command", nameOf(command.kind)}, {"settings", Json::array()}};
    for (const Setting& setting : command.settings)
        json["settings"].push_back({{"path", setting.path}, {"value", setting.value}});
    return json;
}

Result<RemoteCommand> commandIn(const fs::path& file) {
    const Result<std::string> text = readFile(file, kMost);
    if (!text)
        return text.error();
    const Result<Json> json = parseJson(*text, file.string());
    const auto isText = [](const Json& of, const char* key) {
        return of.is_object() && of.contains(key) && of[key].is_string();
    };
    const Error odd = badInput(file.string() + " is not a command for a run.");
    if (!json || !isText(*json, "command"))
        return odd;
    const std::optional<Kind> kind = remoteCommandNamed((*json)["command"].get<std::string>());
    if (!kind)
        return odd;
    RemoteCommand command{*kind};
    const Json settings = json->value("settings", Json::array());
    if (!settings.is_array())
        return odd;
    for (const Json& setting : settings) {
        if (!isText(setting, "path") || !isText(setting, "value"))
            return odd;
        command.settings.push_back({setting["path"].get<std::string>(), setting["value"].get<std::string>()});
    }
    return command;
}

Result<void> answerIn(const fs::path& file) {
    const Result<std::string> text = readFile(file, kMost);
    const Result<Json> json = text ? parseJson(*text, file.string()) : text.error();
    if (!json || !json->is_object())
        return Error{"The run's answer in " + file.string() + " cannot be understood."};
    if (json->value("done", Json()) == true)
        return {};
    const Json why = json->value("why", Json());
    return Error{why.is_string() ? why.get<std::string>() : "The run refused.",
                 json->value("bad_input", Json()) == true ? ErrorKind::BadInput : ErrorKind::Failed};
}

Error notInProgress(const fs::path& run) {
    return {"The run " + run.filename().string() + " is not in progress."};
}

std::vector<fs::path> filesIn(const fs::path& folder, const std::string& ending) {
    std::vector<fs::path> files;
    std::error_code code;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code))
        if (entry->path().filename().string().ends_with(ending))
            files.push_back(entry->path());
    std::sort(files.begin(), files.end());
    return files;
}

} // namespace

std::optional<Kind> remoteCommandNamed(const std::string& name) {
    for (const auto& [known, kind] : kNames)
        if (known == name)
            return kind;
    return {};
}

namespace {

/// What is attached to an answer.
Result<std::string> takeAttached(const fs::path& file) {
    std::error_code code;
    if (!fs::exists(file, code))
        return std::string();
    Result<std::string> bytes = readFile(file, kMostAttached);
    fs::remove(file, code);
    return bytes;
}

/// Gives what is attached to the answer.
Result<std::string> ask(const fs::path& runFolder, const RemoteCommand& command, std::chrono::milliseconds patience,
                        const std::stop_token& stop) {
    if (!ownerOf(runFolder))
        return notInProgress(runFolder);
    if (const Result<void> made = makeFolder(folderOf(runFolder)); !made)
        return made.error();
    const fs::path name = folderOf(runFolder) / newName();
    const fs::path asked = name.string() + kAsked, taken = name.string() + kTaken, answer = name.string() + kAnswer;
    if (const Result<void> written = writeFileAtomically(asked, toText(toJson(command), -1)); !written)
        return written.error();
    const auto end = std::chrono::steady_clock::now() + patience;
    std::error_code code;
    for (int lost = 0;;) {
        const bool lives = ownerOf(runFolder).has_value(); // before looking: an answer may be its last act
        if (fs::exists(answer, code)) {
            const Result<void> result = answerIn(answer);
            fs::remove(answer, code);
            Result<std::string> attached = takeAttached(name.string() + kAttached);
            return result ? std::move(attached) : result.error();
        }
        if (!lives) {
            fs::remove(asked, code);
            return notInProgress(runFolder);
        }
        // The answer last: it is written before the command goes.
        lost = fs::exists(asked, code) || fs::exists(taken, code) || fs::exists(answer, code) ? 0 : lost + 1;
        if (lost == kLooks)
            return Error{"The run " + runFolder.filename().string() +
                         " lost this command; see whether it obeyed, or ask again."};
        const bool isLate = std::chrono::steady_clock::now() >= end;
        if (command.kind == Kind::Look && (isLate || stop.stop_requested())) {
            fs::remove(asked, code);
            fs::remove(taken, code);
        }
        if (stop.stop_requested())
            return cancelled();
        if (isLate)
            return Error{"The run " + runFolder.filename().string() +
                         " has not answered yet; it will at its next batch."};
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

} // namespace

Result<void> sendCommand(const fs::path& runFolder, const RemoteCommand& command, std::chrono::milliseconds patience,
                         std::stop_token stop) {
    const Result<std::string> answered = ask(runFolder, command, patience, stop);
    return answered ? Result<void>() : answered.error();
}

Result<std::string> lookAt(const fs::path& runFolder, std::chrono::milliseconds patience, std::stop_token stop) {
    return ask(runFolder, {Kind::Look}, patience, stop);
}

std::vector<ReceivedCommand> receiveCommands(const fs::path& runFolder) {
    std::vector<ReceivedCommand> received;
    for (const fs::path& file : filesIn(folderOf(runFolder), kAsked)) {
        const std::string text = file.string();
        const fs::path taken = text.substr(0, text.size() - std::string(kAsked).size()) + kTaken;
        std::error_code code;
        fs::rename(file, taken, code);
        if (!code)
            received.push_back({taken, commandIn(taken)});
    }
    return received;
}

void answerCommand(const ReceivedCommand& received, const Result<void>& answer, const std::string& attached) {
    std::error_code code;
    if (!fs::exists(received.file, code)) // nobody waits for it
        return;
    Json json = {{"done", answer.ok()}};
    if (!answer) {
        json["why"] = answer.error().message;
        json["bad_input"] = answer.error().kind == ErrorKind::BadInput;
    }
    const std::string text = received.file.string(), name = text.substr(0, text.size() - std::string(kTaken).size());
    if (!attached.empty()) // before the answer, which whoever asked waits for
        static_cast<void>(writeFileAtomically(name + kAttached, attached));
    static_cast<void>(writeFileAtomically(name + kAnswer, toText(json, -1)));
    fs::remove(received.file, code);
}

void forgetCommands(const fs::path& runFolder) {
    std::error_code code;
    fs::remove_all(folderOf(runFolder), code);
}

std::vector<fs::path> leftCommands(const fs::path& runFolder) {
    return filesIn(folderOf(runFolder), {});
}

void forgetCommands(const std::vector<fs::path>& left) {
    std::error_code code;
    for (const fs::path& file : left)
        fs::remove(file, code);
}

} // namespace sightline
