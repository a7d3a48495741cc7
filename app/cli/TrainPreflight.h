// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "ExperimentOptions.h"

namespace sightline::cli {

/// train --check: tries all that a run would do and says what it found; no run is made. `out`, where it is not empty,
/// is where its batch is shown (BatchFiles). The exit code.
int preflight(const ExperimentOptions& options, const std::string& out, bool json, const Context& context);

} // namespace sightline::cli
