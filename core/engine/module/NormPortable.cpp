// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/NormLoops.h"

namespace sightline::engine {

const NormLoopsOfTypes& normLoopsPortable(NormActivation activation) {
    return kNormLoops[static_cast<int>(activation)];
}

} // namespace sightline::engine
