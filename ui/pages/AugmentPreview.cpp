// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/AugmentPreview.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "augment/Augment.h"
#include "augment/Mixing.h"
#include "look/Picture.h"
#include "look/Words.h"

namespace sightline::ui {

namespace {
QString tr(const char* text, int n = -1) {
    return QCoreApplication::translate("AugmentPreview", text, nullptr, n);
}

LoadImage loaderOf(const Dataset& dataset, const DataSettings& settings) {
    return [&dataset, settings](std::uint32_t sample) -> std::shared_ptr<const Image> {
        auto image = loadSample(dataset, dataset.samples[sample], settings);
        return image ? std::make_shared<const Image>(std::move(*image)) : nullptr;
    };
}

/// A sample's class and file name, for a caption.
QString shortName(const Dataset& dataset, std::uint32_t sample) {
    const QString path = QString::fromStdString(dataset.samples[sample].path);
    return path.section(QLatin1Char('/'), -2);
}

/// The drawn values that do something, in few words.
QString inWords(const Drawn& drawn) {
    QStringList words;
    const auto number = [](double value) { return QString::number(std::lround(value)); };
    if (drawn.theta != 0)
        words << number(drawn.theta) + QStringLiteral("°");
    if (drawn.tx != 0 || drawn.ty != 0)
        words << tr("shift %1, %2 px").arg(number(drawn.tx), number(drawn.ty));
    if (drawn.shear != 0)
        words << tr("shear %1°").arg(fixed(drawn.shear, 1));
    if (drawn.zx != 1 || drawn.zy != 1)
        words << tr("zoom %1, %2").arg(fixed(drawn.zx, 2)).arg(fixed(drawn.zy, 2));
    if (drawn.flipHorizontal || drawn.flipVertical)
        words << (drawn.flipHorizontal && drawn.flipVertical ? tr("flipped both ways")
                  : drawn.flipHorizontal                     ? tr("flipped")
                                                             : tr("flipped vertically"));
    if (drawn.brightness)
        words << tr("brightness ×%1").arg(fixed(*drawn.brightness, 2));
    if (drawn.channelShift)
        words << tr("channel shift %1").arg(fixed(*drawn.channelShift, 0));
    if (drawn.gamma)
        words << tr("gamma %1").arg(fixed(*drawn.gamma, 2));
    if (drawn.contrast)
        words << tr("contrast %1").arg(fixed(*drawn.contrast, 2));
    if (drawn.occlusion)
        words << tr("erased");
    if (drawn.saturation)
        words << tr("saturation ×%1").arg(fixed(*drawn.saturation, 2));
    if (drawn.hue)
        words << tr("hue %1°").arg(fixed(*drawn.hue, 0));
    if (drawn.blur)
        words << tr("blur %1").arg(fixed(*drawn.blur, 1));
    if (drawn.noise)
        words << tr("noise %1").arg(fixed(drawn.noise->deviation, 0));
    if (drawn.jpegQuality)
        words << tr("JPEG %1").arg(*drawn.jpegQuality);
    for (const PolicyStep& step : drawn.policy)
        words << QString::fromStdString(step.operation) +
                     (step.strength == 0 ? QString() : QLatin1Char(' ') + significant(step.strength));
    if (!drawn.cutout.empty())
        words << tr("cutout ×%1").arg(drawn.cutout.size());
    if (drawn.resizedCrop)
        words << tr("resized crop %1 × %2").arg(drawn.resizedCrop->width).arg(drawn.resizedCrop->height);
    if (drawn.crop)
        words << tr("crop at %1, %2").arg((*drawn.crop)[0]).arg((*drawn.crop)[1]);
    static const QRegularExpression minus(QStringLiteral("-(?=\\d)"));
    for (QString& word : words) // a line ends between two values, not within one
        word.replace(minus, QStringLiteral("−")).replace(QLatin1Char(' '), QChar(QChar::Nbsp));
    return words.isEmpty() ? tr("unchanged") : words.join(QStringLiteral("\u00a0· "));
}

} // namespace

AugmentPreview previewOf(const Dataset& dataset, std::uint32_t index, const Experiment& experiment,
                         std::uint64_t firstEpoch, int tiles, const std::stop_token& stop) {
    AugmentPreview preview;
    preview.name = QString::fromStdString(dataset.samples[index].path);
    const auto image = loadSample(dataset, dataset.samples[index], experiment.data);
    if (!image) {
        preview.error = QString::fromStdString(image.error().message);
        return preview;
    }
    preview.original = toQImage(*image);
    const auto size = outputSize(experiment.augmentation, image->height, image->width);
    const std::vector<std::uint32_t> candidates = dataset.indices(Subset::Train);
    for (int i = 0; i < tiles && !stop.stop_requested(); ++i) {
        const std::uint64_t epoch = firstEpoch + static_cast<std::uint64_t>(i);
        FloatImage result(size[0], size[1], image->channels);
        const TrainingSample made =
            prepareTrainingSample(*image, loaderOf(dataset, experiment.data), candidates, experiment.augmentation,
                                  experiment.seed, epoch, index, Normalizer(image->channels), result.pixels.data());
        QString words = inWords(made.drawn);
        if (made.mixture.kind != Mixture::Kind::None)
            words = tr("%1 % + %2 % of %3")
                        .arg(std::lround(100 * made.mixture.share))
                        .arg(100 - std::lround(100 * made.mixture.share))
                        .arg(shortName(dataset, made.partner)) +
                    QStringLiteral(" · ") + words;
        preview.tiles.push_back({toQImage(result), words, tr("Epoch %1: %2").arg(epoch).arg(words)});
    }
    return preview;
}

double loaderSpeed(const Dataset& dataset, const Experiment& experiment, const std::stop_token& stop) {
    const std::vector<std::uint32_t> candidates = dataset.indices(Subset::Train);
    std::vector<std::pair<std::uint32_t, std::shared_ptr<const Image>>> images;
    for (std::size_t i = 0; i < candidates.size() && images.size() < 8 && !stop.stop_requested();
         i += std::max<std::size_t>(1, candidates.size() / 8))
        if (auto image = loaderOf(dataset, experiment.data)(candidates[i]))
            images.emplace_back(candidates[i], std::move(image));
    if (images.empty())
        return 0;
    const auto size = outputSize(experiment.augmentation, experiment.data.imageHeight, experiment.data.imageWidth);
    std::vector<float> out(static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) *
                           static_cast<std::size_t>(experiment.data.channels()));
    const Normalizer normalizer(experiment.normalization, experiment.data.channels());
    const LoadImage decoded = [&images](std::uint32_t sample) { return images[sample % images.size()].second; };
    const auto start = std::chrono::steady_clock::now();
    const auto elapsed = [start] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    std::uint64_t done = 0;
    for (; elapsed() < 0.3 && !stop.stop_requested(); ++done) {
        const auto& [sample, image] = images[done % images.size()];
        prepareTrainingSample(*image, decoded, candidates, experiment.augmentation, experiment.seed, done, sample,
                              normalizer, out.data());
    }
    return static_cast<double>(done) / elapsed();
}

} // namespace sightline::ui
