// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>
#include <torch/version.h>

#include <algorithm>
#include <cstdio>
#include <unordered_map>

#include "augment/Reading.h"
#include "engine/train/Feed.h"
#include "engine/train/RankSkips.h"
#include "store/FeatureCache.h"
#include "support/Files.h"
#include "support/Version.h"

namespace sightline::engine {

namespace {

std::string_view bytesOf(const torch::Tensor& tensor) {
    return {reinterpret_cast<const char*>(tensor.data_ptr<float>()),
            static_cast<std::size_t>(tensor.numel()) * sizeof(float)};
}

/// How a file's bytes become the values that the network sees when it judges. Where the images lie, how they are split
/// and what only training does to them is not in it.
Experiment preprocessingOf(const Dataset& dataset, const LoaderSettings& settings) {
    Experiment kept;
    kept.data.imageHeight = settings.data.imageHeight;
    kept.data.imageWidth = settings.data.imageWidth;
    kept.data.pixels = dataset.resolved(settings.data.pixels);
    kept.data.interpolation = settings.data.interpolation;
    kept.data.fit = settings.data.fit;
    kept.data.pad = settings.data.pad;
    kept.data.decoding = settings.data.decoding;
    kept.normalization = settings.normalization;
    if (settings.augmentation.augmentValidation) {
        kept.augmentation = settings.augmentation;
        kept.seed = settings.seed;
    } else {
        kept.augmentation.randomCrop = settings.augmentation.randomCrop;
    }
    return kept;
}

/// Weights, graph, images, preprocessing and arithmetic: what changes a feature changes the key, and nothing else does.
Result<std::string> keyOf(const GraphModule& module, const Dataset& dataset, const LoaderSettings& settings, bool bf16,
                          const std::vector<std::uint32_t>& training, const std::vector<std::uint32_t>& validation,
                          const std::stop_token& stop) {
    Fingerprint print;
    GraphSpec fixed = module.spec();
    fixed.nodes.clear();
    fixed.outputs.clear();
    for (std::size_t i = 0; i < module.spec().nodes.size(); ++i) {
        if (module.isFixed(i))
            fixed.nodes.push_back(module.spec().nodes[i]);
    }
    print.add(toText(toJson(fixed), -1));
    for (const std::size_t node : module.featureNodes())
        print.add(static_cast<std::int64_t>(node));
    for (const GraphModule::Entry& entry : module.entries()) {
        if (module.isFixed(entry.node))
            print.add(bytesOf(entry.view.detach().contiguous()));
    }
    print.add(toText(toJson(preprocessingOf(dataset, settings)), -1));
    if (settings.fitted) {
        for (const std::vector<float>* values :
             {&settings.fitted->mean, &settings.fitted->deviation, &settings.fitted->whitening})
            print.add({reinterpret_cast<const char*>(values->data()), values->size() * sizeof(float)});
    }
    print.add(std::string(bf16 ? "bf16 " : "fp32 ") + TORCH_VERSION + " " + kVersion + " " +
              std::to_string(settings.batchSize));
    for (const std::vector<std::uint32_t>* images : {&training, &validation})
        if (const Result<void> added = print.add(dataset, *images, stop); !added)
            return added.error();
    return print.text();
}

/// Empty places for the features of some images.
Features emptyFeatures(const GraphModule& module, const std::vector<std::uint32_t>& indices) {
    Features features;
    features.indices = indices;
    features.present.assign(indices.size(), 0);
    for (const std::size_t node : module.featureNodes()) {
        std::vector<std::int64_t> shape = module.cost().nodes[node].output;
        shape.insert(shape.begin(), static_cast<std::int64_t>(indices.size()));
        features.values.push_back(torch::zeros(shape));
    }
    return features;
}

/// What other rows have stays.
Result<void> compute(GraphModule& module, const Dataset& dataset, BatchPart::Range rows, LoaderSettings settings,
                     bool bf16, const std::stop_token& stop, Features& features) {
    torch::NoGradGuard noGrad;
    const std::vector<std::uint32_t> indices(features.indices.begin() + static_cast<std::ptrdiff_t>(rows.begin),
                                             features.indices.begin() + static_cast<std::ptrdiff_t>(rows.end));
    std::unordered_map<std::uint32_t, std::int64_t> rowOf;
    for (std::size_t i = 0; i < indices.size(); ++i)
        rowOf[indices[i]] = static_cast<std::int64_t>(rows.begin + i);
    settings.part = {};
    BatchLoader loader(dataset, indices, asJudgingOnce(std::move(settings)));
    loader.startEpoch(0);
    Bf16Autocast autocast(bf16);
    while (const Batch* batch = loader.next(stop)) {
        const std::vector<torch::Tensor> made = module.features(imagesOf(*batch, loader).permute({0, 3, 1, 2}));
        for (int i = 0; i < batch->size; ++i) {
            const std::int64_t row = rowOf.at(batch->samples[static_cast<std::size_t>(i)]);
            features.present[static_cast<std::size_t>(row)] = 1;
            for (std::size_t f = 0; f < made.size(); ++f)
                features.values[f][row].copy_(made[f][i]);
        }
    }
    if (stop.stop_requested())
        return cancelled();
    for (const BatchLoader::Skipped& image : loader.skipped())
        features.skipped.push_back({image.sample, image.reason});
    return {};
}

std::span<float> rowsOf(const torch::Tensor& values, BatchPart::Range rows) {
    const std::int64_t width = values.numel() / values.size(0);
    return {values.data_ptr<float>() + static_cast<std::int64_t>(rows.begin) * width,
            (rows.end - rows.begin) * static_cast<std::size_t>(width)};
}

/// What each process has computed becomes everybody's.
void exchange(Ranks& ranks, Features& features) {
    const auto size = static_cast<std::size_t>(ranks.size());
    for (std::size_t rank = 0; rank < size; ++rank) {
        const BatchPart::Range rows = BatchPart{rank, size}.among(features.indices.size());
        if (rows.begin == rows.end)
            continue;
        std::vector<float> present(features.present.begin() + static_cast<std::ptrdiff_t>(rows.begin),
                                   features.present.begin() + static_cast<std::ptrdiff_t>(rows.end));
        ranks.share(present, static_cast<int>(rank));
        std::transform(present.begin(), present.end(),
                       features.present.begin() + static_cast<std::ptrdiff_t>(rows.begin),
                       [](float mark) { return static_cast<char>(mark != 0); });
        for (const torch::Tensor& values : features.values)
            ranks.share(rowsOf(values, rows), static_cast<int>(rank));
    }
    features.skipped = skippedByAll(ranks, features.skipped);
}

Result<Features> computed(GraphModule& module, const Dataset& dataset, const std::vector<std::uint32_t>& indices,
                          const LoaderSettings& settings, bool bf16, const std::stop_token& stop, Ranks* ranks) {
    Features features = emptyFeatures(module, indices);
    const Result<void> done =
        compute(module, dataset, settings.part.among(indices.size()), settings, bf16, stop, features);
    if (const Result<void> everywhere = ranks ? agreed(*ranks, done) : done; !everywhere)
        return everywhere.error();
    if (ranks)
        exchange(*ranks, features);
    return features;
}

void appendTo(std::vector<TensorToWrite>& tensors, const std::string& subset, const Features& features,
              std::vector<float>& presence) {
    presence.assign(features.present.begin(), features.present.end());
    tensors.push_back({subset + ".present", {static_cast<std::int64_t>(presence.size())}, presence});
    for (std::size_t i = 0; i < features.values.size(); ++i)
        tensors.push_back(
            {subset + "." + std::to_string(i),
             features.values[i].sizes().vec(),
             {features.values[i].data_ptr<float>(), static_cast<std::size_t>(features.values[i].numel())}});
}

/// Views of the mapped file; nothing where it is not what is asked for.
std::optional<Features> kept(const std::shared_ptr<SafetensorsFile>& file, const GraphModule& module,
                             const Dataset& dataset, const std::string& subset,
                             const std::vector<std::uint32_t>& indices) {
    Features features;
    features.indices = indices;
    features.keepsAlive = file;
    const TensorView* present = file->find(subset + ".present");
    const Result<std::vector<float>> marks = present ? asFloats(*present) : Result<std::vector<float>>(Error{});
    if (!marks || marks->size() != indices.size())
        return {};
    for (const float mark : *marks)
        features.present.push_back(mark != 0 ? 1 : 0);
    for (std::size_t i = 0; i < module.featureNodes().size(); ++i) {
        std::vector<std::int64_t> shape = module.cost().nodes[module.featureNodes()[i]].output;
        shape.insert(shape.begin(), static_cast<std::int64_t>(indices.size()));
        const TensorView* values = file->find(subset + "." + std::to_string(i));
        if (!values || values->dtype != "F32" || values->shape != shape)
            return {};
        features.values.push_back(torch::from_blob(const_cast<std::byte*>(values->data.data()), shape, torch::kFloat));
    }
    for (std::size_t i = 0; i < indices.size(); ++i)
        if (features.present[i] == 0)
            features.skipped.push_back(
                {indices[i], dataset.samples[indices[i]].path + ": could not be read when the features were computed"});
    return features;
}

std::uint64_t bytesFor(const GraphModule& module, std::size_t images) {
    std::uint64_t bytes = 0;
    for (const std::size_t node : module.featureNodes())
        bytes += static_cast<std::uint64_t>(module.cost().nodes[node].activationBytes);
    return bytes * images;
}

/// The features of a key; nothing where they are not kept.
std::optional<FeatureSets> found(const FeatureCache& cache, const std::string& key, const GraphModule& module,
                                 const Dataset& dataset, const std::vector<std::uint32_t>& training,
                                 const std::vector<std::uint32_t>& validation) {
    Result<SafetensorsFile> opened = cache.find(key);
    if (!opened)
        return {};
    const auto file = std::make_shared<SafetensorsFile>(std::move(*opened));
    auto first = kept(file, module, dataset, "train", training),
         second = kept(file, module, dataset, "validation", validation);
    if (!first || !second)
        return {};
    return FeatureSets{std::move(*first), std::move(*second),
                       "The features of " + std::to_string(training.size() + validation.size()) +
                           " images came from the cache."};
}

Result<void> roomFor(const GraphModule& module, std::size_t images) {
    if (bytesFor(module, images) <= availableMemoryBytes() / 2)
        return {};
    return Error{"training.cache_features: the features of " + std::to_string(images) + " images need " +
                 std::to_string(bytesFor(module, images) >> 20) +
                 " MiB, more than half of the free memory; freeze up to a later node or set it to false."};
}

/// Whether all processes have it.
bool everywhere(Ranks* ranks, bool mine) {
    if (!ranks)
        return mine;
    double missing = mine ? 0 : 1;
    ranks->sum(std::span(&missing, 1));
    return missing == 0;
}

} // namespace

Result<FeatureSets> featureSets(GraphModule& module, const Dataset& dataset, const LoaderSettings& settings, bool bf16,
                                const std::filesystem::path& home, std::stop_token stop, Ranks* ranks) {
    const std::vector<std::uint32_t> training = dataset.indices(Subset::Train);
    std::vector<std::uint32_t> validation = dataset.indices(Subset::Validation);
    std::erase_if(validation, [&](std::uint32_t index) { return dataset.samples[index].label < 0; });
    const std::size_t images = training.size() + validation.size();
    const bool keeps = !ranks || ranks->isFirst();
    const FeatureCache cache(home);
    Result<std::string> key =
        keeps ? keyOf(module, dataset, settings, bf16, training, validation, stop) : std::string();
    if (ranks) {
        const Result<void> made = agreed(*ranks, key ? Result<void>() : key.error());
        key = made ? Result<std::string>(ranks->fromFirst(keeps ? *key : std::string())) : made.error();
    }
    if (!key)
        return key.error();
    std::optional<FeatureSets> before = found(cache, *key, module, dataset, training, validation);
    if (everywhere(ranks, before.has_value()))
        return std::move(*before);
    const Result<void> room = roomFor(module, images);
    if (const Result<void> all = ranks ? agreed(*ranks, room) : room; !all)
        return all.error();
    Result<Features> first = computed(module, dataset, training, settings, bf16, stop, ranks);
    if (!first)
        return first.error();
    Result<Features> second = computed(module, dataset, validation, settings, bf16, stop, ranks);
    if (!second)
        return second.error();
    FeatureSets sets{std::move(*first), std::move(*second),
                     "The features of " + std::to_string(images) + " images were computed and cached."};
    if (!keeps)
        return sets;
    std::vector<float> presence[2];
    std::vector<TensorToWrite> tensors;
    appendTo(tensors, "train", sets.training, presence[0]);
    appendTo(tensors, "validation", sets.validation, presence[1]);
    if (const Result<void> written = cache.keep(*key, tensors); !written)
        sets.note = "The features of " + std::to_string(images) +
                    " images were computed but could not be cached: " + written.error().message;
    return sets;
}

} // namespace sightline::engine
