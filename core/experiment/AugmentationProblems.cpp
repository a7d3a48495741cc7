// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "experiment/AugmentationSettings.h"

namespace sightline {

namespace {

/// Collects what is impossible, each at its path.
class Faults {
public:
    explicit Faults(std::string path) : m_path(std::move(path)) {}

    void require(bool good, const char* key, const char* message) {
        if (!good)
            m_found.push_back({m_path.empty() ? key : m_path + "." + key, message});
    }
    void from0(const char* key, double value) { require(value >= 0 && std::isfinite(value), key, "must be 0 or more"); }
    void between(const char* key, double value, double low, double high, const char* message) {
        require(value >= low && value <= high, key, message);
    }
    std::vector<Problem> found() && { return std::move(m_found); }

private:
    std::string m_path;
    std::vector<Problem> m_found;
};

bool ordered(const Range& range) {
    return std::isfinite(range.low) && std::isfinite(range.high) && range.low <= range.high;
}
bool within(const std::optional<Range>& range, double low, double high) {
    return !range || (ordered(*range) && range->low >= low && range->high <= high);
}

void checkShift(Faults& faults, const char* key, const ShiftRange& shift) {
    if (shift.values.empty() || !std::all_of(shift.values.begin(), shift.values.end(), [](double value) {
            return std::isfinite(value) && std::abs(value) <= 1e6;
        }))
        faults.require(false, key, "must be a finite number up to 1,000,000, or a list of them");
    else
        faults.require(shift.form == ShiftRange::Form::List || shift.values[0] >= 0, key, "must be 0 or more");
}

void checkGeometry(Faults& faults, const AugmentationSettings& settings) {
    faults.from0("rotation_range", settings.rotationRange);
    checkShift(faults, "width_shift_range", settings.widthShiftRange);
    checkShift(faults, "height_shift_range", settings.heightShiftRange);
    faults.require(settings.shearRange >= 0 && settings.shearRange < 90, "shear_range",
                   "must be 0 or more and below 90 degrees");
    faults.require(ordered(settings.zoomRange) && settings.zoomRange.low > 0, "zoom_range",
                   "must be a fraction from 0 to below 1, or a pair [low, high] above 0 with low <= high");
    faults.require(std::isfinite(settings.cval) && std::abs(settings.cval) <= 1e6, "cval",
                   "must be a finite number, from -1,000,000 to 1,000,000");
    if (const auto& crop = settings.randomCrop)
        faults.require(crop->size() == 2 && (*crop)[0] >= 1 && (*crop)[1] >= 1, "random_crop",
                       "must be [height, width], each 1 or more");
    if (const auto& crop = settings.randomResizedCrop) {
        faults.require(ordered(crop->scale) && crop->scale.low > 0 && crop->scale.high <= 1,
                       "random_resized_crop.scale",
                       "must be a pair [low, high] of fractions above 0 and up to 1 with low <= high");
        faults.require(ordered(crop->ratio) && crop->ratio.low >= 0.01 && crop->ratio.high <= 100,
                       "random_resized_crop.ratio", "must be a pair [low, high] from 0.01 to 100 with low <= high");
    }
}

void checkColour(Faults& faults, const AugmentationSettings& settings) {
    faults.from0("channel_shift_range", settings.channelShiftRange);
    faults.require(within(settings.brightnessRange, 0, 1e6), "brightness_range",
                   "must be a pair [low, high] of 0 or more with low <= high");
    faults.require(!settings.gammaRange || (within(settings.gammaRange, 0, 10) && settings.gammaRange->low > 0),
                   "gamma_range", "must be a pair [low, high] above 0 and up to 10 with low <= high");
    faults.between("random_contrast", settings.randomContrast, 0, 1, "must be from 0 to 1");
    faults.require(within(settings.saturationRange, 0, 1000), "saturation_range",
                   "must be a pair [low, high] from 0 to 1,000 with low <= high");
    faults.between("hue_range", settings.hueRange, 0, 180, "must be from 0 to 180 degrees");
    faults.require(within(settings.blurSigma, 0, 100), "blur_sigma",
                   "must be a pair [low, high] from 0 to 100 pixels with low <= high");
    faults.between("gaussian_noise", settings.gaussianNoise, 0, 255, "must be from 0 to 255 gray levels");
    const auto whole = [](double value) { return value == std::floor(value); };
    faults.require(
        within(settings.jpegQuality, 1, 100) &&
            (!settings.jpegQuality || (whole(settings.jpegQuality->low) && whole(settings.jpegQuality->high))),
        "jpeg_quality", "must be a pair [low, high] of whole numbers from 1 to 100 with low <= high");
}

void checkErasing(Faults& faults, const AugmentationSettings& settings) {
    if (const auto& occlusion = settings.occlusion) {
        faults.require(occlusion->size >= 1, "occlusion.size", "must be 1 pixel or more");
        faults.require(!occlusion->values.empty(), "occlusion.values", "must contain at least one gray value");
        faults.require(std::all_of(occlusion->values.begin(), occlusion->values.end(),
                                   [](double value) { return std::isfinite(value); }),
                       "occlusion.values", "must be finite numbers");
        faults.between("occlusion.probability", occlusion->probability, 0, 1, "must be from 0 to 1");
    }
    if (const auto& cutout = settings.cutout) {
        faults.between("cutout.holes", cutout->holes, 1, 1000, "must be from 1 to 1,000");
        faults.between("cutout.size", cutout->size, 1, 100000, "must be 1 pixel or more");
        faults.require(std::isfinite(cutout->value), "cutout.value", "must be a finite number");
        faults.between("cutout.probability", cutout->probability, 0, 1, "must be from 0 to 1");
    }
}

} // namespace

std::vector<Problem> problems(const AugmentationSettings& settings, const std::string& path) {
    Faults faults(path);
    checkGeometry(faults, settings);
    checkColour(faults, settings);
    checkErasing(faults, settings);
    faults.between("mixup", settings.mixup, 0, 100, "must be from 0 (off) to 100");
    faults.between("cutmix", settings.cutmix, 0, 100, "must be from 0 (off) to 100");
    if (const auto& policy = settings.policy) {
        faults.between("policy.operations", policy->operations, 1, 14, "must be from 1 to 14");
        faults.between("policy.magnitude", policy->magnitude, 0, 30, "must be from 0 to 30");
    }
    return std::move(faults).found();
}

} // namespace sightline
