// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/Zoo.h"

#include <algorithm>

#include "zoo/Architectures.h"

namespace sightline {

namespace {

ZooOption dropoutOption(double rate) {
    return {"dropout", "fraction of values dropped during training", rate, {}, 0.0, 0.95};
}

std::string complaint(const ZooOption& option, const Json& value) {
    const auto inRange = [&](const Json& number) {
        return (option.minimum == 0 && option.maximum == 0) ||
               (number.get<double>() >= option.minimum && number.get<double>() <= option.maximum);
    };
    const std::string range = "from " + toText(option.minimum, -1) + " to " + toText(option.maximum, -1);
    if (!option.choices.empty()) {
        if (std::find(option.choices.begin(), option.choices.end(), value) != option.choices.end())
            return {};
        std::string words;
        for (const Json& choice : option.choices)
            words += (words.empty() ? "" : ", ") + toText(choice, -1);
        return "must be one of " + words;
    }
    if (option.defaultValue.is_boolean())
        return value.is_boolean() ? "" : "must be true or false";
    if (option.defaultValue.is_array()) {
        if (!value.is_array() || value.size() > 64)
            return "must be a list of at most 64 whole numbers";
        for (const Json& item : value) {
            if (!item.is_number_integer() || !inRange(item))
                return "must be a list of whole numbers " + range;
        }
        return {};
    }
    if (!value.is_number() || !inRange(value))
        return "must be a number " + range;
    return {};
}

} // namespace

const std::vector<ZooEntry>& zoo() {
    static const std::vector<ZooEntry> entries = {
        {"toy_cnn",
         "Toy CNN",
         "Convolution and pooling blocks with a small dense head: learns the toy set in a minute.",
         2015,
         128,
         128,
         3,
         {{"filters", "filters of each convolution", Json::array({32, 32}), {}, 1, 4096},
          {"kernels", "kernel size of each convolution; the last one repeats", Json::array({3}), {}, 1, 31},
          {"dense", "units of each hidden dense layer", Json::array({32}), {}, 1, 65536},
          dropoutOption(0.0),
          {"dropout_place",
           "what is dropped: hidden units, or the class scores (logits)",
           "hidden",
           {"hidden", "logits"}},
          {"batch_norm", "batch normalization after each convolution", false, {}},
          {"global_pool", "global average pooling instead of flattening", false, {}}},
         toyCnn},
        {"mnist_convnet",
         "MNIST convnet",
         "Three convolutions for 28 x 28 digits.",
         2017,
         28,
         28,
         1,
         {{"max_pool", "a 2 x 2 pool after the first two convolutions", true, {}}},
         mnistConvnet},
        {"cats_dogs_cnn",
         "Cats and dogs convnet",
         "Four convolutions for 150 x 150 photographs.",
         2017,
         150,
         150,
         3,
         {dropoutOption(0.0)},
         catsDogsCnn},
        {"inception_v1",
         "Inception v1",
         "GoogLeNet for the small images of Tiny ImageNet, with two auxiliary outputs.",
         2014,
         56,
         56,
         3,
         {{"variant",
           "the book's version, or the notebook's with one more pooling layer",
           "book",
           {"book", "notebook"}},
          dropoutOption(0.4),
          {"auxiliary", "two auxiliary classifiers that help training", true, {}},
          {"auxiliary_dropout", "fraction of values dropped in the auxiliary classifiers", 0.7, {}, 0.0, 0.95}},
         inceptionV1},
        {"minception",
         "Minception",
         "A small Inception-ResNet for Tiny ImageNet; takes raw pixel values, 0 to 255.",
         2022,
         64,
         64,
         3,
         {{"random_crop", "size of a random crop in pixels; 0 = none", 56, {}, 0, 16384},
          {"random_contrast", "range of the random contrast during training", 0.3, {}, 0.0, 1.0},
          {"residual_scaling",
           "what is scaled by 0.1 before the sum: the shortcut as in the text, or the branch as in the paper",
           "shortcut",
           {"shortcut", "branch"}},
          dropoutOption(0.0)},
         minception},
        {"resnet18",
         "ResNet-18",
         "Residual network of 18 layers: a sound first choice for photographs.",
         2015,
         224,
         224,
         3,
         {},
         resnet18},
        {"resnet50", "ResNet-50", "Residual network of 50 layers with bottlenecks.", 2015, 224, 224, 3, {}, resnet50},
        {"mobilenet_v2",
         "MobileNetV2",
         "Small and fast, made for phones.",
         2018,
         224,
         224,
         3,
         {dropoutOption(0.2)},
         mobilenetV2},
        {"mobilenet_v3_small",
         "MobileNetV3-Small",
         "The smallest here; fast even on a slow machine.",
         2019,
         224,
         224,
         3,
         {dropoutOption(0.2),
          {"batch_norm_epsilon", "torchvision's weights need 0.001, timm's 0.00001", 0.001, {}, 1e-9, 1.0}},
         mobileNetV3Small},
        {"efficientnet_b0",
         "EfficientNet-B0",
         "Accurate for its size, slower to train than it looks.",
         2019,
         224,
         224,
         3,
         {dropoutOption(0.2)},
         efficientNetB0},
        {"efficientnet_lite0",
         "EfficientNet-Lite0",
         "EfficientNet without squeeze-and-excitation.",
         2020,
         224,
         224,
         3,
         {dropoutOption(0.2)},
         efficientNetLite0},
        {"tf_efficientnet_lite0",
         "EfficientNet-Lite0 (TensorFlow)",
         "The same with TensorFlow's padding, for weights trained in TensorFlow.",
         2020,
         224,
         224,
         3,
         {dropoutOption(0.2)},
         tfEfficientNetLite0},
        {"vgg16",
         "VGG-16",
         "Plain and large; still a good base for transfer learning.",
         2014,
         224,
         224,
         3,
         {{"dense", "units of each hidden dense layer; empty = the public classifier", Json::array(), {}, 1, 65536},
          dropoutOption(0.5)},
         vgg16},
        {"inception_resnet_v2",
         "Inception-ResNet v2",
         "Large and accurate; needs at least 75 pixels.",
         2016,
         299,
         299,
         3,
         {dropoutOption(0.0)},
         inceptionResNetV2},
        {"densenet121",
         "DenseNet-121",
         "Every layer sees all layers before it.",
         2016,
         224,
         224,
         3,
         {dropoutOption(0.0)},
         denseNet121},
        {"squeezenet1_1",
         "SqueezeNet 1.1",
         "A million parameters; trains without batch normalization.",
         2016,
         224,
         224,
         3,
         {dropoutOption(0.5)},
         squeezeNet11},
        {"convnext_tiny",
         "ConvNeXt-Tiny",
         "A convolutional network modeled on transformers.",
         2022,
         224,
         224,
         3,
         {dropoutOption(0.0)},
         convNeXtTiny},
    };
    return entries;
}

const ZooEntry* findInZoo(const std::string& name) {
    for (const ZooEntry& entry : zoo()) {
        if (entry.name == name)
            return &entry;
    }
    return nullptr;
}

std::vector<Problem> zooProblems(const std::string& name, const Json& options) {
    const ZooEntry* entry = findInZoo(name);
    if (!entry) {
        std::string names;
        for (const ZooEntry& known : zoo())
            names += (names.empty() ? "" : ", ") + known.name;
        return {{"model.name", "must be one of " + names + "; there is no network '" + shown(name) + "'"}};
    }
    if (!options.is_object())
        return {{"model.options", "must be an object { ... }"}};
    std::string known;
    for (const ZooOption& option : entry->options)
        known += (known.empty() ? "; it has " : ", ") + option.key;
    std::vector<Problem> problems;
    for (const auto& [key, value] : options.items()) {
        const auto option = std::find_if(entry->options.begin(), entry->options.end(),
                                         [&](const ZooOption& one) { return one.key == key; });
        const std::string wrong =
            option == entry->options.end() ? "is not an option of " + name + known : complaint(*option, value);
        if (!wrong.empty())
            problems.push_back({"model.options." + key, wrong});
    }
    return problems;
}

Result<GraphSpec> buildFromZoo(const std::string& name, const ZooRequest& request) {
    if (const std::vector<Problem> problems = zooProblems(name, request.options); !problems.empty())
        return badInput(joined(problems) + ".");
    if (request.height < 1 || request.width < 1 || request.height > 16384 || request.width > 16384 ||
        request.channels < 1 || request.channels > 64)
        return badInput("The input must be 1 to 16384 pixels high and wide with 1 to 64 channels.");
    if (request.classes < 1 || request.classes > 1000000)
        return badInput("The number of classes must be 1 to 1,000,000.");
    const ZooEntry& entry = *findInZoo(name);
    ZooRequest complete = request;
    complete.options = Json::object();
    for (const ZooOption& option : entry.options)
        complete.options[option.key] = option.defaultValue;
    complete.options.update(request.options);
    return entry.build(complete);
}

} // namespace sightline
