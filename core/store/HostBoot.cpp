// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/HostBoot.h"

#include <unistd.h>

#include <array>
#include <cctype>

#include "support/Files.h"
#include "support/Json.h"
#include "support/NetworkFiles.h"
#include "support/SystemFiles.h"

namespace sightline {

namespace {

std::filesystem::path fileOf(const std::filesystem::path& home, const HostBoot& of) {
    std::string name = of.machine.empty() ? of.host : of.machine;
    for (char& letter : name)
        if (!std::isalnum(static_cast<unsigned char>(letter)) && letter != '-' && letter != '_')
            letter = '_';
    return home / "hosts" / (name.substr(0, 100) + ".json");
}

std::string textIn(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Empty fields where there is no word of it.
HostBoot noted(const std::filesystem::path& home, const HostBoot& of) {
    const Result<Json> json = readJsonFile(fileOf(home, of), 65536);
    if (!json || !json->is_object())
        return {};
    return {textIn(*json, "host"), textIn(*json, "machine"), textIn(*json, "boot")};
}

} // namespace

HostBoot hostBootHere() {
    std::array<char, 256> name{};
    const bool isNamed = ::gethostname(name.data(), name.size() - 1) == 0;
    return {isNamed ? std::string(name.data()) : std::string(), firstLine("/etc/machine-id"),
            firstLine("/proc/sys/kernel/random/boot_id")};
}

void noteHostBoot(const std::filesystem::path& home) {
    if (!isOnNetwork(home))
        return;
    const HostBoot here = hostBootHere();
    const HostBoot before = noted(home, here);
    if (here.boot.empty() || (before.host == here.host && before.boot == here.boot))
        return;
    if (makeFolder(home / "hosts"))
        static_cast<void>(writeFileAtomically(
            fileOf(home, here),
            toText(Json{{"host", here.host}, {"machine", here.machine}, {"boot", here.boot}}) + "\n"));
}

bool hasRestarted(const std::filesystem::path& home, const HostBoot& then) {
    const HostBoot now = noted(home, then);
    return !then.boot.empty() && !now.boot.empty() && now.host == then.host && now.machine == then.machine &&
           now.boot != then.boot;
}

} // namespace sightline
