// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "augment/BatchLoader.h"

namespace sightline {

/// What images are read for.
enum class Reading {
    Training,  ///< augmented and shuffled; decoded images are kept
    Evaluation ///< in order, never augmented, each image once
};

/// How an experiment's images are read: the one place that knows. Training's cache of decoded images takes what the
/// `data` block says where there is a `home`, else a gibibyte of memory.
LoaderSettings readingFor(const Experiment& experiment, std::shared_ptr<const FittedNormalization> fitted,
                          Reading purpose, const std::filesystem::path& home = {});

/// The same reading for the validation beside it: in order, augmented only where augment_validation says so.
LoaderSettings asJudging(LoaderSettings reading);

/// As asJudging(), where each image is read once.
LoaderSettings asJudgingOnce(LoaderSettings reading);

} // namespace sightline
