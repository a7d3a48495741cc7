// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/WeightNaming.h"

#include <array>
#include <charconv>
#include <unordered_map>

#include "network/Attributes.h"

namespace sightline {

namespace {

/// The number between `prefix` and the next dot, or nothing.
std::optional<int> numberAfter(const std::string& id, const std::string& prefix) {
    if (!id.starts_with(prefix))
        return {};
    int number = 0;
    const auto read = std::from_chars(id.data() + prefix.size(), id.data() + id.size(), number);
    if (read.ec != std::errc{} || (read.ptr != id.data() + id.size() && *read.ptr != '.'))
        return {};
    return number;
}

/// torchvision node id -> timm node id for networks of inverted residual blocks, found by walking the nodes: within a
/// block the depthwise convolution tells what comes before and after it.
class InvertedResiduals {
public:
    /// `stages`: blocks a stage; `blockOf`: position of a node's block in the network, or nothing for stem and head.
    InvertedResiduals(const GraphSpec& spec, std::vector<int> stages,
                      std::optional<int> (*blockOf)(const std::string& id)) {
        std::vector<std::string> prefixes;
        for (std::size_t stage = 0; stage < stages.size(); ++stage) {
            for (int block = 0; block < stages[stage]; ++block)
                prefixes.push_back("blocks." + std::to_string(stage) + "." + std::to_string(block) + ".");
        }
        for (const Node& node : spec.nodes) {
            const std::optional<int> block = blockOf(node.id);
            if (!block || static_cast<std::size_t>(*block) >= prefixes.size())
                continue;
            if (*block != m_block) {
                m_block = *block;
                m_norms = 0;
                m_expanded = m_depthwise = false;
            }
            if (const std::string name = nameOf(node); !name.empty())
                m_names[node.id] = prefixes[static_cast<std::size_t>(*block)] + name;
        }
    }

    std::optional<std::string> operator()(const std::string& id) const {
        const auto found = m_names.find(id);
        return found == m_names.end() ? std::nullopt : std::optional(found->second);
    }

private:
    std::string nameOf(const Node& node) {
        if (node.op == Op::BatchNorm)
            return "bn" + std::to_string(++m_norms);
        if (node.op != Op::Conv2d)
            return {};
        if (node.id.ends_with(".fc1"))
            return "se.conv_reduce";
        if (node.id.ends_with(".fc2"))
            return "se.conv_expand";
        if (wholeAttribute(node, "groups", 1) > 1) {
            m_depthwise = true;
            return "conv_dw";
        }
        if (m_depthwise)
            return m_expanded ? "conv_pwl" : "conv_pw";
        m_expanded = true;
        return "conv_pw";
    }

