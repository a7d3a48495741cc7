// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/Attributes.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

namespace sightline {

namespace {

const Json* found(const Node& node, const char* key) {
    const auto it = node.attributes.find(key);
    return it == node.attributes.end() ? nullptr : &*it;
}

/// Whole numbers beyond this are no layer size; keeps products in range.
constexpr double kLargest = 1e12;

std::int64_t whole(const Json& json, std::int64_t otherwise) {
    if (!json.is_number() || json.get<double>() > kLargest || json.get<double>() < -kLargest)
        return otherwise;
    return json.get<std::int64_t>();
}

enum class Kind { Whole, Number, Bool, Text, Pair, Padding, Numbers };

struct Known {
    std::string_view key;
    Kind kind;
};

std::vector<Known> knownAttributes(Op op) {
    using enum Kind;
    switch (op) {
    case Op::Conv2d:
        return {{"filters", Whole}, {"kernel", Pair},  {"stride", Pair}, {"padding", Kind::Padding},
                {"dilation", Pair}, {"groups", Whole}, {"bias", Bool}};
    case Op::BatchNorm:
        return {{"eps", Number}, {"momentum", Number}};
    case Op::LayerNorm:
        return {{"eps", Number}};
    case Op::Activation:
        return {{"kind", Text}, {"slope", Number}};
    case Op::MaxPool:
    case Op::AvgPool:
        return {{"kernel", Pair}, {"stride", Pair}, {"padding", Kind::Padding}};
    case Op::AdaptiveAvgPool:
        return {{"size", Pair}};
    case Op::Dense:
        return {{"units", Whole}, {"bias", Bool}};
    case Op::Dropout:
        return {{"rate", Number}};
    case Op::Add:
        return {{"scales", Numbers}};
    case Op::LocalResponseNorm:
        return {{"size", Whole}, {"alpha", Number}, {"beta", Number}, {"k", Number}};
    case Op::ChannelScale:
        return {{"initial", Number}};
    case Op::RandomCrop:
        return {{"size", Pair}};
    case Op::RandomContrast:
        return {{"factor", Number}};
    case Op::Rescale:
        return {{"scale", Number}, {"offset", Number}};
    case Op::Input:
    case Op::GlobalAvgPool:
    case Op::Flatten:
    case Op::Multiply:
    case Op::Concat:
        break;
    }
    return {};
}

bool isWhole(const Json& value) {
    return value.is_number() && std::abs(value.get<double>()) <= kLargest &&
           value.get<double>() == std::floor(value.get<double>());
}

/// What a value of this kind must be; empty where it is.
const char* mustBe(Kind kind, const Json& value) {
    switch (kind) {
    case Kind::Whole:
        return isWhole(value) ? "" : "must be a whole number of at most 10^12";
    case Kind::Number:
        return value.is_number() ? "" : "must be a number";
    case Kind::Bool:
        return value.is_boolean() ? "" : "must be true or false";
    case Kind::Text:
        return value.is_string() ? "" : "must be a word";
    case Kind::Pair:
        return isWhole(value) || (value.is_array() && value.size() == 2 && isWhole(value[0]) && isWhole(value[1]))
                   ? ""
                   : "must be a whole number of at most 10^12 or [height, width]";
    case Kind::Padding:
        return ""; // resolvedPadding() judges it, with the window
    case Kind::Numbers:
        return value.is_array() &&
                       std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_number(); })
                   ? ""
                   : "must be a list of numbers";
    }
    return "";
}

} // namespace

std::int64_t wholeAttribute(const Node& node, const char* key, std::int64_t otherwise) {
    const Json* json = found(node, key);
    return json ? whole(*json, otherwise) : otherwise;
}

double numberAttribute(const Node& node, const char* key, double otherwise) {
    const Json* json = found(node, key);
    return json && json->is_number() ? json->get<double>() : otherwise;
}

bool boolAttribute(const Node& node, const char* key, bool otherwise) {
    const Json* json = found(node, key);
    return json && json->is_boolean() ? json->get<bool>() : otherwise;
}

std::string textAttribute(const Node& node, const char* key, const std::string& otherwise) {
    const Json* json = found(node, key);
    return json && json->is_string() ? json->get<std::string>() : otherwise;
}

std::array<std::int64_t, 2> pairAttribute(const Node& node, const char* key, std::array<std::int64_t, 2> otherwise) {
    const Json* json = found(node, key);
    if (!json)
        return otherwise;
    if (json->is_array() && json->size() == 2)
        return {whole((*json)[0], otherwise[0]), whole((*json)[1], otherwise[1])};
    const std::int64_t both = whole(*json, otherwise[0]);
    return json->is_number() ? std::array{both, both} : otherwise;
}

std::string attributeFault(Op op, const std::string& key, const Json& value) {
    for (const Known& known : knownAttributes(op)) {
        if (key == known.key)
            return mustBe(known.kind, value);
    }
    return std::string("is not an attribute of ") + nameOf(op);
}

} // namespace sightline
