// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "augment/BatchLoader.h"

namespace sightline {

/// What images are read for.
enum class Reading {
    Training, ///< augmented and shuffled
    Judging   ///< as validation and evaluation see them: in order, augmented only where augment_validation says so
};

/// How an experiment's images are read. The cache of decoded images is off for judging and unbounded by a home for
/// training; whoever has a home sets it (cacheLimits()).
LoaderSettings readingFor(const Experiment& experiment, std::shared_ptr<const FittedNormalization> fitted,
                          Reading purpose);

/// The same reading for judging: its validation.
LoaderSettings asJudging(LoaderSettings reading);

} // namespace sightline
