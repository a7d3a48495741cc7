// SPDX-License-Identifier: GPL-3.0-or-later
#include "NetworkOptions.h"

#include <unistd.h>

#include <cstdlib>
#include <set>
#include <utility>

#include "ExperimentOptions.h"
#include "store/RunStore.h"
#include "zoo/Hub.h"

namespace sightline::cli {

namespace {

Result<NormalizationSettings> normalizationFromName(const std::string& name) {
    using Preset = NormalizationSettings::Preset;
    constexpr std::pair<const char*, Preset> kKnown[] = {{"none", Preset::None},
                                                         {"rescale", Preset::Rescale},
                                                         {"imagenet", Preset::Imagenet},
                                                         {"half", Preset::Half},
                                                         {"caffe", Preset::Caffe}};
    for (const auto& [known, preset] : kKnown) {
        if (name == known) {
            NormalizationSettings settings;
            settings.preset = preset;
            return settings;
        }
    }
    return badInput("--normalization " + name + " is not one of none, rescale, imagenet, half, caffe.");
}

/// Tried, not asked: permissions do not tell of every folder that takes no files.
bool takesFiles(const std::filesystem::path& folder) {
    std::string name = (folder / ".sightline-XXXXXX").string();
    const int file = ::mkstemp(name.data());
    if (file < 0)
        return false;
    ::close(file);
    ::unlink(name.c_str());
    return true;
}

/// What is of no use beside a run, or beside --model, is refused: it would change nothing.
Result<void> optionsFit(const NetworkOptions& options, Context& context) {
    if (options.model.empty()) {
        for (const auto& [isGiven, option] :
             {std::pair(!options.weights.empty(), "--weights"),
              std::pair(!options.normalization.empty(), "--normalization"),
              std::pair(!options.input.empty(), "--input"), std::pair(options.classes != 0, "--classes"),
              std::pair(!options.options.empty(), "--options")})
            if (isGiven)
                return badInput(std::string(option) + " goes with --model; a run has its own.");
        return {};
    }
    if (!options.checkpoint.empty())
        return badInput("--checkpoint goes with a run; beside --model, --weights says which weights.");
    std::error_code code;
    if (options.run.empty() || (options.takesImages && std::filesystem::is_regular_file(options.run, code)))
        return {};
    auto store = RunStore::openToRead(context.home);
    const bool isRun = store && store->find(options.run);
    if (options.takesImages && !isRun)
        return {};
    return badInput("--model goes without a run" +
                    (isRun ? ", and " + options.run + " is one." : "; " + options.run + " is one word too many."));
}

/// As its run read them, else by the number of its channels.
Result<PixelSettings> pixelsOf(const ModelSource& source) {
    PixelSettings pixels;
    if (source.runFolder.empty()) {
        pixels.channels = channelsFor(source.channels);
        return pixels;
    }
    const Result<Experiment> experiment = RunFolder(source.runFolder).experiment();
    return experiment ? Result<PixelSettings>(experiment->data.pixels) : experiment.error();
}

} // namespace

std::vector<std::string> NetworkOptions::allImages() const {
    std::vector<std::string> all = images;
    if (!model.empty() && !run.empty())
        all.insert(all.begin(), run);
    std::set<std::filesystem::path> known;
    std::erase_if(all, [&](const std::string& image) {
        return !known.insert(std::filesystem::path(image).lexically_normal()).second;
    });
    return all;
}

void addNetworkWithImages(CLI::App& command, NetworkOptions& options, const std::string& images) {
    options.takesImages = true;
    addNetwork(command, options);
    command.add_option("IMAGE", options.images, images);
    addDataPath(command, options.changes);
}

void addNetwork(CLI::App& command, NetworkOptions& options) {
    command.add_option("RUN", options.run, "A run's id, a prefix of it, its name or its folder; omit it with --model");
    command.add_option("--model", options.model,
                       "A network instead of a run: a name from `model list` or a graph file");
    command.add_option("--weights", options.weights, "The network's weights, .safetensors");
    command.add_option("--normalization", options.normalization,
                       "none, rescale (the default), imagenet, half or caffe");
    command.add_option("--input", options.input, "HEIGHTxWIDTHxCHANNELS of the network's input");
    command.add_option("--classes", options.classes, "Number of classes of the weights; default: 1000")
        ->check(CLI::Range(1, 1000000));
    command.add_option("--options", options.options, "The network's options as JSON");
    command.add_option("--checkpoint", options.checkpoint, "Checkpoint: best, last or an epoch");
}

Result<ModelSource> sourceOf(const NetworkOptions& options, Context& context) {
    if (options.model.empty() && options.run.empty())
        return badInput("Name a run, or a network with --model.");
    if (const auto fit = optionsFit(options, context); !fit)
        return fit.error();
    ModelSource source;
    if (!options.checkpoint.empty())
        source.checkpoint = options.checkpoint;
    if (options.model.empty()) {
        auto store = RunStore::open(context.home);
        if (!store)
            return store.error();
        const auto run = store->find(options.run);
        if (!run)
            return run.error();
        source.runFolder = run->path();
        sayIfDamaged(source.runFolder, source.checkpoint);
        return source;
    }
    if (options.weights.empty())
        return badInput("--model needs --weights FILE.safetensors.");
    if (!parseSize(options.input, source.height, source.width, &source.channels))
        return badInput("--model needs --input HEIGHTxWIDTHxCHANNELS, such as 224x224x3.");
    const auto normalization = normalizationFromName(options.normalization.empty() ? "rescale" : options.normalization);
    if (!normalization)
        return normalization.error();
    auto given = parseJson(options.options.empty() ? "{}" : options.options, "--options");
    if (!given)
        return badInput(given.error().message);
    source.model = options.model;
    source.options = *given;
    const auto weights = weightsFile(options.weights, context.home, options.model);
    if (!weights)
        return weights.error();
    source.weights = *weights;
    source.normalization = *normalization;
    if (options.classes > 0)
        source.classes = options.classes;
    return source;
}

Result<void> makeWritable(const std::filesystem::path& folder) {
    if (const auto made = makeFolder(folder); !made)
        return made;
    if (!takesFiles(folder))
        return Error{"The folder " + folder.string() + " cannot be written to; choose another one."};
    return {};
}

Result<void> canWrite(const std::filesystem::path& file) {
    std::error_code code;
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    if (!std::filesystem::is_directory(folder, code))
        return Error{"There is no folder " + folder.string() + " to write " + file.filename().string() + " to."};
    if (!takesFiles(folder))
        return Error{"The folder " + folder.string() + " cannot be written to; choose another one."};
    if (std::filesystem::is_directory(file, code))
        return Error{file.string() + " is a folder; name a file."};
    return {};
}

Result<OpenedNetwork> openNetwork(const NetworkOptions& options, Context& context, const char* command,
                                  const std::vector<std::string>& places, bool several, int threads) {
    OpenedNetwork opened;
    const auto dataPath = dataPathOf(options.changes, command);
    if (!dataPath)
        return dataPath.error();
    opened.dataPath = *dataPath;
    auto source = sourceOf(options, context);
    if (!source)
        return source.error();
    opened.source = std::move(*source);
    auto pixels = pixelsOf(opened.source);
    if (!pixels)
        return pixels.error();
    opened.pixels = std::move(*pixels);
    for (const std::string& place : places)
        if (!place.empty())
            if (const auto ready = several ? makeWritable(place) : canWrite(place); !ready)
                return ready.error();
    const auto engine = loadEngine();
    if (!engine)
        return engine.error();
    auto model = (*engine)->open(opened.source, threads);
    if (!model)
        return model.error();
    opened.model = std::move(*model);
    return opened;
}

} // namespace sightline::cli
