// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "network/GraphSpec.h"

namespace sightline {

/// A network of the zoo that timm has, too.
struct TimmNetwork {
    const char* ours;
    const char* architecture;       ///< timm's name
    double batchNormEpsilon = 1e-5; ///< what timm's batch-norms add to the variance
};

/// Null where timm has none of that name.
const TimmNetwork* timmNetwork(const std::string& ours);
const TimmNetwork* networkOfTimm(const std::string& architecture);

} // namespace sightline
