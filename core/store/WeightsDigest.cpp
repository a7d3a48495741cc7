// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/WeightsDigest.h"

#include <xxhash.h>

#include <array>
#include <cstdio>
#include <memory>

namespace sightline {

std::string weightsDigest(const std::map<std::string, std::string>& metadata,
                          const std::vector<std::span<const std::byte>>& tensors) {
    const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), XXH3_freeState);
    XXH3_64bits_reset(state.get());
    for (const auto& [key, value] : metadata)
        if (key != kWeightsDigest)
            for (const std::string* text : {&key, &value})
                XXH3_64bits_update(state.get(), text->c_str(), text->size() + 1); // with its end
    for (const std::span<const std::byte> bytes : tensors)
        XXH3_64bits_update(state.get(), bytes.data(), bytes.size());
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "%016llx",
                  static_cast<unsigned long long>(XXH3_64bits_digest(state.get())));
    return text.data();
}

bool isAsWritten(const SafetensorsFile& file) {
    const auto written = file.metadata().find(kWeightsDigest);
    if (written == file.metadata().end())
        return true;
    std::vector<std::span<const std::byte>> tensors;
    for (const TensorView& tensor : file.tensors())
        tensors.push_back(tensor.data);
    return weightsDigest(file.metadata(), tensors) == written->second;
}

Result<SafetensorsFile> openAsWritten(const std::filesystem::path& file) {
    Result<SafetensorsFile> opened = SafetensorsFile::open(file);
    if (opened && !isAsWritten(*opened))
        return damagedWeights(file);
    return opened;
}

Error damagedWeights(const std::filesystem::path& file) {
    return badInput(file.string() + " is damaged: its contents do not match their checksum.");
}

} // namespace sightline
