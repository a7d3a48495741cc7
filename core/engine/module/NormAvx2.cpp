// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/NormLoops.h"

namespace sightline::engine {

const NormLoopsOfTypes& normLoopsAvx2(NormActivation activation) {
    return kNormLoops[static_cast<int>(activation)];
}

} // namespace sightline::engine
