// SPDX-License-Identifier: GPL-3.0-or-later
#include "FoldsNamed.h"

#include "search/SearchTable.h"
#include "store/GroupFolder.h"

namespace sightline::cli {

Result<std::optional<std::string>> foldsNamed(RunStore& store, const std::string& given) {
    const Result<std::string> group = findGroup(store, given);
    if (!group || (*group != given && group->starts_with(given)))
        return std::optional<std::string>();
    if (kindOfGroup(store.home(), *group) != RunGroup::Kind::Folds)
        return badInput(*group + " is no group of folds; give one of its runs.");
    return std::optional(*group);
}

} // namespace sightline::cli
