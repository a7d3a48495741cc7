// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "experiment/Experiment.h"
#include "network/GraphSpec.h"

namespace sightline {

/// The network with another classifier (`model.head`): pooling or flattening, hidden layers with ReLU and dropout, and
/// the scores of `classes` classes. Ids: `head.pool`, `head.0`, `head.0.relu`, `head.0.dropout`, ..., `head.out`. What
/// stood between the base's last image and the main output goes; auxiliary outputs stay. Error: no image before the
/// classifier.
Result<GraphSpec> withHead(const GraphSpec& spec, const HeadSettings& head, int classes);

} // namespace sightline
