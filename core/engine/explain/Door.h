// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/Engine.h"

namespace sightline::engine {

// What TorchEngine hands on; see the methods of Engine for what each promises.
Result<std::shared_ptr<const AskedModel>> open(const ModelSource& source, int threads);
Result<FloatArray> forward(const ForwardRequest& request);
Result<ExplainBench> benchExplain(const ExplainBenchRequest& request);

} // namespace sightline::engine
