// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/AugmentationPresets.h"

namespace sightline {

namespace {

AugmentationSettings shiftsAndFlip(double rotation, double zoom) {
    AugmentationSettings settings;
    settings.rotationRange = rotation;
    settings.widthShiftRange.values = settings.heightShiftRange.values = {0.2};
    settings.zoomRange = {1 - zoom, 1 + zoom};
    settings.horizontalFlip = true;
    return settings;
}

AugmentationSettings tinyImagenet(FillMode fill) {
    AugmentationSettings settings = shiftsAndFlip(30, 0.2);
    settings.shearRange = 5;
    settings.brightnessRange = Range{0.5, 1.5};
    settings.fillMode = fill;
    return settings;
}

AugmentationSettings withGammaAndOcclusion(AugmentationSettings settings) {
    settings.gammaRange = Range{0.93, 1.06};
    settings.occlusion = OcclusionSettings{};
    return settings;
}

AugmentationSettings toyRobot() {
    AugmentationSettings settings = shiftsAndFlip(20, 0.1);
    settings.brightnessRange = Range{0.5, 1.5};
    return settings;
}

AugmentationSettings catsAndDogs() {
    AugmentationSettings settings = shiftsAndFlip(40, 0.2);
    settings.shearRange = 0.2;
    return settings;
}

AugmentationSettings greyBorder() {
    AugmentationSettings settings = tinyImagenet(FillMode::Constant);
    settings.cval = 127.5;
    return settings;
}

AugmentationSettings gentle() {
    AugmentationSettings settings;
    settings.rotationRange = 10;
    settings.widthShiftRange.values = settings.heightShiftRange.values = {0.05};
    settings.zoomRange = {0.95, 1.05};
    settings.horizontalFlip = true;
    settings.fillMode = FillMode::Reflect;
    return settings;
}

} // namespace

const std::vector<AugmentationPreset>& augmentationPresets() {
    static const std::vector<AugmentationPreset> presets = {
        {"None", "images as they are", {}},
        {"Gentle", "a careful start for any photographs", gentle()},
        {"Toy robot", "toy text: rotation 20, shifts, zoom, brightness", toyRobot()},
        {"Tiny ImageNet", "chapter 7: rotation 30, shifts, shear 5, zoom, brightness, mirrored borders", tinyImagenet(FillMode::Reflect)},
        {"Tiny ImageNet, repeated borders", "chapter 7, listing 7.13", tinyImagenet(FillMode::Nearest)},
        {"Tiny ImageNet, gamma and occlusion", "chapter 7 as its notebook ran: grey borders", withGammaAndOcclusion(greyBorder())},
        {"Minception", "chapter 7, Minception: mirrored borders, gamma and occlusion", withGammaAndOcclusion(tinyImagenet(FillMode::Reflect))},
        {"Inception v1", "chapter 6: rotation 20, shifts, flip", shiftsAndFlip(20, 0)},
        {"Cats and dogs", "Keras tutorial: rotation 40, shifts, shear 0.2 degrees, zoom, flip", catsAndDogs()},
    };
    return presets;
}

} // namespace sightline
