// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "experiment/RunEdit.h"
#include "store/RunFolder.h"

namespace sightline {

/// What happened to a run up to a checkpoint, as lines of events.jsonl: its epochs, where the learning rate fell, and
/// its edits, which make of the settings it began with those it had `then`, as the checkpoint says. Where it had
/// `stoppedEarly` there, none of its patience is used any more.
Result<std::string> eventsUpTo(const RunFolder& parent, RunPlace place, const Experiment& then, bool stoppedEarly);

/// Whether a fork has come to anything since it began: it was edited, or has a checkpoint or an epoch that it has not
/// from its parent.
bool hasOwnHistory(const RunFolder& fork);

} // namespace sightline
