// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "engine/RankPlace.h"
#include "support/Result.h"

namespace sightline::engine {

/// What the processes of a training have once they have found each other.
struct GlooMeeting {
    c10::intrusive_ptr<c10d::TCPStore> store;
    c10::intrusive_ptr<c10d::ProcessGroupGloo> words, sums; ///< apart: a sum under way holds nothing else up
};

/// Rank 0 listens, the others come, and all connect to each other. Error: somebody did not come within a minute, or the
/// machines do not reach each other.
Result<GlooMeeting> meetRanks(const RankPlace& place);

/// What a library says, without the place in its source that it begins with: "[pair.cc:598] Connection closed".
std::string spokenLine(const char* text);

} // namespace sightline::engine
