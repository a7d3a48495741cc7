// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "Commands.h"
#include "engine/device/Devices.h"
#include "support/Download.h"

namespace sightline::cli {

namespace {

Json bytesOrNull(const std::optional<std::uint64_t>& bytes) {
    return bytes ? Json(*bytes) : Json();
}

Json described(const Device& device) {
    return {{"name", device.name},
            {"kind", device.kind},
            {"memory_bytes", bytesOrNull(device.memoryBytes)},
            {"free_bytes", bytesOrNull(device.freeBytes)},
            {"usable", device.usable},
            {"reason", device.reason}};
}

/// "cuda:0  NVIDIA H200, 150.8 GB, 150.1 GB free", and below it why it is not used. `number`: among those of its kind.
void print(const Device& device, int number) {
    std::string line = device.name;
    if (device.memoryBytes)
        line += ", " + bytesText(*device.memoryBytes);
    if (device.freeBytes)
        line += ", " + bytesText(*device.freeBytes) + " free";
    const std::string place = device.kind == "cpu" ? device.kind : device.kind + ":" + std::to_string(number);
    std::printf("%-8s %s\n", place.c_str(), line.c_str());
    if (!device.usable)
        std::printf("%-8s not used: %s\n", "", device.reason.c_str());
}

int run(bool json) {
    Json list = Json::array();
    std::map<std::string, int> ofKind;
    for (const Device& device : devices()) {
        if (json)
            list.push_back(described(device));
        else
            print(device, ofKind[device.kind]++);
    }
    if (json)
        printJson(list);
    return 0;
}

} // namespace

void addDevices(CLI::App& app, Context& context) {
    auto json = std::make_shared<bool>(false);
    CLI::App* command = app.add_subcommand(
        "devices", "What this machine has to compute on: processor and graphics cards, and why one is not used");
    command->add_flag("--json", *json, "Print a list of { name, kind, memory_bytes, free_bytes, usable, reason }");
    command->callback([json, &context] { context.chosen = [json] { return run(*json); }; });
}

} // namespace sightline::cli
