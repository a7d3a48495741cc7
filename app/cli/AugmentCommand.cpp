// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "Commands.h"
#include "augment/Augment.h"
#include "data/Dataset.h"
#include "support/Npy.h"

namespace sightline::cli {

namespace {

struct AugmentOptions {
    std::vector<std::string> images;
    std::string config, out, params, apply;
    int count = 1, threads = 0;
    std::uint64_t seed = 42, epoch = 0;
};

Result<AugmentationSettings> settingsFrom(const std::string& file) {
    const Result<Json> json = readJsonFile(file);
    if (!json)
        return json.error();
    std::vector<Problem> found;
    AugmentationSettings settings = augmentationFromJson(*json, "", found);
    for (Problem& problem : problems(settings, "augmentation"))
        found.push_back(std::move(problem));
    if (!found.empty())
        return badInput(file + ": " + joined(found) + ".");
    return settings;
}

Result<void> cropFits(const AugmentationSettings& settings, const Image& image, const std::string& file) {
    const auto size = outputSize(settings, image.height, image.width);
    if (settings.randomCrop && (size[0] != (*settings.randomCrop)[0] || size[1] != (*settings.randomCrop)[1]))
        return badInput(file + " is smaller than the random crop asked for.");
    return {};
}

Image asBytes(const FloatImage& image) {
    Image bytes(image.height, image.width, image.channels);
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
        bytes.pixels[i] = static_cast<std::uint8_t>(std::lround(std::clamp(image.pixels[i], 0.0f, 255.0f)));
    return bytes;
}

/// The exact transform of recorded parameters, no random draw.
int applyParameters(const AugmentOptions& options, const AugmentationSettings& settings) {
    if (options.images.size() != 1)
        return fail(badInput("--apply takes one image."));
    const Result<Json> json = readJsonFile(options.apply);
    if (!json)
        return fail(json.error());
    const Result<Drawn> drawn = drawnFromJson(*json);
    if (!drawn)
        return fail(badInput(options.apply + ": " + drawn.error().message));
    const Result<Image> image = readImage(options.images[0]);
    if (!image)
        return fail(image.error());
    if (const Result<void> fits = cropFits(settings, *image, options.images[0]); !fits)
        return fail(fits.error());
    FloatImage result = applyExactly(settings, *drawn, *image);
    const FloatArray array{{result.height, result.width, result.channels}, std::move(result.pixels)};
    if (const Result<void> written = writeNpy(options.out, array); !written)
        return fail(written.error());
    return 0;
}

int drawAndWrite(const AugmentOptions& options, const AugmentationSettings& settings) {
    if (const Result<void> made = makeFolder(options.out); !made)
        return fail(made.error());
    Json parameters = Json::array();
    std::uint64_t index = 0;
    for (const std::string& file : options.images) {
        const Result<Image> image = readImage(file);
        if (!image)
            return fail(image.error());
        if (const Result<void> fits = cropFits(settings, *image, file); !fits)
            return fail(fits.error());
        const auto size = outputSize(settings, image->height, image->width);
        for (int copy = 0; copy < options.count; ++copy, ++index) {
            FloatImage result(size[0], size[1], image->channels);
            const Drawn drawn = draw(settings, image->height, image->width, options.seed, options.epoch, index);
            applyFast(settings, drawn, *image, Normalizer(), result.pixels.data());
            char number[24];
            std::snprintf(number, sizeof number, "_%04llu.png", static_cast<unsigned long long>(index));
            const std::string name = std::filesystem::path(file).stem().string() + number;
            if (const Result<void> written = writePng(std::filesystem::path(options.out) / name, asBytes(result)); !written)
                return fail(written.error());
            Json entry = toJson(drawn);
            entry["file"] = name;
            parameters.push_back(std::move(entry));
        }
    }
    if (!options.params.empty()) {
        if (const Result<void> written = writeFileAtomically(options.params, toText(parameters) + "\n"); !written)
            return fail(written.error());
    }
    return 0;
}

int run(const AugmentOptions& options) {
    const Result<AugmentationSettings> settings = settingsFrom(options.config);
    if (!settings)
        return fail(settings.error());
    return options.apply.empty() ? drawAndWrite(options, *settings) : applyParameters(options, *settings);
}

} // namespace

void addAugment(CLI::App& app, Context& context) {
    auto options = std::make_shared<AugmentOptions>();
    CLI::App* command = app.add_subcommand("augment", "Write augmented images, or apply recorded parameters exactly");
    command->add_option("IMAGE", options->images, "Images")->required();
    command->add_option("--config", options->config, "The augmentation block (JSON)")->required();
    command->add_option("--count", options->count, "Images to write for each image")->check(CLI::Range(1, 1000000));
    command->add_option("--seed", options->seed, "Seed of the draws");
    command->add_option("--epoch", options->epoch, "Epoch of the draws, from 0");
    command->add_option("--out", options->out, "Folder to write, or the .npy file of --apply")->required();
    command->add_option("--params", options->params, "Write what was drawn to this file");
    command->add_option("--apply", options->apply, "Use exactly these parameters");
    addThreads(*command, options->threads);
    command->callback([options, &context] { context.chosen = [options] { return run(*options); }; });
}

} // namespace sightline::cli
