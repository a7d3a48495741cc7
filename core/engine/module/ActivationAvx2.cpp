// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/ActivationLoops.h"

namespace sightline::engine {

const ActivationLoops& activationLoopsAvx2(SmoothActivation activation) {
    return kLoops[static_cast<int>(activation)];
}

} // namespace sightline::engine
