// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/GroupFolder.h"

#include "support/Files.h"
#include "support/JsonFields.h"

namespace sightline {

std::filesystem::path groupFolder(const std::filesystem::path& home, const std::string& id) {
    return home / "groups" / id;
}

std::optional<RunGroup::Kind> kindOfGroup(const std::filesystem::path& home, const std::string& id) {
    if (id.empty() || id == ".." || id.find('/') != std::string::npos)
        return std::nullopt;
    const auto json = readJsonFile(groupFolder(home, id) / "group.json");
    std::string kind;
    if (json)
        JsonFields(*json).read("kind", kind);
    const auto group = runGroupFrom({{"id", id}, {"kind", kind}});
    return group ? std::optional(group->kind) : std::nullopt;
}

} // namespace sightline
