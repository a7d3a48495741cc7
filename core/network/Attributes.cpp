// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/Attributes.h"

#include <algorithm>
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

std::vector<std::string_view> knownAttributes(Op op) {
    switch (op) {
    case Op::Conv2d: return {"filters", "kernel", "stride", "padding", "dilation", "groups", "bias"};
    case Op::BatchNorm: return {"eps", "momentum"};
    case Op::LayerNorm: return {"eps"};
    case Op::Activation: return {"kind", "slope"};
    case Op::MaxPool:
    case Op::AvgPool: return {"kernel", "stride", "padding"};
    case Op::AdaptiveAvgPool: return {"size"};
    case Op::Dense: return {"units", "bias"};
    case Op::Dropout: return {"rate"};
    case Op::Add: return {"scales"};
    case Op::LocalResponseNorm: return {"size", "alpha", "beta", "k"};
    case Op::ChannelScale: return {"initial"};
    case Op::RandomCrop: return {"size"};
    case Op::RandomContrast: return {"factor"};
    case Op::Rescale: return {"scale", "offset"};
    case Op::Input:
    case Op::GlobalAvgPool:
    case Op::Flatten:
    case Op::Multiply:
    case Op::Concat: break;
    }
    return {};
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

bool knowsAttribute(Op op, const std::string& key) {
    const std::vector<std::string_view> known = knownAttributes(op);
    return std::find(known.begin(), known.end(), key) != known.end();
}

} // namespace sightline
