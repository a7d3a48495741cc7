// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "support/Image.h"
#include "support/Npy.h"

namespace sightline {

/// What does a layer make of an image?
struct Activations;
struct ActivationsQuestion {
    using Answer = Activations;
    Image image;       ///< as decoded, any size; resized as the model's data settings say
    std::string layer; ///< a node's id
};

struct Activations {
    std::string layer;
    FloatArray values; ///< the node's own output: [C, H, W], or [C] where it has no places
    Image input;       ///< what the network saw, before normalisation

    int channels() const { return values.shape.empty() ? 0 : static_cast<int>(values.shape[0]); }
    bool hasPlaces() const { return values.shape.size() == 3; }
};

} // namespace sightline
