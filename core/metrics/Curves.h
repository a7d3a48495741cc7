// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "experiment/Experiment.h"
#include "metrics/Metrics.h"

namespace sightline {

/// What the curves of a run show.
enum class CurveShape {
    TooShort,    ///< to say anything
    Diverging,   ///< training loss rises, or is no number
    NotLearning, ///< training loss has hardly fallen
    Overfitting, ///< training far ahead of validation, which gets no better
    Stalled,     ///< validation has not improved for long, without training being far ahead
    Unfinished,  ///< all planned epochs are done, and validation was still improving
    Learning
};

/// A setting that may help, with the words for it: "data augmentation".
struct Remedy {
    std::string path, words;

    bool operator==(const Remedy&) const = default;
};

struct CurveReading {
    CurveShape shape = CurveShape::TooShort;
    int since = 0;                ///< the epoch since which it is so, from 1; 0: no such epoch
    std::vector<Remedy> remedies; ///< what the experiment does not do yet, the most promising first

    bool operator==(const CurveReading&) const = default;
};

/// Judges the epochs so far (SPEC 5's metrics; accuracy 0 ... 1). Validation may be absent. `classes`: how many.
CurveReading readCurves(const std::vector<EpochMetrics>& history, const Experiment& experiment, std::size_t classes);

} // namespace sightline
