// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/WeightFit.h"

#include <unordered_map>

#include "zoo/Zoo.h"

namespace sightline {

Result<WeightFit> fitOf(const std::string& network, const std::vector<TensorSpec>& file, int classes,
                        const Json& options) {
    constexpr int kImagenetClasses = 1000, kMostClasses = 1'000'000;
    ZooRequest request{224, 224, 3, classes > 0 ? classes : kImagenetClasses, options};
    if (const ZooEntry* entry = findInZoo(network))
        request = {entry->defaultHeight, entry->defaultWidth, entry->defaultChannels, request.classes, options};
    for (int attempt = 0;; ++attempt) {
        const Result<GraphSpec> spec = buildFromZoo(network, request);
        if (!spec)
            return spec.error();
        const Result<GraphCost> cost = shapes(*spec);
        if (!cost)
            return cost.error();
        WeightFit fit{matchWeights(*spec, tensorsOf(*spec, *cost), file), request.classes};
        const bool otherClasses = fit.match.missing.empty() && !fit.match.misfits.empty() &&
                                  !fit.match.misfits.front().found.empty() && !fit.match.misfits.back().found.empty();
        if (!otherClasses || classes > 0 || attempt > 0 || fit.match.misfits.back().found[0] < 1 ||
            fit.match.misfits.back().found[0] > kMostClasses)
            return fit;
        request.classes = static_cast<int>(fit.match.misfits.back().found[0]);
    }
}

std::vector<std::size_t> adaptsChannels(const GraphSpec& spec, const std::vector<TensorSpec>& tensors,
                                        WeightMatch& match) {
    constexpr std::int64_t kColours = 3;
    std::vector<std::size_t> adapted;
    std::erase_if(match.misfits, [&](const WeightMatch::Misfit& misfit) {
        Shape wanted = tensors[misfit.tensor].shape;
        if (spec.channels == kColours || wanted.size() != 4 || misfit.found.size() != 4 || wanted[1] != spec.channels)
            return false;
        wanted[1] = kColours;
        if (wanted != misfit.found)
            return false;
        adapted.push_back(misfit.tensor);
        return true;
    });
    return adapted;
}

std::vector<float> widened(const std::vector<float>& weights, const Shape& shape, int channels) {
    const auto plane = static_cast<std::size_t>(shape[2] * shape[3]), filters = static_cast<std::size_t>(shape[0]);
    const auto colours = static_cast<std::size_t>(shape[1]), wanted = static_cast<std::size_t>(channels);
    std::vector<float> wide(filters * wanted * plane, 0);
    const float scale = static_cast<float>(colours) / static_cast<float>(channels);
    for (std::size_t filter = 0; filter < filters; ++filter)
        for (std::size_t i = 0; i < plane; ++i) {
            const float* from = weights.data() + filter * colours * plane + i;
            float* to = wide.data() + filter * wanted * plane + i;
            if (wanted == 1)
                for (std::size_t c = 0; c < colours; ++c)
                    to[0] += from[c * plane];
            else
                for (std::size_t c = 0; c < wanted; ++c)
                    to[c * plane] = from[c % colours * plane] * scale;
        }
    return wide;
}

std::vector<bool> startsAnew(const GraphSpec& spec, const std::vector<TensorSpec>& tensors, WeightMatch& match) {
    std::unordered_map<std::string, std::size_t> position;
    for (std::size_t i = 0; i < spec.nodes.size(); ++i)
        position[spec.nodes[i].id] = i;
    std::vector<std::size_t> nodeOf;
    for (const TensorSpec& tensor : tensors)
        nodeOf.push_back(position.at(tensor.name.substr(0, tensor.name.rfind('.'))));
    const std::vector<bool> classifier = classifierNodes(spec);
    const std::size_t head = baseEnd(spec);
    std::vector<std::size_t> tensorsOfNode(spec.nodes.size(), 0), missingOfNode(spec.nodes.size(), 0);
    for (const std::size_t node : nodeOf)
        ++tensorsOfNode[node];
    for (const std::size_t tensor : match.missing)
        ++missingOfNode[nodeOf[tensor]];
    std::vector<bool> fresh(tensors.size(), false);
    const auto mayBe = [&](std::size_t tensor) {
        const std::size_t node = nodeOf[tensor];
        return classifier[node] || (node >= head && missingOfNode[node] == tensorsOfNode[node]);
    };
    std::erase_if(match.missing, [&](std::size_t tensor) { return fresh[tensor] = mayBe(tensor); });
    std::erase_if(match.misfits, [&](const WeightMatch::Misfit& misfit) {
        return fresh[misfit.tensor] = classifier[nodeOf[misfit.tensor]];
    });
    // A layer whose weight starts anew does not keep another layer's bias.
    std::vector<bool> anew(spec.nodes.size(), false);
    for (std::size_t i = 0; i < fresh.size(); ++i)
        anew[nodeOf[i]] = anew[nodeOf[i]] || (fresh[i] && classifier[nodeOf[i]]);
    for (std::size_t i = 0; i < fresh.size(); ++i)
        fresh[i] = fresh[i] || anew[nodeOf[i]];
    return fresh;
}

} // namespace sightline
