// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "network/GraphSpec.h"

namespace sightline {

// Typed reading of a node's attributes (core/network/README.md). A wrong type reads as the default: graphFromJson and
// shapes() have refused it before.
std::int64_t wholeAttribute(const Node& node, const char* key, std::int64_t otherwise);
double numberAttribute(const Node& node, const char* key, double otherwise);
bool boolAttribute(const Node& node, const char* key, bool otherwise);
std::string textAttribute(const Node& node, const char* key, const std::string& otherwise);
/// [height, width]; one number stands for both.
std::array<std::int64_t, 2> pairAttribute(const Node& node, const char* key, std::array<std::int64_t, 2> otherwise);

/// What is wrong with an attribute of an operation: a key it does not know, or a value of another kind than it takes
/// ("must be a whole number"). Empty where nothing is.
std::string attributeFault(Op op, const std::string& key, const Json& value);

} // namespace sightline
