// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "report/RunReport.h"

namespace sightline::report {

/// Where a run's images are, how many of each class, and the digest of their list.
std::string imagesTable(const RunReport& report);
/// A network's layers with their shapes and parameters; empty where they do not fit each other.
std::string layers(const GraphSpec& graph);

} // namespace sightline::report
