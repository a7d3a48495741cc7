// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "zoo/Zoo.h"

namespace sightline {

// One function an architecture, each in a file of its own. `request.options` is complete and checked when they are
// called.
Result<GraphSpec> toyCnn(const ZooRequest& request);       ///< SPEC 2.1
Result<GraphSpec> mnistConvnet(const ZooRequest& request); ///< SPEC 2.2, Chollet
Result<GraphSpec> catsDogsCnn(const ZooRequest& request);  ///< SPEC 2.2, Chollet
Result<GraphSpec> vgg16(const ZooRequest& request);        ///< SPEC 2.5, Simonyan and Zisserman 2014
Result<GraphSpec> mobilenetV2(const ZooRequest& request);  ///< SPEC 2.6, Sandler et al. 2018
Result<GraphSpec> resnet18(const ZooRequest& request);     ///< SPEC 2.7, He et al. 2015
Result<GraphSpec> resnet50(const ZooRequest& request);
Result<GraphSpec> inceptionV1(const ZooRequest& request);       ///< SPEC 2.3, Szegedy et al. 2014, as the texts have it
Result<GraphSpec> minception(const ZooRequest& request);        ///< SPEC 2.4
Result<GraphSpec> inceptionResNetV2(const ZooRequest& request); ///< SPEC 2.8, Szegedy et al. 2016
Result<GraphSpec> efficientNetLite0(const ZooRequest& request); ///< SPEC 2.9
Result<GraphSpec> tfEfficientNetLite0(const ZooRequest& request);
Result<GraphSpec> efficientNetB0(const ZooRequest& request);   ///< Tan and Le 2019
Result<GraphSpec> mobileNetV3Small(const ZooRequest& request); ///< Howard et al. 2019
Result<GraphSpec> convNeXtTiny(const ZooRequest& request);     ///< Liu et al. 2022
Result<GraphSpec> denseNet121(const ZooRequest& request);      ///< Huang et al. 2016
Result<GraphSpec> squeezeNet11(const ZooRequest& request);     ///< Iandola et al. 2016

} // namespace sightline
