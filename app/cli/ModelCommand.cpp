// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <iostream>

#include "Commands.h"
#include "network/MixedPrecision.h"
#include "network/TrainingMemory.h"
#include "support/Files.h"
#include "zoo/Zoo.h"

namespace sightline::cli {

namespace {

struct SummaryOptions {
    std::string name, input, options = "{}";
    int classes = 1000;
    int batch = 0; ///< 0: not asked for
    std::string precision = "auto";
    bool json = false;
};

std::string described(const Shape& shape) {
    std::string text;
    for (const std::int64_t extent : shape)
        text += (text.empty() ? "" : " x ") + std::to_string(extent);
    return text;
}

int list(bool json) {
    Json entries = Json::array();
    for (const ZooEntry& entry : zoo()) {
        Json options = Json::array();
        for (const ZooOption& option : entry.options)
            options.push_back({{"key", option.key}, {"default", option.defaultValue}, {"help", option.help}});
        entries.push_back({{"name", entry.name},
                           {"title", entry.title},
                           {"description", entry.description},
                           {"year", entry.year},
                           {"input", {entry.defaultHeight, entry.defaultWidth, entry.defaultChannels}},
                           {"options", std::move(options)}});
        if (!json)
            std::printf("%-16s %s\n", entry.name.c_str(), entry.description.c_str());
    }
    if (json)
        printJson(entries);
    return 0;
}

Result<GraphSpec> graphOf(const SummaryOptions& options) {
    const bool isFile = options.name.ends_with(".json");
    const ZooEntry* entry = isFile ? nullptr : findInZoo(options.name);
    ZooRequest request;
    if (entry) {
        request.height = entry->defaultHeight;
        request.width = entry->defaultWidth;
        request.channels = entry->defaultChannels;
    }
    if (!options.input.empty() && !parseSize(options.input, request.height, request.width, &request.channels))
        return badInput("--input " + options.input + ": use HEIGHTxWIDTHxCHANNELS, such as 128x128x3.");
    if (isFile) {
        Result<GraphSpec> graph = readGraph(options.name);
        if (graph && !options.input.empty()) {
            graph->height = request.height;
            graph->width = request.width;
            graph->channels = request.channels;
        }
        return graph;
    }
    request.classes = options.classes;
    Result<Json> parsed = parseJson(options.options, "--options");
    if (!parsed)
        return parsed.error();
    request.options = std::move(*parsed);
    return buildFromZoo(options.name, request);
}

void printTable(const GraphSpec& spec, const GraphCost& cost) {
    std::printf("%-34s %-18s %-18s %14s %16s\n", "node", "operation", "output", "parameters", "multiply-adds");
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        const NodeCost& node = cost.nodes[i];
        std::printf("%-34s %-18s %-18s %14lld %16lld\n", spec.nodes[i].id.c_str(), nameOf(spec.nodes[i].op),
                    described(node.output).c_str(), static_cast<long long>(node.parameters),
                    static_cast<long long>(node.multiplyAdds));
    }
    std::printf(
        "%lld parameters, %lld running statistics, %lld multiply-adds, %lld bytes of activations for one image\n",
        static_cast<long long>(cost.parameters), static_cast<long long>(cost.runningStats),
        static_cast<long long>(cost.multiplyAdds), static_cast<long long>(cost.activationBytes));
}

Json documentOf(const GraphSpec& spec, const GraphCost& cost) {
    Json outputs = Json::array();
    for (const Output& output : spec.outputs)
        outputs.push_back(output.name);
    Json nodes = Json::array();
    for (std::size_t i = 0; i < spec.nodes.size(); ++i)
        nodes.push_back({{"id", spec.nodes[i].id},
                         {"op", nameOf(spec.nodes[i].op)},
                         {"output", cost.nodes[i].output},
                         {"parameters", cost.nodes[i].parameters},
                         {"multiply_adds", cost.nodes[i].multiplyAdds}});
    return {{"name", spec.name},
            {"input", {spec.height, spec.width, spec.channels}},
            {"outputs", std::move(outputs)},
            {"parameters",
             {{"total", cost.parameters}, {"trainable", cost.parameters}, {"running_stats", cost.runningStats}}},
            {"multiply_adds", cost.multiplyAdds},
            {"activation_bytes", cost.activationBytes},
            {"nodes", std::move(nodes)}};
}

/// What training at a batch size takes; by part, so that a person sees what to make smaller.
Json memoryOf(const GraphSpec& spec, const GraphCost& cost, const SummaryOptions& options) {
    TrainingMemoryRequest request;
    request.batch = options.batch;
    request.bf16 = usesBf16(options.precision == "bf16"   ? Precision::Bf16
                            : options.precision == "fp32" ? Precision::Fp32
                                                          : Precision::Auto,
                            spec);
    const TrainingMemory memory = trainingMemory(spec, cost, request);
    return {{"batch", options.batch},
            {"training_memory_bytes", memory.total()},
            {"training_memory",
             {{"libraries", memory.libraries},
              {"weights", memory.weights},
              {"gradients", memory.gradients},
              {"moments", memory.moments},
              {"activations", memory.activations},
              {"batches", memory.batches}}},
            {"free_memory_bytes", availableMemoryBytes()},
            {"largest_batch", largestBatch(spec, cost, request, static_cast<std::int64_t>(availableMemoryBytes()))}};
}

int summary(const SummaryOptions& options) {
    const Result<GraphSpec> spec = graphOf(options);
    if (!spec)
        return fail(spec.error());
    const Result<GraphCost> cost = shapes(*spec);
    if (!cost)
        return fail(cost.error());
    Json document = documentOf(*spec, *cost);
    const Json memory = options.batch > 0 ? memoryOf(*spec, *cost, options) : Json::object();
    document.update(memory);
    if (options.json) {
        printJson(document);
        return 0;
    }
    printTable(*spec, *cost);
    if (!memory.empty())
        std::printf("about %lld MiB to train at batch size %d; batch size %d would fit in the free memory\n",
                    static_cast<long long>(memory["training_memory_bytes"].get<std::int64_t>() >> 20), options.batch,
                    memory["largest_batch"].get<int>());
    return 0;
}

} // namespace

void addModel(CLI::App& app, Context& context) {
    CLI::App& model = group(app, "model", "Networks: list, summary, forward");
    auto json = std::make_shared<bool>(false);
    CLI::App* listing = model.add_subcommand("list", "List all networks");
    listing->add_flag("--json", *json, "Print JSON");
    listing->callback([json, &context] { context.chosen = [json] { return list(*json); }; });

    auto options = std::make_shared<SummaryOptions>();
    CLI::App* command = model.add_subcommand("summary", "Layers, shapes and costs of a network");
    command->add_option("NAME", options->name, "Network of the zoo, or a GraphSpec file (.json)")->required();
    command->add_option("--classes", options->classes, "Number of classes");
    command->add_option("--input", options->input, "HEIGHTxWIDTHxCHANNELS");
    command->add_option("--options", options->options, "The network's options as JSON");
    command->add_option("--batch", options->batch, "Also show the memory needed to train at this batch size")
        ->check(CLI::Range(1, 65536));
    command->add_option("--precision", options->precision, "Precision of that training: auto, fp32 or bf16")
        ->check(CLI::IsMember({"auto", "fp32", "bf16"}));
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([options, &context] { context.chosen = [options] { return summary(*options); }; });
}

} // namespace sightline::cli