    std::unordered_map<std::string, std::string> m_names;
    int m_block = -1, m_norms = 0;
    bool m_expanded = false, m_depthwise = false;
};

using NodeNames = std::unordered_map<std::string, std::string>;

/// timm's name for each weighted node whose name differs.
NodeNames renamed(const GraphSpec& spec, const NodeNames& ends, const InvertedResiduals& blocks) {
    NodeNames names = ends;
    for (const Node& node : spec.nodes) {
        if (const auto name = blocks(node.id))
            names[node.id] = *name;
    }
    return names;
}

NodeNames timmMobileNetV2(const GraphSpec& spec) {
    const InvertedResiduals blocks(spec, {1, 2, 3, 4, 3, 3, 1}, [](const std::string& id) -> std::optional<int> {
        const std::optional<int> index = numberAfter(id, "features.");
        return index && *index >= 1 && *index <= 17 ? std::optional(*index - 1) : std::nullopt;
    });
    return renamed(spec,
                   {{"features.0.0", "conv_stem"},
                    {"features.0.1", "bn1"},
                    {"features.18.0", "conv_head"},
                    {"features.18.1", "bn2"},
                    {"classifier.1", "classifier"}},
                   blocks);
}

NodeNames timmMobileNetV3Small(const GraphSpec& spec) {
    const InvertedResiduals blocks(spec, {1, 2, 3, 2, 3}, [](const std::string& id) -> std::optional<int> {
        const std::optional<int> index = numberAfter(id, "features.");
        return index && *index >= 1 && *index <= 11 ? std::optional(*index - 1) : std::nullopt;
    });
    return renamed(spec,
                   {{"features.0.0", "conv_stem"},
                    {"features.0.1", "bn1"},
                    {"features.12.0", "blocks.5.0.conv"},
                    {"features.12.1", "blocks.5.0.bn1"},
                    {"classifier.0", "conv_head"},
                    {"classifier.3", "classifier"}},
                   blocks);
}

NodeNames timmEfficientNetB0(const GraphSpec& spec) {
    static constexpr std::array<int, 7> kStarts = {0, 1, 3, 5, 8, 11, 15};
    const InvertedResiduals blocks(spec, {1, 2, 2, 3, 3, 4, 1}, [](const std::string& id) -> std::optional<int> {
        const std::optional<int> stage = numberAfter(id, "features.");
        if (!stage || *stage < 1 || *stage > 7)
            return {};
        const std::optional<int> block = numberAfter(id, "features." + std::to_string(*stage) + ".");
        return block ? std::optional(kStarts[static_cast<std::size_t>(*stage - 1)] + *block) : std::nullopt;
    });
    return renamed(spec,
                   {{"features.0.0", "conv_stem"},
                    {"features.0.1", "bn1"},
                    {"features.8.0", "conv_head"},
                    {"features.8.1", "bn2"},
                    {"classifier.1", "classifier"}},
                   blocks);
}

NodeNames timmVgg16(const GraphSpec&) {
    return {{"classifier.0", "pre_logits.fc1"}, {"classifier.3", "pre_logits.fc2"}, {"classifier.6", "head.fc"}};
}

NodeNames timmConvNeXt(const GraphSpec& spec) {
    NodeNames names = {{"features.0.0", "stem.0"},
                       {"features.0.1", "stem.1"},
                       {"classifier.0", "head.norm"},
                       {"classifier.2", "head.fc"}};
    static const std::array<std::array<const char*, 2>, 4> kParts = {
        {{".block.0", ".conv_dw"}, {".block.2", ".norm"}, {".block.3", ".mlp.fc1"}, {".block.5", ".mlp.fc2"}}};
    for (const Node& node : spec.nodes) {
        const std::optional<int> index = numberAfter(node.id, "features.");
        if (!index || *index == 0)
            continue;
        const std::optional<int> part = numberAfter(node.id, "features." + std::to_string(*index) + ".");
        if (!part)
            continue;
        if (*index % 2 == 0) {
            names[node.id] = "stages." + std::to_string(*index / 2) + ".downsample." + std::to_string(*part);
            continue;
        }
        for (const auto& [ours, theirs] : kParts) {
            if (node.id.ends_with(ours))
                names[node.id] = "stages." + std::to_string(*index / 2) + ".blocks." + std::to_string(*part) + theirs;
        }
        if (node.op == Op::ChannelScale)
            names[node.id] = "stages." + std::to_string(*index / 2) + ".blocks." + std::to_string(*part);
    }
    return names;
}

WeightNaming withNames(const std::string& family, const std::vector<TensorSpec>& tensors, const NodeNames& names) {
    WeightNaming naming{family, tensors, {}};
    for (TensorSpec& tensor : naming.tensors) {
        const std::size_t dot = tensor.name.rfind('.');
        if (const auto found = names.find(tensor.name.substr(0, dot)); found != names.end())
            tensor.name = found->second + tensor.name.substr(dot);
    }
    return naming;
}

bool endsWithAny(const std::string& text, std::initializer_list<const char*> endings) {
    for (const char* ending : endings) {
        if (text.ends_with(ending))
            return true;
    }
    return false;
}

/// torchvision and timm keep ConvNeXt's 1 x 1 convolutions as dense layers, and name the factors otherwise.
void reshapeConvNeXt(WeightNaming& naming, const std::vector<TensorSpec>& ours) {
    const bool timm = naming.family == "timm";
    for (std::size_t i = 0; i < ours.size(); ++i) {
        TensorSpec& tensor = naming.tensors[i];
        if (endsWithAny(ours[i].name, {".block.3.weight", ".block.5.weight"}))
            tensor.shape = {ours[i].shape[0], ours[i].shape[1]};
        if (ours[i].name.ends_with(".layer_scale.weight")) {
            tensor.name = tensor.name.substr(0, tensor.name.rfind('.')) + (timm ? ".gamma" : "");
            tensor.shape = timm ? Shape{ours[i].shape[0]} : Shape{ours[i].shape[0], 1, 1};
        }
    }
}

/// Dense layers that timm keeps as convolutions over the whole map.
void reshapeDense(WeightNaming& naming, const std::vector<TensorSpec>& ours, const std::string& name,
                  std::int64_t map) {
    for (std::size_t i = 0; i < ours.size(); ++i) {
        if (ours[i].name == name && ours[i].shape.size() == 2 && ours[i].shape[1] % (map * map) == 0)
            naming.tensors[i].shape = {ours[i].shape[0], ours[i].shape[1] / (map * map), map, map};
    }
}

} // namespace

std::vector<WeightNaming> weightNamings(const GraphSpec& spec, const std::vector<TensorSpec>& tensors) {
    std::vector<WeightNaming> namings = {{"node ids", tensors, {}}};
    const auto add = [&](const char* family, const NodeNames& names) -> WeightNaming& {
        return namings.emplace_back(withNames(family, tensors, names));
    };
    if (spec.name == "mobilenet_v2") {
        add("timm", timmMobileNetV2(spec));
    } else if (spec.name == "efficientnet_b0") {
        add("timm", timmEfficientNetB0(spec));
    } else if (spec.name == "mobilenet_v3_small") {
        WeightNaming& timm = add("timm", timmMobileNetV3Small(spec));
        timm.batchNormEpsilon = 1e-5;
        reshapeDense(timm, tensors, "classifier.0.weight", 1);
    } else if (spec.name == "vgg16") {
        WeightNaming& timm = add("timm", timmVgg16(spec));
        reshapeDense(timm, tensors, "classifier.0.weight", 7);
        reshapeDense(timm, tensors, "classifier.3.weight", 1);
    } else if (spec.name == "convnext_tiny") {
        reshapeConvNeXt(add("torchvision", {}), tensors);
        reshapeConvNeXt(add("timm", timmConvNeXt(spec)), tensors);
    }
    return namings;
}

WeightMatch matchWeights(const GraphSpec& spec, const std::vector<TensorSpec>& tensors,
                         const std::vector<TensorSpec>& file) {
    std::unordered_map<std::string, const Shape*> shapeOf;
    for (const TensorSpec& tensor : file)
        shapeOf[tensor.name] = &tensor.shape;
    WeightMatch match;
    std::size_t most = 0;
    for (WeightNaming& naming : weightNamings(spec, tensors)) {
        std::size_t there = 0;
        for (const TensorSpec& tensor : naming.tensors)
            there += shapeOf.count(tensor.name);
        if (match.naming.family.empty() || there > most) {
            most = there;
            match.naming = std::move(naming);
        }
    }
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const auto found = shapeOf.find(match.naming.tensors[i].name);
        if (found == shapeOf.end()) {
            match.missing.push_back(i);
            continue;
        }
        if (*found->second != tensors[i].shape && *found->second != match.naming.tensors[i].shape)
            match.misfits.push_back({i, *found->second});
        shapeOf.erase(found);
    }
    for (const TensorSpec& tensor : file) {
        if (shapeOf.count(tensor.name) && !tensor.name.ends_with(".num_batches_tracked"))
            match.unexpected.push_back(tensor.name);
    }
    return match;
}

