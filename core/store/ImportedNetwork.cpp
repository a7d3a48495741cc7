// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/ImportedNetwork.h"

#include <charconv>
#include <sstream>

#include "network/OnnxReader.h"
#include "store/HubFolder.h"
#include "store/Safetensors.h"
#include "support/Files.h"
#include "support/Unicode.h"
#include "zoo/WeightFit.h"
#include "zoo/Zoo.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kLargestLabels = 16u << 20;

std::vector<std::string> namesIn(const Json& list) {
    std::vector<std::string> names;
    if (list.is_array())
        for (const Json& name : list)
            if (name.is_string())
                names.push_back(name.get<std::string>());
    return list.is_array() && names.size() == list.size() ? names : std::vector<std::string>();
}

/// { "0": "cat", "1": "dog" }: every number from 0 on, once.
std::vector<std::string> namesByNumber(const Json& object) {
    std::vector<std::string> names(object.size());
    for (const auto& [key, name] : object.items()) {
        std::size_t number = 0;
        const auto read = std::from_chars(key.data(), key.data() + key.size(), number);
        if (read.ec != std::errc() || read.ptr != key.data() + key.size() || number >= names.size() ||
            !name.is_string() || !names[number].empty())
            return {};
        names[number] = name.get<std::string>();
    }
    return names;
}

/// { "cat": 0, "dog": 1 }: every number from 0 on, once.
std::vector<std::string> namesWithNumber(const Json& object) {
    std::vector<std::string> names(object.size());
    for (const auto& [name, number] : object.items()) {
        if (!number.is_number_unsigned() || number.get<std::size_t>() >= names.size() || name.empty() ||
            !names[number.get<std::size_t>()].empty())
            return {};
        names[number.get<std::size_t>()] = name;
    }
    return names;
}

/// What exportMetadata() wrote; nothing of it must be there.
void takeMetadata(ImportedNetwork& network, const std::map<std::string, std::string>& metadata) {
    const auto parsed = [&](const char* key) {
        const auto found = metadata.find(key);
        const Result<Json> json = found == metadata.end() ? Result<Json>(Json()) : parseJson(found->second, key);
        return json ? *json : Json();
    };
    network.classes = classNamesIn(parsed("labels"));
    network.preprocessing = parsed("preprocessing");
    if (const auto name = metadata.find("network"); name != metadata.end())
        network.graph.name = shown(name->second);
}

Result<ImportedNetwork> fromOnnx(const fs::path& file) {
    Result<OnnxNetwork> onnx = readOnnx(file);
    if (!onnx)
        return onnx.error();
    ImportedNetwork network{std::move(onnx->graph), std::move(onnx->values), {}, {}, std::move(onnx->notes)};
    takeMetadata(network, onnx->metadata);
    return network;
}

/// The graph that a file of weights has beside them, else the zoo's of that name.
Result<GraphSpec> graphOf(const SafetensorsFile& file, const fs::path& path, const ImportedNetwork& told) {
    const auto text = file.metadata().find("graph");
    if (text != file.metadata().end()) {
        const Result<Json> json = parseJson(text->second, path.string());
        return json ? graphFromJson(*json) : Result<GraphSpec>(json.error());
    }
    if (!findInZoo(told.graph.name))
        return badInput(path.string() +
                        " does not say whose weights it has; import a file that `export RUN --weights` " +
                        "wrote, an ONNX file or a hub folder.");
    const Result<WeightFit> fit = fitOf(told.graph.name, specsOf(file));
    if (!fit)
        return fit.error();
    ZooRequest request{224, 224, 3, fit->classes, Json::object()};
    const Json size = told.preprocessing.is_object() ? told.preprocessing.value("input_size", Json()) : Json();
    if (size.is_array() && size.size() == 2 && size[0].is_number_integer() && size[1].is_number_integer()) {
        request.height = size[0].get<int>();
        request.width = size[1].get<int>();
    }
    return buildFromZoo(told.graph.name, request);
}

Result<ImportedNetwork> fromWeights(const fs::path& path) {
    const Result<SafetensorsFile> file = SafetensorsFile::open(path);
    if (!file)
        return file.error();
    ImportedNetwork network;
    takeMetadata(network, file->metadata());
    Result<GraphSpec> graph = graphOf(*file, path, network);
    if (!graph)
        return graph.error();
    network.graph = std::move(*graph);
    Result<TensorValues> values = valuesFor(network.graph, *file, path);
    if (!values)
        return values.error();
    network.values = std::move(*values);
    return network;
}

} // namespace

Result<ImportedNetwork> readNetwork(const fs::path& source) {
    std::error_code code;
    if (fs::is_directory(source, code))
        return readHubFolder(source);
    if (!fs::is_regular_file(source, code))
        return badInput("There is no file " + source.string() + ".");
    const std::string suffix = caseFolded(source.extension().string());
    if (suffix == ".onnx")
        return fromOnnx(source);
    if (suffix == ".safetensors")
        return fromWeights(source);
    return badInput(source.string() + " is no network that can be imported: give a .onnx file, a .safetensors file " +
                    "that was exported from a run, or a hub folder.");
}

std::vector<std::string> classNamesIn(const Json& json) {
    if (!json.is_object())
        return namesIn(json);
    std::vector<std::string> names = namesByNumber(json);
    return names.empty() ? namesWithNumber(json) : names;
}

Result<std::vector<std::string>> readLabels(const fs::path& file) {
    Result<std::string> text = readFile(file, kLargestLabels);
    if (!text)
        return badInput(text.error().message);
    if (text->starts_with("\xef\xbb\xbf")) // the mark that other systems put before UTF-8
        text->erase(0, 3);
    std::vector<std::string> names;
    const std::size_t first = text->find_first_not_of(" \t\r\n");
    if (first != std::string::npos && ((*text)[first] == '[' || (*text)[first] == '{')) {
        const Result<Json> json = parseJson(*text, file.string());
        if (!json)
            return json.error();
        names = classNamesIn(*json);
    } else {
        std::istringstream lines(*text);
        for (std::string line; std::getline(lines, line);) {
            while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
                line.pop_back();
            if (!line.empty())
                names.push_back(line);
        }
    }
    if (names.empty())
        return badInput(file.string() + " is no list of class names: write one name a line, or a JSON " + "list.");
    return names;
}

} // namespace sightline
