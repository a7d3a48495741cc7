// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunGroup.h"

#include <array>

#include "support/Files.h"
#include "support/JsonFields.h"

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
    const JsonFields fields(json);
    RunGroup group;
    std::string kind;
    fields.read("id", group.id);
    fields.read("name", group.name);
    fields.read("member", group.member);
    fields.read("kind", kind);
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
