// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/Json.h"
#include "support/Result.h"

namespace sightline {

/// A part of an image, in pixels.
struct Window {
    int top = 0, left = 0, height = 0, width = 0;
    bool operator==(const Window&) const = default;
};

/// One operation of a policy with its strength in its own unit (core/augment/README.md).
struct PolicyStep {
    std::string operation; ///< "rotate", "solarize" ...
    double strength = 0;
    bool operator==(const PolicyStep&) const = default;
};

/// What was drawn for one sample: Keras' `apply_transform` keys, then ours. Defaults do nothing.
struct Drawn {
    double theta = 0, tx = 0, ty = 0, shear = 0, zx = 1, zy = 1; ///< degrees, pixels, degrees, factors (CLI.md)
    bool flipHorizontal = false, flipVertical = false;
    std::optional<double> channelShift;
    std::optional<double> brightness;
    std::optional<double> gamma;
    struct Box {
        int top = 0, left = 0;
        double value = 0;
        bool operator==(const Box&) const = default;
    };
    std::optional<Box> occlusion;
    std::optional<std::array<int, 2>> crop; ///< top, left
    std::optional<double> contrast;

    std::optional<Window> resizedCrop;
    std::vector<PolicyStep> policy;   ///< in order
    std::optional<double> saturation; ///< factor
    std::optional<double> hue;        ///< degrees
    std::optional<double> blur;       ///< the Gaussian's deviation, pixels
    struct Noise {
        double deviation = 0;
        std::uint32_t seed = 0;
        bool operator==(const Noise&) const = default;
    };
    std::optional<Noise> noise;
    std::optional<int> jpegQuality;
    struct Hole {
        Window window;
        double value = 0;
        bool operator==(const Hole&) const = default;
    };
    std::vector<Hole> cutout; ///< within the image, in order

    bool operator==(const Drawn&) const = default;
};

Json toJson(const Drawn& drawn);
/// Unknown keys and wrong types are one BadInput; "file", "mixup" and "cutmix", which stand beside a draw, are passed
/// over.
Result<Drawn> drawnFromJson(const Json& json);

} // namespace sightline
