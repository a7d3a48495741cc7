// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "metrics/UnknownRule.h"

namespace sightline {

/// What tells images of none of the classes? Fitted on training and validation images of the run the first time, then
/// read from its folder. Of a run only; one without validation images has none.
struct UnknownRuleQuestion {
    using Answer = UnknownRule;
    std::string dataPath = {}; ///< where the run's images are now; empty: where the run says
};

} // namespace sightline
