// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>

#include "augment/Augment.h"

namespace sightline {

/// normalization.safetensors of a run's folder: mean [C], deviation [C] and, with ZCA, whitening [D, D], all on the
/// scale after `rescale`.
Result<void> writeFittedNormalization(const std::filesystem::path& runFolder, const FittedNormalization& fitted);
/// Null where `settings` need none. Errors: the file is missing, damaged or of other images.
Result<std::shared_ptr<const FittedNormalization>>
readFittedNormalization(const std::filesystem::path& runFolder, const NormalizationSettings& settings, int channels);

} // namespace sightline
