// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/PoolLoops.h"

namespace sightline::engine {

const PoolLoopsOfTypes& poolLoopsAvx512() {
    return kPoolLoops;
}

} // namespace sightline::engine
