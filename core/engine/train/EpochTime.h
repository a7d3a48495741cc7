// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/Engine.h"
#include "engine/train/Feed.h"

namespace sightline::engine {

/// Engine::measureEpoch: real batches through real steps for a short while, then multiplied out.
Result<EpochTime> measureEpoch(const EpochTimeRequest& request, std::stop_token stop);

/// Whether training decodes the images in its first epoch only.
bool staysDecoded(const Dataset& dataset, const DataSettings& data);

/// Some images in batches as every epoch but the first finds them: decoded, where they stay so.
std::unique_ptr<Feed> readyFeed(const Dataset& dataset, const std::vector<std::uint32_t>& indices,
                                LoaderSettings settings, const std::stop_token& stop);

} // namespace sightline::engine
