// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace sightline {

/// What our kernels are compiled for besides the processors the rest assumes. Avx2 is AVX2 with FMA; Avx512 is F, BW,
/// DQ and VL.
enum class InstructionSet { Portable, Avx2, Avx512 };
const char* nameOf(InstructionSet set);
/// Those this processor has, slowest first.
std::vector<InstructionSet> instructionSets();

} // namespace sightline
