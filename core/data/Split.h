// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "data/Dataset.h"

namespace sightline {

/// Fills Sample::group and Dataset::groups by `settings.group` (a reader of tables has done it for a column). Groups
/// that the source's own splits tear apart become problems. Errors: a bad pattern, a column where there is no table.
Result<void> assignGroups(Dataset& dataset, const DataSettings& settings);

/// Moves a share of train to validation; the rest keeps its order.
///
/// Without groups each class gives int(f n) of its n images: the first (Keras), or drawn from the seed. With groups
/// whole groups move: taken in the order of their first image (or drawn from the seed), one moves where that brings the
/// classes' counts nearer to int(f n) in sum. Where none would, the smallest moves, so that there is a validation at
/// all.
void splitValidation(Dataset& dataset, const DataSettings& settings, std::uint64_t seed);

/// What names suggest where many images share a stem with running numbers (patient012_3.png), or lie in many more
/// folders than there are classes (ill/patient012/3.png): a pattern for `data.group.pattern`, and a sentence about it.
/// Nothing where each class has just one stem (cat.12.jpg) or folder.
struct GroupSuggestion {
    std::string pattern, example, message; ///< example: one stem or folder
};
std::optional<GroupSuggestion> suggestGroups(const Dataset& dataset);

} // namespace sightline
