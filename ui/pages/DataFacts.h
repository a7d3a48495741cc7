// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "data/Survey.h"

namespace sightline::ui {

/// What the Data page says about a data set, as rich text: layout, files and classes at once, the images once a survey
/// has read them (null before).
QString factsOf(const Dataset& dataset, const Survey* survey, const DataSettings& settings);

} // namespace sightline::ui
