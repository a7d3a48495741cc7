// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/AskedModel.h"
#include "support/Json.h"

namespace sightline::cli {

/// What becomes of the maps of a split.
struct SplitFiles {
    std::filesystem::path overlays, maps; ///< folders; empty: none are written
    double opacity = 0.5;
};

/// Asks for the maps of a split and writes them below the folders, each where its image lies in the data set. Prints
/// one line, or JSON: { split, images, saturated, skipped: [..], maps: [{ path, true, predicted, confidence, target,
/// max, saturated, out, map }] }. The exit code.
int explainSplit(const AskedModel& model, HeatMapsQuestion question, const SplitFiles& files, bool json);

} // namespace sightline::cli
