// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "engine/Overlay.h"
#include "engine/questions/HeatMap.h"

namespace sightline::ui {

/// An image with what a network said of it, and where it looked.
struct Explained {
    HeatMap explanation;
    Image image;       ///< the part of the picture that the network saw, full size
    Image shown;       ///< the same, no larger than a screen needs
    QString title;     ///< the image's name
    QString className; ///< what it is, by the data set; empty: not known
    int truth = -1;    ///< that class among the network's; -1: not known, or none of the network's classes
    bool live = false; ///< by the weights of a run in progress
};

} // namespace sightline::ui
