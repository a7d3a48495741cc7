// SPDX-License-Identifier: GPL-3.0-or-later
#include "look/ChoiceWords.h"
#include "pages/AugmentPage.h"
#include "widgets/SettingsForm.h"

namespace sightline::ui {

namespace {
using E = Experiment;
QString path(const char* key) {
    return QStringLiteral("augmentation.") + QLatin1String(key);
}
bool isRandAugment(const E& e) {
    return e.augmentation.policy && e.augmentation.policy->name == PolicySettings::Name::RandAugment;
}
} // namespace

void AugmentPage::addFields() {
    addGeometry();
    addColour();
    addErasing();
    addMixing();
    m_form->section(tr("Automatic augmentation"), true);
    addPolicy();
    addKerasSteps();
    m_form->section(tr("More"), true);
    m_form->choice(
        {path("semantics"), tr("Geometry follows"), {}, tr("Keras releases differ from the Keras documentation.")},
        choiceTitles("augmentation.semantics"), [](const E& e) { return static_cast<int>(e.augmentation.semantics); },
        [](E& e, int v) { e.augmentation.semantics = static_cast<Semantics>(v); });
    m_form->toggle(
        {path("augment_validation"), tr("Augment validation"), {}, tr("Only to reproduce old experiments.")},
        [](const E& e) { return e.augmentation.augmentValidation; },
        [](E& e, bool v) { e.augmentation.augmentValidation = v; });
    m_form->toggle(
        {path("exact"), tr("Double precision"), {}, tr("Slower; the fast path differs by at most 1 level of 255.")},
        [](const E& e) { return e.augmentation.exact; }, [](E& e, bool v) { e.augmentation.exact = v; });
}

void AugmentPage::addGeometry() {
    m_form->section(tr("Geometry"));
    m_form->slider(
        {path("rotation_range"), tr("Maximum rotation"), QStringLiteral("°"), {}}, 0, 180, 1,
        [](const E& e) { return e.augmentation.rotationRange; },
        [](E& e, double v) { e.augmentation.rotationRange = v; });
    m_form->slider(
        {path("width_shift_range"),
         tr("Horizontal shift"),
         {},
         tr("Below 1: fraction of the width; otherwise pixels.")},
        0, 0.99, 0.01, [](const E& e) { return e.augmentation.widthShiftRange.values.front(); },
        [](E& e, double v) {
            e.augmentation.widthShiftRange = {ShiftRange::Form::Float, {v}};
        });
    m_form->slider(
        {path("height_shift_range"), tr("Vertical shift"), {}, {}}, 0, 0.99, 0.01,
        [](const E& e) { return e.augmentation.heightShiftRange.values.front(); },
        [](E& e, double v) {
            e.augmentation.heightShiftRange = {ShiftRange::Form::Float, {v}};
        });
    m_form->slider(
        {path("shear_range"), tr("Maximum shear"), QStringLiteral("°"), {}}, 0, 45, 0.5,
        [](const E& e) { return e.augmentation.shearRange; }, [](E& e, double v) { e.augmentation.shearRange = v; });
    m_form->range(
        {path("zoom_range"), tr("Zoom"), {}, tr("Below 1 zooms in, above 1 zooms out, as in Keras.")}, 0.01, 10, 0.05,
        [](const E& e) { return e.augmentation.zoomRange; }, [](E& e, Range v) { e.augmentation.zoomRange = v; });
    m_form->toggle(
        {path("random_resized_crop on"), tr("Random resized crop"), {}, {}},
        [](const E& e) { return e.augmentation.randomResizedCrop.has_value(); },
        [](E& e, bool v) {
            e.augmentation.randomResizedCrop = v ? std::optional(ResizedCropSettings{}) : std::nullopt;
        });
    m_form->range(
        {path("random_resized_crop.scale"),
         tr("Area"),
         {},
         tr("Fraction of the image; the crop is resized to the full size."),
         [](const E& e) { return e.augmentation.randomResizedCrop.has_value(); }},
        0.01, 1, 0.05,
        [](const E& e) { return e.augmentation.randomResizedCrop.value_or(ResizedCropSettings{}).scale; },
        [](E& e, Range v) {
            if (e.augmentation.randomResizedCrop)
                e.augmentation.randomResizedCrop->scale = v;
        });
    m_form->range(
        {path("random_resized_crop.ratio"),
         tr("Aspect ratio"),
         {},
         {},
         [](const E& e) { return e.augmentation.randomResizedCrop.has_value(); }},
        0.01, 100, 0.05,
        [](const E& e) { return e.augmentation.randomResizedCrop.value_or(ResizedCropSettings{}).ratio; },
        [](E& e, Range v) {
            if (e.augmentation.randomResizedCrop)
                e.augmentation.randomResizedCrop->ratio = v;
        });
    m_form->toggle(
        {path("horizontal_flip"), tr("Horizontal flip"), {}, {}},
        [](const E& e) { return e.augmentation.horizontalFlip; },
        [](E& e, bool v) { e.augmentation.horizontalFlip = v; });
    m_form->toggle(
        {path("vertical_flip"), tr("Vertical flip"), {}, {}}, [](const E& e) { return e.augmentation.verticalFlip; },
        [](E& e, bool v) { e.augmentation.verticalFlip = v; });
    m_form->choice(
        {path("fill_mode"), tr("Fill mode"), {}, {}}, choiceTitles("augmentation.fill_mode"),
        [](const E& e) { return static_cast<int>(e.augmentation.fillMode); },
        [](E& e, int v) { e.augmentation.fillMode = static_cast<FillMode>(v); });
    m_form->slider(
        {path("cval"),
         tr("Fill gray level"),
         {},
         {},
         [](const E& e) { return e.augmentation.fillMode == FillMode::Constant; }},
        0, 255, 1, [](const E& e) { return e.augmentation.cval; }, [](E& e, double v) { e.augmentation.cval = v; });
}

void AugmentPage::addColour() {
    m_form->section(tr("Color"));
    m_form->toggle(
        {path("brightness_range on"), tr("Brightness"), {}, {}},
        [](const E& e) { return e.augmentation.brightnessRange.has_value(); },
        [](E& e, bool v) {
            e.augmentation.brightnessRange = v ? std::optional(Range{0.8, 1.2}) : std::nullopt;
        });
    m_form->range(
        {path("brightness_range"),
         tr("Factor"),
         {},
         {},
         [](const E& e) { return e.augmentation.brightnessRange.has_value(); }},
        0, 10, 0.05,
        [](const E& e) {
            return e.augmentation.brightnessRange.value_or(Range{1, 1});
        },
        [](E& e, Range v) { e.augmentation.brightnessRange = v; });
    m_form->slider(
        {path("channel_shift_range"), tr("Channel shift"), tr("levels"), {}}, 0, 128, 1,
        [](const E& e) { return e.augmentation.channelShiftRange; },
        [](E& e, double v) { e.augmentation.channelShiftRange = v; });
    m_form->toggle(
        {path("gamma_range on"), tr("Gamma"), {}, {}}, [](const E& e) { return e.augmentation.gammaRange.has_value(); },
        [](E& e, bool v) {
            e.augmentation.gammaRange = v ? std::optional(Range{0.93, 1.06}) : std::nullopt;
        });
    m_form->range(
        {path("gamma_range"), tr("Exponent"), {}, {}, [](const E& e) { return e.augmentation.gammaRange.has_value(); }},
        0.1, 5, 0.01,
        [](const E& e) {
            return e.augmentation.gammaRange.value_or(Range{1, 1});
        },
        [](E& e, Range v) { e.augmentation.gammaRange = v; });
    m_form->slider(
        {path("random_contrast"), tr("Contrast"), {}, {}}, 0, 0.99, 0.01,
        [](const E& e) { return e.augmentation.randomContrast; },
        [](E& e, double v) { e.augmentation.randomContrast = v; });
    m_form->toggle(
        {path("saturation_range on"), tr("Saturation"), {}, {}},
        [](const E& e) { return e.augmentation.saturationRange.has_value(); },
        [](E& e, bool v) {
            e.augmentation.saturationRange = v ? std::optional(Range{0.7, 1.3}) : std::nullopt;
        });
    m_form->range(
        {path("saturation_range"),
         tr("Factor"),
         {},
         {},
         [](const E& e) { return e.augmentation.saturationRange.has_value(); }},
        0, 10, 0.05,
        [](const E& e) {
            return e.augmentation.saturationRange.value_or(Range{1, 1});
        },
        [](E& e, Range v) { e.augmentation.saturationRange = v; });
    m_form->slider(
        {path("hue_range"), tr("Maximum hue shift"), QStringLiteral("°"), {}}, 0, 180, 1,
        [](const E& e) { return e.augmentation.hueRange; }, [](E& e, double v) { e.augmentation.hueRange = v; });
    m_form->section(tr("Blur, noise, compression"), true);
    m_form->toggle(
        {path("blur_sigma on"), tr("Blur"), {}, {}}, [](const E& e) { return e.augmentation.blurSigma.has_value(); },
        [](E& e, bool v) {
            e.augmentation.blurSigma = v ? std::optional(Range{0.1, 2.0}) : std::nullopt;
        });
    m_form->range(
        {path("blur_sigma"),
         tr("Sigma"),
         tr("pixels"),
         {},
         [](const E& e) { return e.augmentation.blurSigma.has_value(); }},
        0, 100, 0.1,
        [](const E& e) {
            return e.augmentation.blurSigma.value_or(Range{1, 1});
        },
        [](E& e, Range v) { e.augmentation.blurSigma = v; });
    m_form->slider(
        {path("gaussian_noise"), tr("Noise"), tr("levels"), {}}, 0, 64, 1,
        [](const E& e) { return e.augmentation.gaussianNoise; },
        [](E& e, double v) { e.augmentation.gaussianNoise = v; });
    m_form->toggle(
        {path("jpeg_quality on"), tr("JPEG"), {}, {}},
        [](const E& e) { return e.augmentation.jpegQuality.has_value(); },
        [](E& e, bool v) {
            e.augmentation.jpegQuality = v ? std::optional(Range{40, 95}) : std::nullopt;
        });
    m_form->range(
        {path("jpeg_quality"),
         tr("Quality"),
         {},
         {},
         [](const E& e) { return e.augmentation.jpegQuality.has_value(); }},
        1, 100, 1,
        [](const E& e) {
            return e.augmentation.jpegQuality.value_or(Range{1, 1});
        },
        [](E& e, Range v) { e.augmentation.jpegQuality = v; });
}

void AugmentPage::addErasing() {
    m_form->section(tr("Erasing"));
    m_form->toggle(
        {path("occlusion on"), tr("Random erasing"), {}, {}},
        [](const E& e) { return e.augmentation.occlusion.has_value(); },
        [](E& e, bool v) { e.augmentation.occlusion = v ? std::optional(OcclusionSettings{}) : std::nullopt; });
    m_form->whole(
        {path("occlusion"),
         tr("Size"),
         tr("pixels"),
         {},
         [](const E& e) { return e.augmentation.occlusion.has_value(); }},
        [](const E& e) { return e.augmentation.occlusion.value_or(OcclusionSettings{}).size; },
        [](E& e, int v) {
            if (e.augmentation.occlusion)
                e.augmentation.occlusion->size = v;
        });
    m_form->toggle(
        {path("cutout on"), tr("Cutout"), {}, {}}, [](const E& e) { return e.augmentation.cutout.has_value(); },
        [](E& e, bool v) { e.augmentation.cutout = v ? std::optional(CutoutSettings{}) : std::nullopt; });
    const auto cuts = [](const E& e) { return e.augmentation.cutout.has_value(); };
    m_form->whole(
        {path("cutout.holes"), tr("Count"), {}, {}, cuts},
        [](const E& e) { return e.augmentation.cutout.value_or(CutoutSettings{}).holes; },
        [](E& e, int v) {
            if (e.augmentation.cutout)
                e.augmentation.cutout->holes = v;
        });
    m_form->whole(
        {path("cutout.size"), tr("Size"), tr("pixels"), {}, cuts},
        [](const E& e) { return e.augmentation.cutout.value_or(CutoutSettings{}).size; },
        [](E& e, int v) {
            if (e.augmentation.cutout)
                e.augmentation.cutout->size = v;
        });
    m_form->slider(
        {path("cutout.value"), tr("Gray level"), {}, {}, cuts}, 0, 255, 1,
        [](const E& e) { return e.augmentation.cutout.value_or(CutoutSettings{}).value; },
        [](E& e, double v) {
            if (e.augmentation.cutout)
                e.augmentation.cutout->value = v;
        });
}

void AugmentPage::addMixing() {
    m_form->section(tr("Mixing two images"), true);
    m_form->slider(
        {path("mixup"),
         tr("MixUp"),
         {},
         tr("Mixing ratio from Beta(a, a); 0 = off, 0.2 is usual. Labels are mixed in the same ratio.")},
        0, 4, 0.1, [](const E& e) { return e.augmentation.mixup; }, [](E& e, double v) { e.augmentation.mixup = v; });
    m_form->slider(
        {path("cutmix"),
         tr("CutMix"),
         {},
         tr("The same for a pasted patch; 1 is usual. With both on, each image gets one of them.")},
        0, 4, 0.1, [](const E& e) { return e.augmentation.cutmix; }, [](E& e, double v) { e.augmentation.cutmix = v; });
}

/// ImageDataGenerator's own steps after augmentation, instead of one of the Network page's sets of pixel values.
void AugmentPage::addKerasSteps() {
    using Normalization = NormalizationSettings;
    const auto keras = [](const E& e) { return e.normalization.preset == Normalization::Preset::Keras; };
    const auto toggle = [&](const char* key, const QString& label, const QString& help, bool Normalization::*field) {
        m_form->toggle(
            {QStringLiteral("normalization.") + QLatin1String(key), label, {}, help, keras},
            [field](const E& e) { return e.normalization.*field; },
            [field](E& e, bool v) { e.normalization.*field = v; });
    };
    m_form->section(tr("Normalization, step by step"), true);
    m_form->toggle(
        {QStringLiteral("normalization keras"), tr("Keras steps"), {}, tr("Otherwise as chosen on the Network page.")},
        keras, [](E& e, bool v) {
            e.normalization.preset = v ? Normalization::Preset::Keras : Normalization::Preset::Rescale;
        });
    m_form->choice(
        {QStringLiteral("normalization.preprocessing_function"), tr("Preprocessing"), {}, {}, keras},
        {tr("None"), QStringLiteral("tf: −1 to 1"), QStringLiteral("caffe: BGR minus means"),
         QStringLiteral("torch: ImageNet statistics")},
        [](const E& e) { return static_cast<int>(e.normalization.preprocess); },
        [](E& e, int v) { e.normalization.preprocess = static_cast<Normalization::Preprocess>(v); });
    m_form->number(
        {QStringLiteral("normalization.rescale"), tr("Rescale factor"), {}, tr("0 = off; 1/255 = 0.00392157."), keras},
        [](const E& e) { return e.normalization.rescale; }, [](E& e, double v) { e.normalization.rescale = v; });
    toggle("samplewise_center", tr("Center each image"), {}, &Normalization::samplewiseCenter);
    toggle("samplewise_std_normalization", tr("Scale each image to std 1"), {}, &Normalization::samplewiseStd);
    toggle("featurewise_center", tr("Center by data-set mean"),
           tr("Computed from the training images when training starts."), &Normalization::featurewiseCenter);
    toggle("featurewise_std_normalization", tr("Scale by data-set std"), {}, &Normalization::featurewiseStd);
    toggle("zca_whitening", tr("ZCA whitening"),
           tr("For small images only: cost grows with the square of the number of pixels."),
           &Normalization::zcaWhitening);
    m_form->number(
        {QStringLiteral("normalization.zca_epsilon"),
         tr("ZCA epsilon"),
         {},
         {},
         [keras](const E& e) { return keras(e) && e.normalization.zcaWhitening; }},
        [](const E& e) { return e.normalization.zcaEpsilon; }, [](E& e, double v) { e.normalization.zcaEpsilon = v; });
}

void AugmentPage::addPolicy() {
    m_form->choice(
        {path("policy"), tr("Policy"), {}, tr("A published set of fourteen operations, drawn for each image.")},
        QStringList{tr("None")} + choiceTitles("augmentation.policy.name"),
        [](const E& e) { return e.augmentation.policy ? 1 + static_cast<int>(e.augmentation.policy->name) : 0; },
        [](E& e, int v) {
            if (v == 0)
                e.augmentation.policy.reset();
            else
                e.augmentation.policy = PolicySettings{static_cast<PolicySettings::Name>(v - 1)};
        });
    m_form->whole(
        {path("policy.operations"), tr("Count"), {}, {}, isRandAugment},
        [](const E& e) { return e.augmentation.policy.value_or(PolicySettings{}).operations; },
        [](E& e, int v) {
            if (e.augmentation.policy)
                e.augmentation.policy->operations = v;
        });
    m_form->slider(
        {path("policy.magnitude"), tr("Magnitude"), {}, {}, isRandAugment}, 0, 30, 1,
        [](const E& e) { return e.augmentation.policy.value_or(PolicySettings{}).magnitude; },
        [](E& e, double v) {
            if (e.augmentation.policy)
                e.augmentation.policy->magnitude = static_cast<int>(v);
        });
}

} // namespace sightline::ui
