// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QString>

#include <stop_token>
#include <vector>

#include "data/Dataset.h"
#include "experiment/Experiment.h"
#include "widgets/PreviewGrid.h"

namespace sightline::ui {

/// An image as loaded, and what training would see of it in some epochs, by the loader's own function.
struct AugmentPreview {
    QString name;
    QImage original; ///< null: `error` says why
    std::vector<PreviewGrid::Tile> tiles;
    QString error;
};
AugmentPreview previewOf(const Dataset& dataset, std::uint32_t index, const Experiment& experiment,
                         std::uint64_t firstEpoch, int tiles, const std::stop_token& stop);

/// Images a second that one loader thread prepares from decoded images with these settings, over a third of a second;
/// 0 where none can be read.
double loaderSpeed(const Dataset& dataset, const Experiment& experiment, const std::stop_token& stop);

} // namespace sightline::ui
