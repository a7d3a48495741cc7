// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/EditSettings.h"

namespace sightline {

namespace {

const Json& partOf(const Json& block, const std::string& key) {
    static const Json absent;
    const auto found = block.is_object() ? block.find(key) : block.end();
    return found == block.end() ? absent : *found;
}

Json partAt(const Json& pair, std::size_t place) {
    return pair.is_array() && place < pair.size() ? pair[place] : Json();
}

/// Null takes the value away: what is left out counts as its default.
void put(Json& document, std::string_view path, const Json& value) {
    Json* place = &document;
    for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
        place = &(*place)[std::string(path.substr(0, dot))];
        path.remove_prefix(dot + 1);
    }
    if (!value.is_null())
        (*place)[std::string(path)] = value;
    else if (place->is_object())
        place->erase(std::string(path));
}

/// Impossible values too: they are somebody's wish.
Experiment readBack(const Json& document) {
    std::vector<Problem> found;
    return experimentFromJson(document, found);
}

void compare(const std::string& path, const Json& now, const Json& wanted, std::vector<Setting>& found) {
    if (now == wanted)
        return;
    if (!now.is_object() || !wanted.is_object()) {
        found.push_back({path, toText(wanted, -1)});
        return;
    }
    for (const auto& [key, value] : now.items())
        compare(path + "." + key, value, partOf(wanted, key), found);
    for (const auto& [key, value] : wanted.items())
        if (!now.contains(key))
            found.push_back({path + "." + key, toText(value, -1)});
}

bool takesBack(const Json& changes, const Json& earlier) {
    const Json::const_iterator end = earlier.end();
    if (changes.size() != earlier.size())
        return false;
    for (const auto& [path, values] : changes.items()) {
        const auto before = earlier.find(path);
        if (before == end || values != Json::array({partAt(*before, 1), partAt(*before, 0)}))
            return false;
    }
    return true;
}

/// What was only named, against an edit that was to come.
bool changesNothing(const Json& changes) {
    for (const auto& [path, values] : changes.items())
        if (partAt(values, 0) != partAt(values, 1))
            return false;
    return true;
}

bool holds(const Json& document, const Json& changes) {
    for (const auto& [path, values] : changes.items())
        if (settingIn(document, path) != partAt(values, 1))
            return false;
    return true;
}

} // namespace

std::vector<Setting> changesBetween(const Experiment& now, const Experiment& wanted) {
    const Json before = changeableSettings(now), after = changeableSettings(wanted);
    std::vector<Setting> found;
    for (const auto& [path, value] : before.items())
        compare(path, value, after[path], found);
    return found;
}

Experiment changedTo(const Experiment& wanted, const Experiment& now) {
    Json document = toJson(now);
    const Json values = changeableSettings(wanted);
    for (const auto& [path, value] : values.items())
        put(document, path, value);
    return readBack(document);
}

std::vector<Setting> reverseOf(const Json& changes) {
    std::vector<Setting> settings;
    for (const auto& [path, values] : changes.items())
        if (values.is_array() && values.size() == 2)
            settings.push_back({path, toText(values[0], -1)});
    return settings;
}

std::optional<RecordedEdit> editToUndo(const std::vector<RecordedEdit>& edits, const Experiment& now) {
    std::vector<const RecordedEdit*> standing;
    for (const RecordedEdit& edit : edits)
        if (!standing.empty() && takesBack(edit.changes, standing.back()->changes))
            standing.pop_back();
        else if (!changesNothing(edit.changes))
            standing.push_back(&edit);
    const Json document = toJson(now);
    while (!standing.empty() && !holds(document, standing.back()->changes))
        standing.pop_back();
    return standing.empty() ? std::nullopt : std::optional(*standing.back());
}

Experiment followed(const Experiment& experiment, const Experiment& before, const Json& changes) {
    Json document = toJson(experiment);
    const Json was = toJson(before);
    for (const auto& [path, values] : changes.items())
        if (values.is_array() && values.size() == 2 && settingIn(document, path) == settingIn(was, path))
            put(document, path, values[1]);
    return readBack(document);
}

} // namespace sightline
