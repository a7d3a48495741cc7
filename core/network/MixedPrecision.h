// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "experiment/Experiment.h"
#include "network/GraphSpec.h"

namespace sightline {

/// Whether bfloat16 pays here: asked for, or automatic on a CPU that computes it and a network whose operations are
/// fast in it; few convolutions with several channels a group, which stay in float32, do no harm.
bool usesBf16(Precision precision, const GraphSpec& spec);

} // namespace sightline
