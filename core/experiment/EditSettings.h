// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "experiment/RunEdit.h"

namespace sightline {

/// The settings that make `wanted` of `now`, as far as they may change in a run: one for each value, not for a block.
std::vector<Setting> changesBetween(const Experiment& now, const Experiment& wanted);

/// `now` with what may change in a run as `wanted` has it.
Experiment changedTo(const Experiment& wanted, const Experiment& now);

/// What takes an edit { PATH: [old, new] } back.
std::vector<Setting> reverseOf(const Json& changes);

/// The newest of a run's edits, given in their order, that can be taken back: none that was already (an edit which is
/// the reverse of the one before it takes that back), and none whose values are not those of `now`. One after another
/// all can be.
std::optional<RecordedEdit> editToUndo(const std::vector<RecordedEdit>& edits, const Experiment& now);

/// An experiment that is being edited after a run was: it takes the new values where it still has those the run had
/// `before`. The changes name others as old: a learning rate that was reduced, a network's own dropout.
Experiment followed(const Experiment& experiment, const Experiment& before, const Json& changes);

} // namespace sightline
