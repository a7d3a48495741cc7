// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Checkpoint.h"

#include <torch/torch.h>

#include <cstring>

#include "engine/module/LoadedModel.h"
#include "engine/train/TrainState.h"
#include "store/RunState.h"
#include "store/WeightsDigest.h"

namespace sightline::engine {

namespace {

constexpr const char* kFirst = "opt.first";
constexpr const char* kSecond = "opt.second";

Result<std::vector<float>> readFlat(const SafetensorsFile& file, const char* name, std::int64_t count) {
    const TensorView* tensor = file.find(name);
    if (!tensor || tensor->shape != std::vector<std::int64_t>{count})
        return badInput("The checkpoint lacks the optimizer's state; the run cannot be resumed from it.");
    return asFloats(*tensor);
}

void take(const std::vector<float>& values, torch::Tensor& target) {
    std::memcpy(target.data_ptr<float>(), values.data(), values.size() * sizeof(float));
}

} // namespace

Result<void> saveCheckpoint(const std::filesystem::path& file, const GraphModule& module, const Moments& moments,
                            const Json& state) {
    const auto count = static_cast<std::size_t>(moments.first.numel());
    return saveWeights(
        module, file,
        {{kRunState, toText(state, -1)}, {"epoch", std::to_string(state.value("epoch", 0))}, {kWeightsDigest, {}}},
        {{kFirst, {moments.first.numel()}, {moments.first.data_ptr<float>(), count}},
         {kSecond, {moments.second.numel()}, {moments.second.data_ptr<float>(), count}}});
}

Result<Json> loadCheckpoint(const std::filesystem::path& file, GraphModule& module, Moments& moments) {
    const Result<SafetensorsFile> opened = SafetensorsFile::open(file);
    if (!opened)
        return opened.error();
    const auto state = opened->metadata().find(kRunState);
    if (state == opened->metadata().end())
        return badInput(file.string() + " contains only weights; a run cannot be resumed from it.");
    Result<Json> parsed = parseJson(state->second, file.string());
    if (!parsed)
        return parsed;
    if (!isTrainState(*parsed))
        return badInput("The state of the run in " + file.string() + " cannot be understood.");
    const Result<std::vector<float>> first = readFlat(*opened, kFirst, moments.first.numel());
    if (!first)
        return first.error();
    const Result<std::vector<float>> second = readFlat(*opened, kSecond, moments.second.numel());
    if (!second)
        return second.error();
    if (const Result<void> loaded = loadWeights(module, file); !loaded)
        return loaded.error();
    take(*first, moments.first);
    take(*second, moments.second);
    return parsed;
}

} // namespace sightline::engine
