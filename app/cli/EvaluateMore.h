// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "Command.h"
#include "engine/AskedModel.h"

namespace sightline::cli {

/// What else `evaluate` is asked of the same split.
struct MoreAsked {
    ModelSource source;
    std::string split, dataPath;
    int threads = 0;
};

/// --robustness: how accuracy falls as images get worse.
Result<Robustness> evaluateRobustness(Engine& engine, const MoreAsked& asked);
void printRobustness(const Robustness& robustness);

} // namespace sightline::cli
