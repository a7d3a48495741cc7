// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/FittedNormalizationFile.h"

#include "store/Safetensors.h"

namespace sightline {

namespace {
constexpr const char* kFile = "normalization.safetensors";
}

Result<void> writeFittedNormalization(const std::filesystem::path& runFolder, const FittedNormalization& fitted) {
    const auto channels = static_cast<std::int64_t>(fitted.mean.size());
    std::vector<TensorToWrite> tensors = {{"deviation", {channels}, fitted.deviation},
                                          {"mean", {channels}, fitted.mean}};
    if (!fitted.whitening.empty()) {
        std::int64_t side = 0;
        while (side * side < static_cast<std::int64_t>(fitted.whitening.size()))
            ++side;
        tensors.push_back({"whitening", {side, side}, fitted.whitening});
    }
    return writeSafetensors(runFolder / kFile, tensors);
}

Result<std::shared_ptr<const FittedNormalization>>
readFittedNormalization(const std::filesystem::path& runFolder, const NormalizationSettings& settings, int channels) {
    if (!settings.needsFit())
        return std::shared_ptr<const FittedNormalization>();
    const std::filesystem::path path = runFolder / kFile;
    const Result<SafetensorsFile> file = SafetensorsFile::open(path);
    if (!file)
        return badInput(file.error().message +
                        " It contains the run's fitted normalization, without which the network cannot be used.");
    auto fitted = std::make_shared<FittedNormalization>();
    const auto take = [&](const char* name, std::vector<float>& values) -> Result<void> {
        const TensorView* tensor = file->find(name);
        if (!tensor)
            return badInput(path.string() + " lacks the tensor " + name + ".");
        Result<std::vector<float>> read = asFloats(*tensor);
        if (!read)
            return read.error();
        values = std::move(*read);
        return {};
    };
    for (const auto& [name, values] : {std::pair{"mean", &fitted->mean}, std::pair{"deviation", &fitted->deviation}}) {
        if (const Result<void> taken = take(name, *values); !taken)
            return taken.error();
        if (values->size() != static_cast<std::size_t>(channels))
            return badInput(path.string() + ": the tensor " + name + " is not of " + std::to_string(channels) +
                            " channels.");
    }
    if (settings.zcaWhitening) {
        if (const Result<void> taken = take("whitening", fitted->whitening); !taken)
            return taken.error();
    }
    return std::shared_ptr<const FittedNormalization>(std::move(fitted));
}

} // namespace sightline
