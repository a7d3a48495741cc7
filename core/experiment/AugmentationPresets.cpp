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

/// Gamma for every sample; the box for every `probability`-th, each with its own place and value.
AugmentationSettings withGammaAndOcclusion(AugmentationSettings settings, Range gamma, double probability) {
    settings.gammaRange = gamma;
    settings.occlusion = OcclusionSettings{};
    settings.occlusion->probability = probability;
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

AugmentationSettings trivial() {
    AugmentationSettings settings;
    settings.horizontalFlip = true;
    settings.policy = PolicySettings{};
    return settings;
}

AugmentationSettings today() {
    AugmentationSettings settings;
    settings.randomResizedCrop = ResizedCropSettings{};
    settings.horizontalFlip = true;
    settings.policy = PolicySettings{PolicySettings::Name::RandAugment, 2, 9};
    settings.mixup = 0.2;
    settings.cutmix = 1.0;
    return settings;
}

} // namespace

const std::vector<AugmentationPreset>& augmentationPresets() {
    static const std::vector<AugmentationPreset> presets = {
        {"None", "no augmentation", {}},
        {"Gentle", "a careful start for any photographs: rotation 10, small shifts and zoom, flip, reflected borders",
         gentle()},
        {"TrivialAugment", "Mueller and Hutter 2021: a flip, then one operation of any strength; nothing to tune",
         trivial()},
        {"RandAugment, MixUp, CutMix",
         "today's recipe for long training: resized crop, flip, RandAugment 2/9, MixUp 0.2 or CutMix 1", today()},
        {"Chapter 7 notebook, 7.1.1",
         "Tiny ImageNet: rotation 30, shifts, shear 5, zoom, flip, brightness, reflected borders (with "
         "samplewise_center)",
         tinyImagenet(FillMode::Reflect)},
        {"Chapter 7, listings 7.1 and 7.2", "Inception v1: as in the notebook; centering comes later, in its generator",
         tinyImagenet(FillMode::Reflect)},
        {"Chapter 7, listing 7.3",
         "7.1 with gamma 0.9 to 1.08 and random erasing of 10 pixels, drawn per image; the listing draws once per "
         "batch",
         withGammaAndOcclusion(tinyImagenet(FillMode::Reflect), {0.9, 1.08}, 1.0)},
        {"Chapter 7, listing 7.13", "Inception-ResNet v2 at 224 x 224: as 7.1 with repeated borders",
         tinyImagenet(FillMode::Nearest)},
        {"Chapter 7, as its notebook ran",
         "Inception-ResNet v2: borders of gray 127.5, gamma 0.93 to 1.06, random erasing on every second image (with x "
         "/ 127.5 - 1)",
         withGammaAndOcclusion(greyBorder(), {0.93, 1.06}, 0.5)},
        {"Chapter 7, Minception as it ran",
         "reflected borders, gamma 0.93 to 1.06, random erasing on every second image; no centering",
         withGammaAndOcclusion(tinyImagenet(FillMode::Reflect), {0.93, 1.06}, 0.5)},
        {"Chapter 6, Inception v1", "rotation 20, shifts, flip (with rescale 1/255)", shiftsAndFlip(20, 0)},
        {"Keras tutorial, cats and dogs",
         "rotation 40, shifts, zoom 0.2, flip; its shear 0.2 is degrees: a quarter pixel", catsAndDogs()},
        {"Toy robot, augmentation", "rotation 20, shifts, zoom 0.1, flip, brightness 0.5 to 1.5 (with rescale 1/255)",
         toyRobot()},
        {"Toy robot, VGG16", "the same at 224 x 224 (with preprocess_input)", toyRobot()},
    };
    return presets;
}

} // namespace sightline
