// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/EditFold.h"

#include <iterator>
#include <string>

namespace sightline {

namespace {

bool liesIn(std::string_view path, std::string_view block) {
    return path.size() > block.size() && path.starts_with(block) && path[block.size()] == '.';
}

/// Puts a part into the block that a change [old, new] sets; false where it sets none.
bool takesPart(Json& change, std::string_view part, const Json& value) {
    if (!change.is_array() || change.size() != 2 || !change[1].is_object())
        return false;
    if (!value.is_null())
        return setJsonPath(change[1], part, toText(value, -1)).ok();
    leaveOut(change[1], part);
    return true;
}

} // namespace

void leaveOut(Json& document, std::string_view path) {
    Json* place = &document;
    for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
        const auto next = place->find(std::string(path.substr(0, dot)));
        if (next == place->end() || !next->is_object())
            return;
        place = &*next;
        path.remove_prefix(dot + 1);
    }
    if (place->is_object())
        place->erase(std::string(path));
}

void giveWay(Json& changes, const Json& stronger) {
    for (const auto& [path, values] : stronger.items()) {
        const Json value = values.is_array() && values.size() == 2 ? values[1] : Json();
        for (auto change = changes.begin(); change != changes.end();) {
            const std::string& own = change.key();
            const bool stays = own != path && !liesIn(own, path) &&
                               (!liesIn(path, own) || takesPart(*change, path.substr(own.size() + 1), value));
            change = stays ? std::next(change) : changes.erase(change);
        }
    }
}

Result<Experiment> withEdits(const Experiment& began, const std::vector<RecordedEdit>& edits) {
    Result<Experiment> now = began;
    for (const RecordedEdit& edit : editsAfter(edits, {-1, 0})) // all
        if (now)
            now = withChanges(*now, edit.changes);
    return now;
}

} // namespace sightline
