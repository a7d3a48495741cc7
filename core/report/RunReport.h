// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "experiment/RunEdit.h"
#include "metrics/Evaluation.h"
#include "network/GraphSpec.h"
#include "store/RunFork.h"
#include "support/Image.h"

namespace sightline {

/// A wrong image of a confused pair, with the reason.
struct ReportPicture {
    std::string path, truth, predicted;
    double confidence = 0;
    Image image, overlay;
    std::string trust; ///< sentenceOn() its map; empty: not asked
};

/// A training image, so that a reader sees what a class looks like.
struct ReportSample {
    std::string className, path;
    Image image; ///< small
};

/// All that one file says of a run. A value without an engine: what is missing is not shown.
struct RunReport {
    RunSummary run;
    Experiment experiment;           ///< as the run ended
    Experiment began;                ///< as it began
    std::vector<RecordedEdit> edits; ///< between the two
    std::optional<RunParent> parent;
    bool isImported = false; ///< trained elsewhere: its settings of training say nothing
    std::vector<std::string> classes;
    std::array<std::vector<std::size_t>, 3> images; ///< per class, by Subset; empty for runs without a manifest
    std::vector<ReportSample> samples;              ///< one of each of the first classes
    std::string dataDigest; ///< SHA-256 of the list of images with their digests; empty: none was kept
    std::optional<GraphSpec> graph;
    std::vector<EpochMetrics> history;
    std::optional<Evaluation> evaluation;
    std::string heatMapMethod; ///< of the pictures
    std::vector<ReportPicture> pictures;
    std::string software;           ///< "LibTorch 1.13.1, CPU, 2 threads": of who makes the report
    int threads = 0;                ///< the run's own, of its last session; 0: not known
    std::vector<std::string> notes; ///< for the reader: images that are gone ...
};

/// One HTML file that fetches nothing: light and dark, printable, with words for all that is drawn. Error: a picture
/// cannot be encoded.
Result<std::string> reportHtml(const RunReport& report);

/// What was done, in the words of a paper: images, augmentation, network, training, result.
std::string methodsText(const RunReport& report);

} // namespace sightline
