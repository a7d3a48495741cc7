// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/WarpJob.h"

namespace sightline {

void warpWith(InstructionSet set, const WarpJob& job) {
    switch (set) {
    case InstructionSet::Avx512:
        return warpAvx512(job);
    case InstructionSet::Avx2:
        return warpAvx2(job);
    case InstructionSet::Portable:
        return warpPortable(job);
    }
}

} // namespace sightline
