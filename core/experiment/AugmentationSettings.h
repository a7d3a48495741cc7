// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "support/Json.h"
#include "support/Result.h"

namespace sightline {

enum class FillMode { Nearest, Reflect, Wrap, Constant };
enum class Semantics { Documented, Keras28, Keras29 };

/// A shift range in Keras' three forms (SPEC 1.3).
struct ShiftRange {
    enum class Form { Float, Int, List };
    Form form = Form::Float;
    std::vector<double> values = {0.0}; ///< one number for Float and Int, the list's for List

    bool isZero() const;
    bool operator==(const ShiftRange&) const = default;
};

/// A closed-open range [low, high).
struct Range {
    double low = 0.0;
    double high = 0.0;

    bool operator==(const Range&) const = default;
};

struct OcclusionSettings {
    int size = 10;                                ///< pixels, side of the box
    std::vector<double> values = {0, 128, 255};   ///< one is drawn, for all channels
    double probability = 1.0;

    bool operator==(const OcclusionSettings&) const = default;
};

/// The `augmentation` block (CLI.md): Keras' names and meaning, then ours. Defaults do nothing.
struct AugmentationSettings {
    double rotationRange = 0.0;       ///< degrees, drawn from [-r, r)
    ShiftRange widthShiftRange;
    ShiftRange heightShiftRange;
    double shearRange = 0.0;          ///< degrees
    Range zoomRange{1.0, 1.0};        ///< a scalar z in JSON means [1 - z, 1 + z]
    double channelShiftRange = 0.0;   ///< grey levels
    std::optional<Range> brightnessRange;
    bool horizontalFlip = false;
    bool verticalFlip = false;
    FillMode fillMode = FillMode::Nearest;
    double cval = 0.0;
    Semantics semantics = Semantics::Documented;
    bool exact = false;               ///< force the reference path (double precision)
    bool augmentValidation = false;

    std::optional<Range> gammaRange;  ///< exponent on the 0...255 scale (SPEC 1.11)
    std::optional<OcclusionSettings> occlusion;
    std::optional<std::vector<int>> randomCrop; ///< [height, width]; resized to it at inference
    double randomContrast = 0.0;      ///< factor drawn from [1 - f, 1 + f)

    bool operator==(const AugmentationSettings&) const = default;
};

/// Reads the bare block; problems carry paths under `path`. Keys left at their defaults are not written back.
AugmentationSettings augmentationFromJson(const Json& json, const std::string& path, std::vector<Problem>& problems);
Json toJson(const AugmentationSettings& settings);
/// Impossible values (negative ranges, a brightness below 0, a crop of 0 ...), under `path`.
std::vector<Problem> problems(const AugmentationSettings& settings, const std::string& path = "augmentation");

} // namespace sightline
