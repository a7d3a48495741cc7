// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace sightline {

/// An enum's values as JSON has them, in their order.
using Words = std::initializer_list<std::string_view>;

template <typename Enum>
std::string word(const Words& words, Enum value) {
    return std::string(words.begin()[static_cast<int>(value)]);
}

} // namespace sightline