std::string describeFault(const WeightMatch& match, const std::string& file, const std::string& network) {
    const auto shapeText = [](const Shape& shape) {
        std::string text;
        for (const std::int64_t extent : shape)
            text += (text.empty() ? "" : ", ") + std::to_string(extent);
        return "[" + text + "]";
    };
    const auto more = [](std::size_t count) {
        return count > 1 ? " (and " + std::to_string(count - 1) + " more)" : std::string();
    };
    if (!match.misfits.empty()) {
        const WeightMatch::Misfit& misfit = match.misfits.front();
        const TensorSpec& tensor = match.naming.tensors[misfit.tensor];
        return file + ": the tensor " + tensor.name + " is " + shapeText(misfit.found) + ", but " + network +
               " needs " + shapeText(tensor.shape) + more(match.misfits.size() + match.missing.size()) + ".";
    }
    const TensorSpec& tensor = match.naming.tensors[match.missing.front()];
    std::string text =
        file + " lacks the tensor " + tensor.name + " " + shapeText(tensor.shape) + more(match.missing.size());
    if (!match.unexpected.empty())
        text += " and contains " + shown(match.unexpected.front()) + more(match.unexpected.size()) +
                ", which the network does not have";
    return text + "; these weights are not for " + network + ".";
}

} // namespace sightline
