// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/ExpectedPixels.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "network/Attributes.h"

namespace sightline {

namespace {

/// Of each channel: x becomes (x - mean) / deviation.
struct Scaling {
    std::vector<double> mean, deviation;
};

/// The one node that reads `id`; null where none or several do.
const Node* readerOf(const GraphSpec& spec, const std::string& id) {
    const Node* reader = nullptr;
    for (const Node& node : spec.nodes)
        for (const std::string& input : node.inputs) {
            if (input == id && reader)
                return nullptr;
            reader = input == id ? &node : reader;
        }
    return reader;
}

/// The scaling followed by x * factor + offset.
void follow(Scaling& scaling, const std::vector<double>& factor, const std::vector<double>& offset) {
    for (std::size_t c = 0; c < factor.size(); ++c) {
        scaling.deviation[c] /= factor[c];
        scaling.mean[c] -= offset[c] * scaling.deviation[c];
    }
}

/// Takes part in the scaling what a node does to each channel by itself. False: it does something else.
bool take(Scaling& scaling, const Node& node, const TensorValues& values) {
    const std::size_t channels = scaling.mean.size();
    const auto tensor = [&](const char* suffix, double otherwise) {
        const auto found = values.find(node.id + suffix);
        return found != values.end() && found->second.size() == channels
                   ? std::vector<double>(found->second.begin(), found->second.end())
                   : std::vector<double>(channels, otherwise);
    };
    std::vector<double> factor(channels, 1), offset(channels, 0);
    if (node.op == Op::Rescale) {
        factor.assign(channels, numberAttribute(node, "scale", 1));
        offset.assign(channels, numberAttribute(node, "offset", 0));
    } else if (node.op == Op::ChannelScale) {
        factor = tensor(".weight", 1);
    } else if (node.op == Op::Conv2d && node.attributes.value("kernel", Json()) == 1 &&
               wholeAttribute(node, "groups", 1) == static_cast<std::int64_t>(channels) && channels > 1) {
        factor = tensor(".weight", 1); // as the reader of ONNX spells a factor and an offset a channel
        offset = tensor(".bias", 0);
    } else if (node.op == Op::BatchNorm) { // what it has seen; the factors after that are learned
        const std::vector<double> mean = tensor(".running_mean", 0), variance = tensor(".running_var", 1);
        for (std::size_t c = 0; c < channels; ++c) {
            factor[c] = 1 / std::sqrt(variance[c] + numberAttribute(node, "eps", 1e-5));
            offset[c] = -mean[c] * factor[c];
        }
    } else {
        return false;
    }
    follow(scaling, factor, offset);
    return true;
}

/// Whether a rule holds for the mean and the deviation of every channel.
template <typename Rule>
bool isEach(const Scaling& scaling, Rule rule) {
    for (std::size_t c = 0; c < scaling.mean.size(); ++c)
        if (!rule(scaling.mean[c], scaling.deviation[c]))
            return false;
    return true;
}

bool isWithin(double value, double low, double high) {
    return value >= low && value <= high;
}

bool isOf255(double mean, double deviation) {
    const bool isRange = isWithin(deviation, 250, 260) || isWithin(deviation, 125, 130);
    return (isRange && std::abs(mean) < 3) ||
           (isWithin(mean, 60, 190) && (isWithin(deviation, 30, 300) || isWithin(deviation, 0.98, 1.02)));
}

bool isOf1(double mean, double deviation) {
    return (isWithin(mean, 0.2, 0.7) && isWithin(deviation, 0.1, 0.7)) ||
           (isWithin(mean, -0.02, 0.75) && isWithin(deviation, 1.0 / 260, 1.0 / 250));
}

} // namespace

ExpectedPixels expectedPixels(const GraphSpec& spec, const TensorValues& values) {
    const auto channels = static_cast<std::size_t>(spec.channels);
    Scaling scaling{std::vector<double>(channels, 0), std::vector<double>(channels, 1)};
    const Node* node = readerOf(spec, "input");
    const bool isNorm = node && node->op == Op::BatchNorm;
    bool isScaled = false;
    while (node && take(scaling, *node, values)) {
        isScaled = true;
        node = node->op == Op::BatchNorm ? nullptr : readerOf(spec, node->id);
    }
    const auto isNormal = [](double mean, double deviation) {
        return std::abs(mean) < 0.5 && isWithin(deviation, 0.4, 2.5);
    };
    if (isEach(scaling, isOf255))
        return ExpectedPixels::To255;
    if (isEach(scaling, isOf1))
        return ExpectedPixels::To1;
    return !isScaled || (isNorm && isEach(scaling, isNormal)) ? ExpectedPixels::NotSaid : ExpectedPixels::Unclear;
}

} // namespace sightline
