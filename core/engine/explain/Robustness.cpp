// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <atomic>

#include "augment/BatchLoader.h"
#include "engine/explain/Judging.h"
#include "engine/explain/SplitPass.h"
#include "support/Files.h"
#include "support/Random.h"
#include "support/Workers.h"

namespace sightline::engine {

namespace {

constexpr int kVariantsAtOnce = 32;

/// One form of an image that is judged: of curve `curve`, point `point`.
struct Variant {
    std::size_t curve = 0, point = 0;
    Corruption kind = Corruption::Rotation;
    double strength = 0;
};

/// The image as it is, which is every curve's first point, then all others.
std::vector<Variant> variantsOf(const std::vector<Corruption>& kinds) {
    std::vector<Variant> variants = {{}};
    for (std::size_t curve = 0; curve < kinds.size(); ++curve) {
        const std::vector<double> points = scaleOf(kinds[curve]).points;
        for (std::size_t point = 1; point < points.size(); ++point)
            variants.push_back({curve, point, kinds[curve], points[point]});
    }
    return variants;
}

/// Makes an image worse in one way after the other, ready for the network.
class Worsening {
public:
    Worsening(const LoadedModel& model, std::uint64_t seed)
        : m_model(model), m_augmentation(model.augmentation), m_seed(seed),
          m_normalizer(model.normalization, model.data.channels(), model.fitted),
          m_size(outputSize(m_augmentation, model.data.imageHeight, model.data.imageWidth)) {
        m_augmentation.augmentValidation = false; // what a random crop means at inference stays
    }

    /// [n, C, H, W] of the network's input size, for variants begin ... begin + n - 1 of one image.
    torch::Tensor images(const Image& image, std::uint32_t sample, const std::vector<Variant>& variants,
                         std::size_t begin, std::size_t n) const {
        torch::Tensor pixels =
            torch::empty({static_cast<std::int64_t>(n), m_size[0], m_size[1], image.channels}, torch::kFloat);
        float* out = pixels.data_ptr<float>();
        const std::size_t each = static_cast<std::size_t>(pixels.numel()) / n;
        CounterRandom random(m_seed, RandomPurpose::Noise, 1, sample);
        const std::uint64_t seed = random.next32();
        const double direction = random.below(2) == 0 ? 1 : -1;
        std::atomic<std::size_t> next = 0;
        runOnThreads(std::min(availableCpus(), static_cast<int>(n)), [&](int) {
            for (std::size_t i = next++; i < n; i = next++) {
                const Variant& variant = variants[begin + i];
                const double strength = variant.strength * (scaleOf(variant.kind).hasDirections() ? direction : 1);
                prepareSample(corrupted(image, variant.kind, strength, seed), m_augmentation, false, 0, 0, 0,
                              m_normalizer, out + i * each);
            }
        });
        pixels = pixels.permute({0, 3, 1, 2});
        return m_size[0] == m_model.height() && m_size[1] == m_model.width()
                   ? pixels
                   : torch::upsample_bilinear2d(pixels, {m_model.height(), m_model.width()}, false);
    }

private:
    const LoadedModel& m_model;
    AugmentationSettings m_augmentation;
    std::uint64_t m_seed;
    Normalizer m_normalizer;
    std::array<int, 2> m_size;
};

/// How many images of each class were right, for each variant.
struct Counts {
    std::vector<std::vector<std::size_t>> right; ///< [variant][class]
    std::vector<std::size_t> images;             ///< [class]
};

Result<Counts> counted(const Asked& asked, const RunSplit& split, const std::vector<Variant>& variants,
                       std::uint64_t seed, const Asking& asking, std::vector<std::string>& skipped) {
    const LoadedModel& model = asked.model();
    const Dataset& dataset = split.data.dataset;
    const Worsening worsening(model, seed);
    const auto atOnce = static_cast<std::size_t>(imagesAtOnce(asked.module(), kVariantsAtOnce));
    Counts counts;
    counts.images.assign(model.classes.size(), 0);
    counts.right.assign(variants.size(), counts.images);
    const std::vector<std::uint32_t> indices = dataset.indices(split.subset);
    torch::NoGradGuard noGradients;
    for (std::size_t done = 0; done < indices.size(); ++done) {
        const Sample& sample = dataset.samples[indices[done]];
        if (sample.label < 0) {
            skipped.push_back(sample.path + ": this run was not trained on its class.");
            continue;
        }
        const Result<Image> image = loadSample(dataset, sample, split.experiment.data);
        if (!image) {
            skipped.push_back(whyOf(sample.path, image.error().message));
            continue;
        }
        const auto truth = static_cast<std::size_t>(sample.label);
        ++counts.images[truth];
        for (std::size_t begin = 0; begin < variants.size(); begin += atOnce) {
            if (asking.isStopped())
                return cancelled();
            const std::size_t n = std::min(atOnce, variants.size() - begin);
            const torch::Tensor logits =
                asked.module().infer(worsening.images(*image, indices[done], variants, begin, n))[0];
            if (const Result<void> finite = finiteScores(logits); !finite)
                return finite.error();
            const torch::Tensor predicted = logits.argmax(1);
            for (std::size_t i = 0; i < n; ++i)
                counts.right[begin + i][truth] +=
                    predicted[static_cast<std::int64_t>(i)].item<std::int64_t>() == sample.label ? 1 : 0;
        }
        asking.tell(done + 1, indices.size());
    }
    return counts;
}

Robustness::Point pointOf(double strength, const std::vector<std::size_t>& right,
                          const std::vector<std::size_t>& images) {
    Robustness::Point point;
    point.strength = strength;
    std::size_t all = 0, allRight = 0;
    for (std::size_t i = 0; i < images.size(); ++i) {
        all += images[i];
        allRight += right[i];
        point.perClass.push_back(images[i] > 0
                                     ? std::optional(static_cast<double>(right[i]) / static_cast<double>(images[i]))
                                     : std::nullopt);
    }
    point.accuracy = static_cast<double>(allRight) / static_cast<double>(all);
    return point;
}

} // namespace

Result<Robustness> answer(const Asked& asked, const RobustnessQuestion& question, const Asking& asking) {
    const Result<RunSplit> split = openSplit(asked, question.split, question.dataPath, asking);
    if (!split)
        return split.error();
    const std::vector<Variant> variants = variantsOf(question.kinds);
    Robustness robustness;
    robustness.split = nameOf(split->subset);
    robustness.classes = asked.model().classes;
    const auto counts = counted(asked, *split, variants, question.seed, asking, robustness.skipped);
    if (!counts)
        return counts.error();
    for (const std::size_t images : counts->images)
        robustness.images += images;
    if (robustness.images == 0)
        return badInput("None of the " + robustness.split + " images can be evaluated: " + robustness.skipped.front());
    for (const Corruption kind : question.kinds)
        robustness.curves.push_back({kind, {pointOf(0, counts->right.front(), counts->images)}});
    for (std::size_t i = 1; i < variants.size(); ++i)
        robustness.curves[variants[i].curve].points.push_back(
            pointOf(variants[i].strength, counts->right[i], counts->images));
    return robustness;
}

} // namespace sightline::engine
