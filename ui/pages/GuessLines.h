// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "data/Dataset.h"
#include "widgets/GuessStrip.h"

namespace sightline::ui {

/// What a line of the strip is about, and which dialog puts it right.
namespace guess {
inline const QString kTable = QStringLiteral("table"), kNotClasses = QStringLiteral("notClasses"),
                     kSplits = QStringLiteral("splits"), kDepth = QStringLiteral("depth"),
                     kPage = QStringLiteral("page"), kChannels = QStringLiteral("channels"),
                     kBackground = QStringLiteral("background"), kAlike = QStringLiteral("alike"),
                     kRoot = QStringLiteral("root");
} // namespace guess

/// What was assumed about a data set, and what a person chose instead; none where there was nothing to assume.
/// `settings`: those it was opened with.
std::vector<GuessLine> guessLines(const Dataset& dataset, const DataSettings& settings);

/// A name without its middle where it is long.
QString shortened(const QString& name);
/// 4,095 or 0.25.
QString pixelValue(double value);

} // namespace sightline::ui
