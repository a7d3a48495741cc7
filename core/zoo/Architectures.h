// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "zoo/Zoo.h"

namespace sightline {

// One function an architecture, each in a file of its own. `request.options` is complete and checked when they are called.
Result<GraphSpec> toyCnn(const ZooRequest& request);       ///< SPEC 2.1
Result<GraphSpec> mnistConvnet(const ZooRequest& request); ///< SPEC 2.2, Chollet
Result<GraphSpec> catsDogsCnn(const ZooRequest& request);  ///< SPEC 2.2, Chollet
Result<GraphSpec> vgg16(const ZooRequest& request);        ///< SPEC 2.5, Simonyan and Zisserman 2014
Result<GraphSpec> mobilenetV2(const ZooRequest& request);  ///< SPEC 2.6, Sandler et al. 2018
Result<GraphSpec> resnet18(const ZooRequest& request);     ///< SPEC 2.7, He et al. 2015
Result<GraphSpec> resnet50(const ZooRequest& request);

} // namespace sightline
