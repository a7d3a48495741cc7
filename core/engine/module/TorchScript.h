// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/Engine.h"

namespace sightline::engine {

/// Engine::exportTorchScript: traces the network in eval mode and saves it, atomically. Parameters keep their names
/// (`layer1.0.conv1.weight`), so state_dict() in Python gives them back; the batch may be of any size, the image may
/// not.
Result<void> exportTorchScript(const TorchScriptRequest& request);

} // namespace sightline::engine
