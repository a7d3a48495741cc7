// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>

#include <filesystem>
#include <vector>

#include "metrics/Evaluation.h"
#include "metrics/LearningOrder.h"

namespace sightline::ui {

/// What the epochs of a run say of the images of an evaluation.
struct LearnedImages {
    Q_DECLARE_TR_FUNCTIONS(LearnedImages)
public:
    LearningHistory history;
    std::vector<LearningFacts> facts; ///< of each of Evaluation::predictions
    std::size_t known = 0;            ///< of how many of them an epoch tells

    /// "right in 12 of 20 epochs, forgotten 3 times"
    static QString words(const LearningFacts& facts);
    /// Why images cannot be sorted by it; empty: they can.
    QString problem(const Evaluation& evaluation) const;
};

/// Reads files: not for the window's thread. Error: the run's file is damaged.
Result<LearnedImages> readLearnedImages(const std::filesystem::path& run, const Evaluation& evaluation);

} // namespace sightline::ui
