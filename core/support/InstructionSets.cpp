// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/InstructionSets.h"

namespace sightline {

const char* nameOf(InstructionSet set) {
    switch (set) {
    case InstructionSet::Avx2:
        return "AVX2";
    case InstructionSet::Avx512:
        return "AVX-512";
    case InstructionSet::Portable:
        break;
    }
    return "portable";
}

std::vector<InstructionSet> instructionSets() {
    std::vector<InstructionSet> sets = {InstructionSet::Portable};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        sets.push_back(InstructionSet::Avx2);
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        sets.push_back(InstructionSet::Avx512);
#endif
    return sets;
}

} // namespace sightline
