// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "support/Result.h"

namespace sightline {

/// Loads a library of ours that lies beside this one, in the build folder and when installed; for good. The error says
/// why not.
Result<void*> loadLibraryBeside(const std::string& file);
/// A function of it; null where it has none of that name.
void* functionOf(void* library, const char* name);

} // namespace sightline
