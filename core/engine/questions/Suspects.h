// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "metrics/Suspects.h"

namespace sightline {

/// Which images of validation and test may be labelled wrongly? Of a run only; its training images are not asked, since
/// a network may know these by heart. Of an imported network all are, where there are no others.
struct Suspects;
struct SuspectsQuestion {
    using Answer = Suspects;
    int batchSize = 32;
    std::string dataPath = {}; ///< where the run's images are now; empty: where the run says
};

struct Suspects {
    std::vector<std::string> classes;
    std::vector<Prediction> predictions; ///< of validation, then of test
    std::vector<SuspectLabel> labels;    ///< suspectLabels() of these
    std::vector<std::string> splits;     ///< of which there are images
    bool knowsTraining = true;           ///< whether it is known on which images the network was trained
    std::vector<std::string> skipped, notes;
};

} // namespace sightline
