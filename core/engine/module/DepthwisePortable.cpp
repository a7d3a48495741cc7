// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/DepthwiseLoops.h"

namespace sightline::engine {

const DepthwiseLoopsOfTypes& depthwiseLoopsPortable() {
    return kDepthwiseLoops;
}

} // namespace sightline::engine
