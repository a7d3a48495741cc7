// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/Asked.h"

#include <torch/torch.h>

#include "store/RunStore.h"
#include "support/FileStamp.h"
#include "support/Files.h"
#include "support/SharedCache.h"

namespace sightline::engine {

namespace {

std::string fileKey(const std::filesystem::path& file) {
    return file.string() + "|" + fileStamp(file);
}

} // namespace

Result<std::string> identityOf(const ModelSource& source) {
    if (source.snapshot)
        return std::string();
    if (!source.runFolder.empty()) {
        const auto file = RunFolder(source.runFolder).checkpoint(source.checkpoint);
        if (!file)
            return file.error();
        return "run|" + fileKey(*file);
    }
    const auto& n = source.normalization;
    std::string key = "bare|" + source.model + "|" + toText(source.options, -1) + "|" + fileKey(source.weights);
    for (const int number : {source.height, source.width, source.channels, source.classes, static_cast<int>(n.preset)})
        key += "|" + std::to_string(number);
    return key + "|" + std::to_string(n.rescale);
}

Result<SharedModel> sharedModel(const ModelSource& source) {
    static SharedCache<LoadedModel> cache(availableMemoryBytes() / 8);
    const auto load = [&]() -> Result<SharedModel> {
        Result<LoadedModel> loaded = loadModel(source);
        if (!loaded)
            return loaded.error();
        return std::make_shared<const LoadedModel>(std::move(*loaded));
    };
    if (source.snapshot)
        return load(); // shares the snapshot's weights: nothing to keep
    const Result<std::string> key = identityOf(source);
    return key ? cache.get(*key, load) : key.error();
}

Image preparedImage(const LoadedModel& model, const Image& image) {
    const bool chosen = model.data.pixels.channels.kind == ChannelSettings::Kind::Chosen;
    return fitted(chosen ? image : withChannels(image, model.data.channels()), model.data);
}

torch::Tensor preparedInput(const LoadedModel& model, const Image& prepared) {
    torch::Tensor input = inputTensor(model, prepared);
    if (input.size(2) != model.height() || input.size(3) != model.width())
        input = torch::upsample_bilinear2d(input, {model.height(), model.width()}, false);
    return input;
}

Image seenBy(const LoadedModel& model, const Image& prepared) {
    return resized(withChannels(prepared, prepared.channels == 1 ? 1 : 3), model.height(), model.width(),
                   Interpolation::Bilinear);
}

std::vector<float> probabilitiesOf(const torch::Tensor& logits) {
    const torch::Tensor shares = torch::softmax(logits.detach().to(torch::kDouble), -1).to(torch::kFloat).contiguous();
    const float* values = shares.data_ptr<float>();
    return {values, values + shares.numel()};
}

FloatArray toArray(const torch::Tensor& tensor) {
    const torch::Tensor values = tensor.to(torch::kFloat).contiguous();
    FloatArray array;
    array.shape = values.sizes().vec();
    array.values.assign(values.data_ptr<float>(), values.data_ptr<float>() + values.numel());
    return array;
}

} // namespace sightline::engine
