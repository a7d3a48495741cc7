// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/SystemFiles.h"

#include <charconv>
#include <fstream>
#include <limits>

#include "support/Unicode.h"

namespace sightline {

std::string firstLine(const std::filesystem::path& file) {
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    return std::string(trimmed(line));
}

std::string fieldOf(const std::filesystem::path& file, std::string_view key, char separator) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        const std::size_t end = line.find(separator);
        const std::string_view text = line;
        if (end != std::string::npos && trimmed(text.substr(0, end)) == key)
            return std::string(trimmed(text.substr(end + 1)));
    }
    return {};
}

std::optional<std::uint64_t> bytesOf(const std::filesystem::path& file, std::string_view key) {
    const std::string text = fieldOf(file, key);
    const auto kibibytes = numberIn(std::string_view(text).substr(0, text.find(' ')));
    if (!kibibytes || *kibibytes > std::numeric_limits<std::uint64_t>::max() / 1024)
        return std::nullopt;
    return *kibibytes * 1024;
}

std::optional<std::uint64_t> numberIn(std::string_view text, int base) {
    if (base == 16 && text.starts_with("0x"))
        text.remove_prefix(2);
    std::uint64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (fault != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

} // namespace sightline
