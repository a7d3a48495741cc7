// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "metrics/Metrics.h"
#include "support/Json.h"

namespace sightline {

/// An epoch as events.jsonl and a checkpoint keep it, CLI.md's names.
Json toJson(const EpochMetrics& metrics);
/// What is missing or odd is 0, of losses and accuracies NaN; NaN is written as null.
EpochMetrics epochFrom(const Json& json);

} // namespace sightline
