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

Result<std::vector<float>> readFlat(const SafetensorsFile& file, const char* name, std::int64_t count) {
    const TensorView* tensor = file.find(name);
    if (!tensor || tensor->shape != std::vector<std::int64_t>{count})
        return badInput("The checkpoint lacks the optimizer's state; the run cannot be resumed from it.");
    return asFloats(*tensor);
}

void take(const std::vector<float>& values, torch::Tensor& target) {
    std::memcpy(target.data_ptr<float>(), values.data(), values.size() * sizeof(float));
}

bool isState(const Json& json) {
    const auto isNumber = [&](const char* key) { return json.contains(key) && json[key].is_number(); };
    return json.is_object() && isNumber("epoch") && isNumber("step") && isNumber("optimizer_origin") &&
           isNumber("learning_rate");
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
    if (!isState(*parsed))
        return badInput("The state of the run in " + file.string() + " cannot be understood.");
    const Result<std::vector<float>> first = readFlat(*opened, kFirst, optimizer.first.numel());
    if (!first)
        return first.error();
    const Result<std::vector<float>> second = readFlat(*opened, kSecond, optimizer.second.numel());
    if (!second)
        return second.error();
    if (const Result<void> loaded = loadWeights(module, file); !loaded)
        return loaded.error();
    take(*first, optimizer.first);
    take(*second, optimizer.second);
    return parsed;
}

} // namespace sightline::engine
