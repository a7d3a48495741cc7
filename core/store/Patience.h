// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "support/Json.h"

namespace sightline {

/// How patient early stopping still is, as the events of a run tell.
struct Patience {
    int used = 0;             ///< epochs in a row without a better one, as early stopping counts them
    int of = 0;               ///< how many of them end the run: the most since an epoch's end; 0: none do
    std::string monitor = {}; ///< what is watched

    /// The run begins, or goes on: one that stopped early has its patience again.
    void begin();
    /// By an edit { PATH: [old, new] }: where something else is watched it is counted again. Less patience does not end
    /// the run before the next epoch does.
    void edit(const Json& changes);
};

} // namespace sightline
