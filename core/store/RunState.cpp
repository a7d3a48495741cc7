// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunState.h"

namespace sightline {

std::optional<Json> runStateIn(const SafetensorsFile& checkpoint) {
    const auto text = checkpoint.metadata().find(kRunState);
    if (text == checkpoint.metadata().end())
        return {};
    Result<Json> json = parseJson(text->second, kRunState);
    return json && json->is_object() ? std::optional(std::move(*json)) : std::nullopt;
}

} // namespace sightline
