// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace sightline {

// The small text files by which Linux tells of a machine. One that is not there, or cannot be read, is empty.

/// The first line, without blanks at its ends.
std::string firstLine(const std::filesystem::path& file);

/// What follows `key` and the separator on the first line that has both: "MemTotal:   24684084 kB" holds "24684084 kB".
std::string fieldOf(const std::filesystem::path& file, std::string_view key, char separator = ':');

/// Of a field as "24684084 kB", whose kB are 1,024 bytes.
std::optional<std::uint64_t> bytesOf(const std::filesystem::path& file, std::string_view key);

/// The whole text as a number; with base 16 "0x" may stand before it.
std::optional<std::uint64_t> numberIn(std::string_view text, int base = 10);

} // namespace sightline
