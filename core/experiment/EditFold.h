// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>
#include <vector>

#include "experiment/RunEdit.h"

namespace sightline {

/// What is left out of an experiment's document counts as its default.
void leaveOut(Json& document, std::string_view path);

/// Takes from an edit's changes { PATH: [old, new] } what another one's, which hold against them, leave nothing of: the
/// same settings, and parts of a block that the other one sets. Where the other one names a part of a block that is set
/// here, the block has it as named.
void giveWay(Json& changes, const Json& stronger);

/// A run's settings after its edits, which are given in the order they were made: each holds from its place on, and
/// what was edited after the run had gone back holds against what came after that place before. Errors: an edit is
/// none.
Result<Experiment> withEdits(const Experiment& began, const std::vector<RecordedEdit>& edits);

} // namespace sightline
