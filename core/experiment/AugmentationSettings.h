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
    int size = 10;                              ///< pixels, side of the box
    std::vector<double> values = {0, 128, 255}; ///< one is drawn, for all channels
    double probability = 1.0;

    bool operator==(const OcclusionSettings&) const = default;
};

/// A part of the image by area and aspect, brought back to the image's size (Szegedy et al. 2015, "Going deeper with
/// convolutions").
struct ResizedCropSettings {
    Range scale{0.08, 1.0};            ///< share of the image's area
    Range ratio{3.0 / 4.0, 4.0 / 3.0}; ///< width / height, drawn evenly on a logarithmic scale

    bool operator==(const ResizedCropSettings&) const = default;
};

/// Square holes whose centres lie anywhere, cut at the border (DeVries and Taylor 2017, "Cutout").
struct CutoutSettings {
    int holes = 1;
    int size = 16;            ///< pixels, side of a hole
    double value = 0;         ///< grey level of a hole
    double probability = 1.0; ///< of cutting at all

    bool operator==(const CutoutSettings&) const = default;
};

/// A published policy over fourteen operations (core/augment/README.md).
struct PolicySettings {
    enum class Name {
        TrivialAugment, ///< one operation of any strength (Mueller and Hutter 2021, the wide space)
        RandAugment     ///< `operations` of one strength each (Cubuk et al. 2020)
    };
    Name name = Name::TrivialAugment;
    int operations = 2; ///< rand-augment's N
    int magnitude = 9;  ///< rand-augment's M, 0 to 30

    bool operator==(const PolicySettings&) const = default;
};

/// The `augmentation` block (CLI.md): Keras' names and meaning, then ours. Defaults do nothing.
struct AugmentationSettings {
    double rotationRange = 0.0; ///< degrees, drawn from [-r, r)
    ShiftRange widthShiftRange;
    ShiftRange heightShiftRange;
    double shearRange = 0.0;        ///< degrees
    Range zoomRange{1.0, 1.0};      ///< a scalar z in JSON means [1 - z, 1 + z]
    double channelShiftRange = 0.0; ///< grey levels
    std::optional<Range> brightnessRange;
    bool horizontalFlip = false;
    bool verticalFlip = false;
    FillMode fillMode = FillMode::Nearest;
    double cval = 0.0;
    Semantics semantics = Semantics::Documented;
    bool exact = false; ///< force the reference path (double precision)
    bool augmentValidation = false;

    std::optional<Range> gammaRange; ///< exponent on the 0...255 scale (SPEC 1.11)
    std::optional<OcclusionSettings> occlusion;
    std::optional<std::vector<int>> randomCrop; ///< [height, width]; resized to it at inference
    double randomContrast = 0.0;                ///< factor drawn from [1 - f, 1 + f)

    std::optional<ResizedCropSettings> randomResizedCrop;
    std::optional<PolicySettings> policy;
    std::optional<Range> saturationRange; ///< factor; 0 = grey
    double hueRange = 0.0;                ///< degrees on the colour circle, drawn from [-h, h)
    std::optional<Range> blurSigma;       ///< pixels, the Gaussian's deviation
    double gaussianNoise = 0.0;           ///< grey levels, the noise's deviation
    std::optional<Range> jpegQuality;     ///< whole numbers, both ends drawn
    std::optional<CutoutSettings> cutout;
    double mixup = 0.0;  ///< Beta(a, a) of the mixture's share; 0 = off
    double cutmix = 0.0; ///< the same for the pasted area; with both on, each sample takes one of them

    /// Whether samples are mixed with others, so that a label has two parts.
    bool mixes() const { return mixup > 0 || cutmix > 0; }
    bool operator==(const AugmentationSettings&) const = default;
};

/// Reads the bare block; problems carry paths under `path`. Keys left at their defaults are not written back.
AugmentationSettings augmentationFromJson(const Json& json, const std::string& path, std::vector<Problem>& problems);
Json toJson(const AugmentationSettings& settings);
/// Impossible values (negative ranges, a brightness below 0, a crop of 0 ...), under `path`.
std::vector<Problem> problems(const AugmentationSettings& settings, const std::string& path = "augmentation");

} // namespace sightline
