// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Base64.h"

#include <algorithm>

namespace sightline {

namespace {
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kBytes = 3, kGroup = 4; // of a group: bytes, letters
} // namespace

std::string toBase64(std::span<const std::uint8_t> bytes) {
    std::string text;
    text.reserve((bytes.size() + kBytes - 1) / kBytes * kGroup);
    for (std::size_t at = 0; at < bytes.size(); at += kBytes) {
        const std::size_t count = std::min(kBytes, bytes.size() - at);
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < kBytes; ++i)
            group = group << 8 | (i < count ? bytes[at + i] : 0U);
        for (std::size_t i = 0; i < kGroup; ++i)
            text += i <= count ? kLetters[group >> (18 - 6 * i) & 63U] : '=';
    }
    return text;
}

std::optional<std::vector<std::uint8_t>> fromBase64(std::string_view text) {
    if (text.size() % kGroup != 0)
        return {};
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(text.size() / kGroup * kBytes);
    std::uint32_t group = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool pads = at >= text.size() - padding;
        const std::size_t letter = pads ? 0 : kLetters.find(text[at]);
        if (letter == std::string_view::npos)
            return {};
        group = group << 6 | static_cast<std::uint32_t>(letter);
        if (at % kGroup != kGroup - 1)
            continue;
        for (const unsigned shift : {16U, 8U, 0U})
            bytes.push_back(static_cast<std::uint8_t>(group >> shift & 255U));
        group = 0;
    }
    bytes.resize(bytes.size() - padding);
    return bytes;
}

} // namespace sightline
