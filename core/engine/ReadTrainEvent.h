// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "engine/TrainEvents.h"

namespace sightline {

/// A line of events.jsonl as the event it was; what the line does not keep is 0. Nothing where it is none.
std::optional<TrainEvent> trainEventFrom(const Json& json);

} // namespace sightline
