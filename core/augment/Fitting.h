// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>

#include "augment/BatchLoader.h"

namespace sightline {

/// Keras' `fit` (SPEC 1.7) over the images of `indices` as they are loaded, after `rescale` only, in streams: twice
/// through the images, memory bounded by one batch and, with ZCA, one square matrix. Whitening by the form of
/// `settings.augmentation.semantics`: keras<=2.8 adds its epsilon to the variances, the others to the singular values
/// of the data. Null where nothing has to be fitted. Errors: no image can be read, cancelled, more values than
/// whitening takes.
Result<std::shared_ptr<const FittedNormalization>> fitNormalization(const Dataset& dataset,
                                                                    const std::vector<std::uint32_t>& indices,
                                                                    LoaderSettings settings, std::stop_token stop = {});

} // namespace sightline
