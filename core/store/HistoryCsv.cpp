// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/HistoryCsv.h"

#include <array>
#include <charconv>
#include <cmath>

namespace sightline {

std::string pythonRepr(double value) {
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value > 0 ? "inf" : "-inf";
    std::array<char, 64> buffer{};
    // d.ddde+XX, shortest; then laid out as Python does: plain for exponents -4 ... 15.
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
    std::string text(buffer.data(), end);
    const auto e = text.find('e');
    const int exponent = std::stoi(text.substr(e + 1));
    if (exponent < -4 || exponent >= 16)
        return text;
    const std::string sign = text[0] == '-' ? "-" : "";
    std::string digits;
    for (const char c : text.substr(0, e))
        if (c >= '0' && c <= '9')
            digits += c;
    if (exponent < 0)
        return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() <= whole)
        return sign + digits + std::string(whole - digits.size(), '0') + ".0";
    return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

std::string historyCsv(const std::vector<EpochMetrics>& history) {
    std::vector<std::string> columns;
    for (const char* name : kHistoryColumns)
        if (history.empty() ? std::string(name).rfind("val_", 0) != 0 : history.front().value(name).has_value())
            columns.emplace_back(name);
    std::string text = "epoch";
    for (const std::string& column : columns)
        text += "," + column;
    text += "\r\n";
    for (const EpochMetrics& epoch : history) {
        text += std::to_string(epoch.epoch - 1);
        for (const std::string& column : columns) {
            const auto value = epoch.value(column);
            text += "," + (value ? pythonRepr(static_cast<double>(static_cast<float>(*value))) : "NA");
        }
        text += "\r\n";
    }
    return text;
}

} // namespace sightline
