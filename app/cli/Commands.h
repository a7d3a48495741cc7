// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Command.h"

namespace sightline::cli {

// Every command of the program, in the order --help shows them. One line here, one file each, one line in CMakeLists.txt.

inline constexpr AddCommand kCommands[] = {
    nullptr,
};

} // namespace sightline::cli
