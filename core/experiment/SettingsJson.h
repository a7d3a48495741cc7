// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "experiment/Experiment.h"
#include "support/Json.h"

namespace sightline {

/// The `data` and the `training` block of an experiment's document. What is left out keeps its value.
void read(JsonReader reader, DataSettings& data);
void read(JsonReader reader, TrainingSettings& training);

/// Table, split words, pattern, group and what was added to older versions are written only where they are set.
Json toJson(const DataSettings& data);
Json toJson(const TrainingSettings& training);

} // namespace sightline
