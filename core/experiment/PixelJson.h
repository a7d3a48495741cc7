// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "experiment/DataSettings.h"
#include "support/Json.h"

namespace sightline {

/// Channels that can be chosen at once.
inline constexpr int kMostChannels = 64;

/// The part of the `data` block that says what becomes of pixels: color_mode, channels, depth, page, background,
/// orientation, keep_aspect_ratio, fit, pad. `channels` wins over color_mode, `fit` over keep_aspect_ratio.
void readPixels(JsonReader& reader, DataSettings& data);
/// What older versions know is always written, the rest where it is not the default.
void addPixels(Json& json, const DataSettings& data);

/// The words of CLI.md for one value each: "auto" | "full" | [lo, hi]; "rgb" | "grey" | [index, ...]; "drop" | [R, G,
/// B]; "stretch" | "crop" | "pad"; "mirror" | [R, G, B].
Json toJson(const DepthSettings& depth);
Json toJson(const ChannelSettings& channels);
Json toJson(const BackgroundSettings& background);
Json toJson(Fit fit);
Json toJson(const PadSettings& pad);
/// The depth that `json` says; Auto where it says none.
DepthSettings depthFromJson(const Json& json);

} // namespace sightline
