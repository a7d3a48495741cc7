// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>
#include <vector>

#include "data/Dataset.h"
#include "experiment/Experiment.h"

namespace sightline::ui {

/// The settings with which a run's network goes on with the images of `document`: the run's, from its best weights. The
/// images, their split and the seed that draws it stay the document's; channels chosen by number are the network's.
Experiment continued(const Experiment& run, const std::string& id, const Experiment& document);

/// What a person should know of it: whose weights, which classes are new to them, and whether validation can be
/// trusted.
QString continuedWords(const Experiment& run, const std::vector<std::string>& known, const Dataset& images);

} // namespace sightline::ui
