// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunAbout.h"

#include "support/Files.h"
#include "support/Json.h"
#include "support/Words.h"

namespace sightline {

namespace {

void read(const Json& json, const char* key, std::string& text) {
    if (const auto value = json.find(key); value != json.end() && value->is_string())
        text = value->get<std::string>();
}

void read(const Json& json, const char* key, bool& flag) {
    if (const auto value = json.find(key); value != json.end() && value->is_boolean())
        flag = value->get<bool>();
}

} // namespace

RunAbout readAbout(const std::filesystem::path& runFolder) {
    RunAbout about;
    const auto json = readJsonFile(runFolder / "about.json");
    if (!json || !json->is_object())
        return about;
    read(*json, "name", about.name);
    read(*json, "note", about.note);
    read(*json, "starred", about.starred);
    read(*json, "archived", about.archived);
    if (const auto tags = json->find("tags"); tags != json->end() && tags->is_array())
        for (const Json& tag : *tags)
            if (tag.is_string())
                about.tags.push_back(tag.get<std::string>());
    return about;
}

Result<void> writeAbout(const std::filesystem::path& runFolder, const RunAbout& about) {
    return writeFileAtomically(runFolder / "about.json", toText(Json{{"name", about.name},
                                                                     {"note", about.note},
                                                                     {"tags", about.tags},
                                                                     {"starred", about.starred},
                                                                     {"archived", about.archived}}) +
                                                             "\n");
}

Result<void> checkTag(const std::string& tag) {
    constexpr std::size_t kLongest = 64;
    const bool isWord =
        !tag.empty() && tag.size() <= kLongest &&
        std::all_of(tag.begin(), tag.end(), [](unsigned char c) { return c > ' ' && c != ',' && c != 127; });
    if (isWord)
        return {};
    return badInput("A tag is one word of at most 64 characters, without blanks and commas: " + shown(tag) +
                    " is not.");
}

} // namespace sightline
