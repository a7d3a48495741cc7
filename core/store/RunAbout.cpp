// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunAbout.h"

#include <algorithm>

#include "support/Files.h"
#include "support/JsonFields.h"
#include "support/Words.h"

namespace sightline {

RunAbout readAbout(const std::filesystem::path& runFolder) {
    RunAbout about;
    const auto json = readJsonFile(runFolder / "about.json");
    if (!json)
        return about;
    const JsonFields fields(*json);
    fields.read("name", about.name);
    fields.read("note", about.note);
    fields.read("tags", about.tags);
    fields.read("starred", about.starred);
    fields.read("archived", about.archived);
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
