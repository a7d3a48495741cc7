// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stop_token>

#include "support/Download.h"
#include "zoo/Hub.h"

namespace sightline {

/// Downloads public weights into the data home (hubFile()), going on where an earlier attempt ended, and checks that
/// they are a sound safetensors file of their network; one that is not is deleted. Synchronous; any thread. Errors name
/// address or file.
Result<std::filesystem::path> fetchWeights(const HubWeights& weights, const std::filesystem::path& home,
                                           std::stop_token stop = {}, const DownloadProgress& progress = {});

} // namespace sightline
