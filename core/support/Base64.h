// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sightline {

/// Bytes as text, with padding (RFC 4648, section 4).
std::string toBase64(std::span<const std::uint8_t> bytes);
/// Nothing where the text is none: another letter, padding that is missing or misplaced.
std::optional<std::vector<std::uint8_t>> fromBase64(std::string_view text);

} // namespace sightline
