// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/Asking.h"

#include <QFileInfo>

#include <algorithm>
#include <chrono>

#include "engine/AskedModel.h"

namespace sightline::ui {

namespace {
using namespace std::chrono_literals;

/// The weights as they are now, or as they were when last asked for where a batch takes long: a click is answered at
/// once. Before the first snapshot of a run, and while it pauses, the newest are waited for. Null once it has ended.
std::shared_ptr<const WeightSnapshot> liveWeights(TrainControl& control, const std::stop_token& stop) {
    const bool settles = control.snapshot() && !control.isPaused();
    return control.freshSnapshot(stop, settles ? 60ms : 5000ms);
}

Image forScreen(const Image& image) {
    constexpr double kSide = 1280;
    const double scale = kSide / std::max({1, image.height, image.width});
    if (scale >= 1)
        return image;
    const auto side = [&](int pixels) { return std::max(1, static_cast<int>(pixels * scale)); };
    return resized(image, side(image.height), side(image.width), Interpolation::Bilinear);
}

/// In colour, unless the network sees gray ones.
Image seenPixels(const Image& decoded, const OpenedRun& run) {
    return withChannels(fittedShape(decoded, run.experiment.data), decoded.channels == 1 ? 1 : 3);
}
} // namespace

Result<Image> decodedFor(const OpenedRun& run, const Subject& subject, const Dataset* dataset) {
    const PixelSettings& pixels = run.experiment.data.pixels;
    return subject.sample ? dataset->source->decoded(dataset->samples[*subject.sample], dataset->resolved(pixels))
                          : readImage(subject.file.toStdString(), pixels);
}

Image seenPart(const Image& decoded, const OpenedRun& run) {
    return forScreen(seenPixels(decoded, run));
}

bool takesLong(HeatMapMethod method) {
    switch (method) {
    case HeatMapMethod::ScoreCam:
    case HeatMapMethod::Occlusion:
    case HeatMapMethod::IntegratedGradients:
    case HeatMapMethod::SmoothGrad:
        return true;
    default:
        return false;
    }
}

QString titleOf(const Asked& asked) {
    return asked.subject.sample ? QString::fromStdString(asked.dataset->samples[*asked.subject.sample].path)
                                : QFileInfo(asked.subject.file).fileName();
}

HeatMapQuestion HeatMapAnswer::questionAbout(Image about) const {
    HeatMapQuestion question;
    question.image = std::move(about);
    question.truth = truth;
    question.method = settings.method;
    question.target = settings.target.toStdString();
    question.layer = settings.layer.toStdString();
    if (question.target == "true" && truth < 0) // the picture says that its class is not known
        question.target = "predicted";
    return question;
}

Result<std::shared_ptr<const HeatMapAnswer>> answerTo(const Asked& asked, const EngineDoor& door,
                                                      const std::stop_token& stop, const Progress& progress) {
    auto answer = std::make_shared<HeatMapAnswer>();
    answer->run = asked.run;
    answer->settings = asked.settings;
    answer->title = titleOf(asked);
    answer->subject = asked.subject;
    answer->dataset = asked.dataset;
    if (asked.subject.sample) {
        const int label = asked.dataset->samples[*asked.subject.sample].label;
        answer->truth = asked.run->classOf(*asked.dataset, label);
        if (label >= 0)
            answer->className = QString::fromStdString(asked.dataset->classes[static_cast<std::size_t>(label)]);
    }
    auto image = decodedFor(*asked.run, asked.subject, asked.dataset.get());
    if (!image)
        return image.error();
    const auto engine = door();
    if (!engine)
        return engine.error();
    ModelSource source = ofRun(asked.run->folder, asked.checkpoint);
    if (asked.live)
        source.snapshot = liveWeights(*asked.live, stop);
    answer->live = source.snapshot != nullptr;
    if (stop.stop_requested())
        return cancelled();
    auto explanation = ask(**engine, source, answer->questionAbout(*image), stop, progress);
    if (!explanation)
        return explanation.error();
    answer->explanation = std::move(*explanation);
    answer->image = seenPixels(*image, *asked.run);
    answer->decoded = std::make_shared<const Image>(std::move(*image));
    answer->source = std::move(source);
    answer->shown = forScreen(answer->image);
    return std::shared_ptr<const HeatMapAnswer>(std::move(answer));
}

} // namespace sightline::ui
