// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <map>

#include "Commands.h"
#include "store/Safetensors.h"
#include "store/WeightsFetch.h"
#include "store/WeightsFolder.h"
#include "support/Download.h"
#include "zoo/WeightFit.h"
#include "zoo/Zoo.h"

namespace sightline::cli {

namespace {

struct Settings {
    std::string name, file, model, options = "{}", hub;
    int classes = 0;
    bool json = false;
};

Json described(const HubWeights& weights, const Context& context) {
    std::error_code code;
    const std::filesystem::path file = hubFile(context.home, weights.name);
    return {{"name", weights.name},
            {"network", weights.network},
            {"bytes", weights.bytes},
            {"licence", weights.licence},
            {"input", {weights.size, weights.size, 3}},
            {"normalization", weights.normalization},
            {"interpolation", weights.interpolation},
            {"crop", weights.cropShare},
            {"page", weights.page()},
            {"address", weights.address()},
            {"sha256", weights.sha256.empty() ? Json() : Json(weights.sha256)},
            {"file", std::filesystem::exists(file, code) ? Json(file.string()) : Json()}};
}

/// A file of a folder given as the hub: what is not known of its name is null.
Json described(const FolderWeights& weights, const Context& context) {
    const HubWeights* known = findInHub(weights.name);
    Json entry = known ? described(*known, context) : Json::object();
    if (!known) {
        std::error_code code;
        const std::filesystem::path held = hubFile(context.home, weights.name);
        entry["name"] = weights.name;
        for (const char* key :
             {"network", "licence", "input", "normalization", "interpolation", "crop", "page", "sha256"})
            entry[key] = Json();
        entry["file"] = std::filesystem::exists(held, code) ? Json(held.string()) : Json();
    }
    entry["bytes"] = weights.bytes;
    entry["address"] = weights.file.string();
    const Result<WeightsNetwork> network = networkOf(weights);
    if (network && !network->network.empty()) {
        entry["network"] = network->network;
        entry["classes"] = network->classes;
    } else
        entry["fault"] = network ? "fits no network of the zoo" : network.error().message;
    return entry;
}

Result<Json> listed(const Settings& settings, const Context& context) {
    Json entries = Json::array();
    if (settings.hub.empty()) {
        for (const HubWeights& weights : hubWeights())
            entries.push_back(described(weights, context));
        return entries;
    }
    const Result<std::vector<FolderWeights>> found = weightsIn(settings.hub);
    if (!found)
        return found.error();
    for (const FolderWeights& weights : *found)
        entries.push_back(described(weights, context));
    return entries;
}

std::string textOf(const Json& entry, const char* key) {
    return entry[key].is_null() ? "-" : entry[key].get<std::string>();
}

int list(const Settings& settings, const Context& context) {
    const Result<Json> listing = listed(settings, context);
    if (!listing)
        return fail(listing.error());
    const Json& entries = *listing;
    if (settings.json) {
        printJson(entries);
        return 0;
    }
    for (const Json& entry : entries)
        std::printf("%-34s %-22s %8s  %-13s %s\n", entry["name"].get<std::string>().c_str(),
                    textOf(entry, "network").c_str(), bytesText(entry["bytes"].get<std::uint64_t>()).c_str(),
                    textOf(entry, "licence").c_str(), entry["file"].is_null() ? "" : "here");
    return 0;
}

Json faultsOf(const WeightFit& fit) {
    Json missing = Json::array(), misfits = Json::array();
    for (const std::size_t tensor : fit.match.missing)
        missing.push_back(fit.match.naming.tensors[tensor].name);
    for (const WeightMatch::Misfit& misfit : fit.match.misfits)
        misfits.push_back({{"name", fit.match.naming.tensors[misfit.tensor].name},
                           {"found", misfit.found},
                           {"needed", fit.match.naming.tensors[misfit.tensor].shape}});
    return {{"missing", std::move(missing)}, {"misshaped", std::move(misfits)}, {"unexpected", fit.match.unexpected}};
}

void print(const Json& document) {
    std::printf("%s: %zu tensors, %lld values\n", document["file"].get<std::string>().c_str(),
                document["tensors"].size(), static_cast<long long>(document["values"].get<std::int64_t>()));
    for (const Json& network : document["networks"])
        std::printf("fits %s with %d classes (names: %s)\n", network["name"].get<std::string>().c_str(),
                    network["classes"].get<int>(), network["names"].get<std::string>().c_str());
    for (const Json& tensor : document["tensors"])
        std::printf("  %-60s %-5s %s\n", tensor["name"].get<std::string>().c_str(),
                    tensor["dtype"].get<std::string>().c_str(), toText(tensor["shape"], -1).c_str());
    if (document.contains("model")) {
        for (const char* fault : {"missing", "misshaped", "unexpected"}) {
            for (const Json& tensor : document["model"][fault])
                std::printf("%s: %s\n", fault,
                            (tensor.is_string() ? tensor.get<std::string>() : toText(tensor, -1)).c_str());
        }
    }
}

int inspect(const Settings& settings, const Context& context) {
    const Result<std::filesystem::path> path = weightsFile(settings.file, context.home);
    if (!path)
        return fail(path.error());
    const Result<SafetensorsFile> file = SafetensorsFile::open(*path);
    if (!file)
        return fail(file.error());
    Json document = {{"file", path->string()},
                     {"metadata", file->metadata()},
                     {"values", 0},
                     {"networks", Json::array()},
                     {"tensors", Json::array()}};
    std::int64_t values = 0;
    for (const TensorView& tensor : file->tensors()) {
        std::int64_t count = 1;
        for (const std::int64_t extent : tensor.shape)
            count *= extent;
        values += count;
        document["tensors"].push_back({{"name", tensor.name}, {"dtype", tensor.dtype}, {"shape", tensor.shape}});
    }
    document["values"] = values;
    const std::vector<TensorSpec> tensors = specsOf(*file);
    for (const ZooEntry& entry : zoo()) {
        const Result<WeightFit> fit = fitOf(entry.name, tensors);
        if (fit && fit->match.isComplete())
            document["networks"].push_back({{"name", entry.name},
                                            {"classes", fit->classes},
                                            {"names", fit->match.naming.family},
                                            {"unexpected", fit->match.unexpected}});
    }
    if (!settings.model.empty()) {
        const Result<Json> options = parseJson(settings.options, "--options");
        const Result<WeightFit> fit =
            options ? fitOf(settings.model, tensors, settings.classes, *options) : Result<WeightFit>(options.error());
        if (!fit)
            return fail(fit.error());
        document["model"] = faultsOf(*fit);
        document["model"]["name"] = settings.model;
    }
    if (settings.json)
        printJson(document);
    else
        print(document);
    return 0;
}

int fetchFromFolder(const Settings& settings, const Context& context) {
    const Result<std::vector<FolderWeights>> found = weightsIn(settings.hub);
    if (!found)
        return fail(found.error());
    std::string names;
    for (const FolderWeights& weights : *found) {
        names += (names.empty() ? "" : ", ") + weights.name;
        if (weights.name != settings.name)
            continue;
        const Result<std::filesystem::path> file = takeWeights(weights, context.home);
        if (!file)
            return fail(file.error());
        const Json entry = described(weights, context);
        if (settings.json)
            printJson(entry);
        else
            std::printf("%s\n%s, %d classes\n", file->string().c_str(), textOf(entry, "network").c_str(),
                        entry["classes"].get<int>());
        return 0;
    }
    return fail(
        badInput("There are no weights '" + settings.name + "' in " + settings.hub +
                 (names.empty() ? std::string("; it holds no .safetensors file.") : "; available: " + names + ".")));
}

int fetch(const Settings& settings, const Context& context) {
    if (!settings.hub.empty())
        return fetchFromFolder(settings, context);
    const HubWeights* weights = findInHub(settings.name);
    if (!weights) {
        std::string names;
        for (const HubWeights& known : hubWeights())
            names += (names.empty() ? "" : ", ") + known.name;
        return fail(badInput("There are no weights '" + settings.name + "'; available: " + names + "."));
    }
    const Result<std::filesystem::path> file =
        fetchWeights(*weights, context.home, interruption().get_token(), [&](std::uint64_t done, std::uint64_t total) {
            if (total > 0)
                showProgress(weights->name, static_cast<std::size_t>(done), static_cast<std::size_t>(total));
        });
    if (!file)
        return fail(file.error());
    if (settings.json)
        printJson(described(*weights, context));
    else
        std::printf("%s\n%s, license %s, %s\nnormalization.preset %s, data.image_size %d x %d\n",
                    file->string().c_str(), weights->network.c_str(), weights->licence.c_str(), weights->page().c_str(),
                    weights->normalization.c_str(), weights->size, weights->size);
    return 0;
}

} // namespace

void addWeights(CLI::App& app, Context& context) {
    CLI::App& weights = group(app, "weights", "Public weights: list, fetch, inspect");
    auto settings = std::make_shared<Settings>();
    CLI::App* listing = weights.add_subcommand("list", "List the weights that can be downloaded by name");
    const char* hub = "A folder of .safetensors files instead of the public hub";
    listing->add_option("--hub", settings->hub, hub);
    listing->add_flag("--json", settings->json, "Print JSON");
    listing->callback(
        [settings, &context] { context.chosen = [settings, &context] { return list(*settings, context); }; });

    CLI::App* fetching =
        weights.add_subcommand("fetch", "Download weights into the data home; resumes an interrupted download");
    fetching->add_option("NAME", settings->name, "A name from `weights list`")->required();
    fetching->add_option("--hub", settings->hub, hub);
    fetching->add_flag("--json", settings->json, "Print JSON");
    fetching->callback(
        [settings, &context] { context.chosen = [settings, &context] { return fetch(*settings, context); }; });

    CLI::App* inspecting =
        weights.add_subcommand("inspect", "Show what a weight file contains and which networks it fits");
    inspecting->add_option("FILE", settings->file, "A .safetensors file, or a downloaded name")->required();
    inspecting->add_option("--model", settings->model,
                           "Compare with this network: missing, mismatched and unexpected tensors");
    inspecting->add_option("--classes", settings->classes, "Classes of that network; default: the file's")
        ->check(CLI::Range(1, 1000000));
    inspecting->add_option("--options", settings->options, "Options of that network as JSON");
    inspecting->add_flag("--json", settings->json, "Print JSON");
    inspecting->callback(
        [settings, &context] { context.chosen = [settings, &context] { return inspect(*settings, context); }; });
}

} // namespace sightline::cli
