// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Checkpoint.h"

#include <torch/torch.h>

#include <cstring>

#include "engine/module/LoadedModel.h"
#include "store/Safetensors.h"

namespace sightline::engine {

namespace {

constexpr const char* kFirst = "opt.first";
constexpr const char* kSecond = "opt.second";
constexpr const char* kState = "sightline.state";

Result<void> readFlat(const SafetensorsFile& file, const char* name, torch::Tensor& target) {
    const TensorView* tensor = file.find(name);
    if (!tensor || tensor->shape != std::vector<std::int64_t>{target.numel()})
        return badInput("The checkpoint lacks the optimizer's state; the run cannot be resumed from it.");
    const Result<std::vector<float>> values = asFloats(*tensor);
    if (!values)
        return values.error();
    std::memcpy(target.data_ptr<float>(), values->data(), values->size() * sizeof(float));
    return {};
}

} // namespace

Result<void> saveCheckpoint(const std::filesystem::path& file, const GraphModule& module,
                            const OptimizerState& optimizer, const Json& state) {
    const auto count = static_cast<std::size_t>(optimizer.first.numel());
    return saveWeights(module, file, {{kState, toText(state, -1)}, {"epoch", std::to_string(state.value("epoch", 0))}},
                       {{kFirst, {optimizer.first.numel()}, {optimizer.first.data_ptr<float>(), count}},
                        {kSecond, {optimizer.second.numel()}, {optimizer.second.data_ptr<float>(), count}}});
}

Result<Json> loadCheckpoint(const std::filesystem::path& file, GraphModule& module, OptimizerState& optimizer) {
    const Result<SafetensorsFile> opened = SafetensorsFile::open(file);
    if (!opened)
        return opened.error();
    const auto state = opened->metadata().find(kState);
    if (state == opened->metadata().end())
        return badInput(file.string() + " contains only weights; a run cannot be resumed from it.");
    Result<Json> parsed = parseJson(state->second, file.string());
    if (!parsed)
        return parsed;
    if (const Result<void> loaded = loadWeights(module, file); !loaded)
        return loaded.error();
    if (const Result<void> first = readFlat(*opened, kFirst, optimizer.first); !first)
        return first.error();
    if (const Result<void> second = readFlat(*opened, kSecond, optimizer.second); !second)
        return second.error();
    return parsed;
}

} // namespace sightline::engine
