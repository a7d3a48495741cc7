// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunGroup.h"

#include <array>

#include "support/Files.h"

namespace sightline {

namespace {
constexpr std::array kKinds{"folds", "search", "table"};
}

Json toJson(const RunGroup& group) {
    return {{"id", group.id},
            {"kind", kKinds[static_cast<std::size_t>(group.kind)]},
            {"name", group.name},
            {"member", group.member}};
}

std::optional<RunGroup> runGroupFrom(const Json& json) {
    if (!json.is_object())
        return std::nullopt;
    const auto text = [&](const char* key) {
        const auto value = json.find(key);
        return value != json.end() && value->is_string() ? value->get<std::string>() : std::string();
    };
    RunGroup group{text("id"), {}, text("name"), text("member")};
    const std::string kind = text("kind");
    for (std::size_t i = 0; i < kKinds.size(); ++i)
        if (kind == kKinds[i] && !group.id.empty()) {
            group.kind = static_cast<RunGroup::Kind>(i);
            return group;
        }
    return std::nullopt;
}

std::optional<RunGroup> readGroup(const std::filesystem::path& runFolder) {
    const auto json = readJsonFile(runFolder / "group.json");
    return json ? runGroupFrom(*json) : std::nullopt;
}

Result<void> writeGroup(const std::filesystem::path& runFolder, const RunGroup& group) {
    return writeFileAtomically(runFolder / "group.json", toText(toJson(group)) + "\n");
}

} // namespace sightline
