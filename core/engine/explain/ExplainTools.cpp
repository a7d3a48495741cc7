// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/ExplainTools.h"

#include <torch/torch.h>

#include <algorithm>
#include <list>

#include "store/RunStore.h"
#include "support/Files.h"

namespace sightline::engine {

namespace {

constexpr std::size_t kModelsKept = 3;

struct KeptModel {
    std::string key;
    std::shared_ptr<const WeightSnapshot> snapshot; ///< held, so that its address is not used again
    std::shared_ptr<SharedModel> model;
};

/// Path, time and size of a weights file.
std::string fileKey(const std::filesystem::path& file) {
    std::error_code code;
    const auto time = std::filesystem::last_write_time(file, code).time_since_epoch().count();
    return file.string() + "|" + std::to_string(time) + "|" + std::to_string(std::filesystem::file_size(file, code));
}

Result<std::string> keyOf(const ModelSource& source) {
    if (source.snapshot)
        return "snapshot|" + std::to_string(reinterpret_cast<std::uintptr_t>(source.snapshot.get()));
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

} // namespace

void useThreads(int threads) {
    thread_local int current = 0;
    const int wanted = threads > 0 ? threads : availableCpus();
    if (current != wanted)
        at::set_num_threads(wanted);
    current = wanted;
}

Result<std::shared_ptr<SharedModel>> sharedModel(const ModelSource& source) {
    static std::mutex mutex;
    static std::list<KeptModel> kept; // newest use first
    const auto key = keyOf(source);
    if (!key)
        return key.error();
    const std::lock_guard lock(mutex);
    const auto known =
        std::find_if(kept.begin(), kept.end(), [&](const KeptModel& model) { return model.key == *key; });
    if (known != kept.end()) {
        kept.splice(kept.begin(), kept, known);
        return kept.front().model;
    }
    auto loaded = loadModel(source);
    if (!loaded)
        return loaded.error();
    auto model = std::make_shared<SharedModel>();
    model->model = std::move(*loaded);
    kept.push_front({*key, source.snapshot, model});
    if (kept.size() > kModelsKept)
        kept.pop_back();
    return model;
}

Image preparedImage(const LoadedModel& model, const Image& image) {
    const int channels = model.data.channels();
    const Image fitting = withChannels(image, channels == 1 ? ColorMode::Grayscale : ColorMode::Rgb);
    return resized(fitting, model.data.imageHeight, model.data.imageWidth, model.data.interpolation,
                   model.data.keepAspectRatio);
}

torch::Tensor preparedInput(const LoadedModel& model, const Image& prepared) {
    torch::Tensor input = inputTensor(model, prepared);
    if (input.size(2) != model.height() || input.size(3) != model.width())
        input = torch::upsample_bilinear2d(input, {model.height(), model.width()}, false);
    return input;
}

std::vector<float> probabilitiesOf(const torch::Tensor& logits) {
    const torch::Tensor shares = torch::softmax(logits.detach().to(torch::kDouble), -1).to(torch::kFloat).contiguous();
    const float* values = shares.data_ptr<float>();
    return {values, values + shares.numel()};
}

} // namespace sightline::engine
