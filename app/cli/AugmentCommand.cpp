// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <iostream>

#include "AtLeastZero.h"
#include "Commands.h"
#include "augment/Augment.h"
#include "augment/Mixing.h"
#include "augment/Pointwise.h"
#include "data/Dataset.h"
#include "support/Npy.h"
#include "support/Workers.h"

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

/// What the settings ask of an image's size.
Result<void> settingsFit(const AugmentationSettings& settings, const Image& image, const std::string& file) {
    const auto size = outputSize(settings, image.height, image.width);
    if (settings.randomCrop && (size[0] != (*settings.randomCrop)[0] || size[1] != (*settings.randomCrop)[1]))
        return badInput(file + " is smaller than the random crop.");
    if (settings.occlusion && settings.occlusion->size >= std::min(image.height, image.width))
        return badInput(file + " is not larger than the occlusion's box of " +
                        std::to_string(settings.occlusion->size) + " pixels; choose a smaller one.");
    return {};
}

Result<Image> imageFor(const AugmentationSettings& settings, const std::string& file) {
    Result<Image> image = readImage(file);
    if (!image)
        return image;
    if (const Result<void> fits = settingsFit(settings, *image, file); !fits)
        return fits.error();
    return image;
}

Result<void> fitsPartner(const FloatImage& image, const std::string& file, const FloatImage& other,
                         const std::string& partner) {
    if (image.height == other.height && image.width == other.width)
        return {};
    return badInput("Only images of one size can be mixed: " + file + " and " + partner +
                    " differ; resize them first.");
}

/// The parameters' "mixup" { with, share, draw } or "cutmix" { with, window, draw }; nothing where they have neither.
Result<void> applyMixture(const AugmentationSettings& settings, const Json& parameters, const std::string& file,
                          FloatImage& image) {
    const auto refuse = [&](const std::string& key) {
        return badInput("The parameters cannot be used: " + key + " must be { \"with\": image, " +
                        (key == "mixup" ? "\"share\": 0 to 1" : "\"window\": [top, left, height, width]") +
                        ", \"draw\": { ... } }.");
    };
    for (const std::string key : {"mixup", "cutmix"}) {
        if (!parameters.contains(key))
            continue;
        const Json& entry = parameters[key];
        if (!entry.is_object() || !entry.contains("with") || !entry["with"].is_string() || !entry.contains("draw"))
            return refuse(key);
        Mixture mixture;
        if (key == "mixup") {
            if (!entry.contains("share") || !entry["share"].is_number())
                return refuse(key);
            mixture.kind = Mixture::Kind::Mixup;
            mixture.share = std::clamp(entry["share"].get<double>(), 0.0, 1.0);
        } else {
            mixture.kind = Mixture::Kind::Cutmix;
            std::vector<Problem> found;
            std::vector<int> numbers;
            JsonReader(entry, key, found).read("window", numbers);
            if (!found.empty() || numbers.size() != 4 || std::any_of(numbers.begin(), numbers.end(), [](int number) {
                    return std::abs(static_cast<double>(number)) > 1e8;
                }))
                return refuse(key);
            mixture.window = {numbers[0], numbers[1], numbers[2], numbers[3]};
        }
        const Result<Drawn> drawn = drawnFromJson(entry["draw"]);
        if (!drawn)
            return drawn.error();
        const auto partnerFile = entry["with"].get<std::string>();
        const Result<Image> partner = imageFor(settings, partnerFile);
        if (!partner)
            return partner.error();
        const FloatImage other = applyExactly(settings, *drawn, *partner);
        if (const Result<void> fits = fitsPartner(image, file, other, partnerFile); !fits)
            return fits;
        mix(mixture, other.pixels.data(), image.pixels.data(), image.height, image.width, image.channels);
    }
    return {};
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
    if (const auto size = outputSize(settings, image->height, image->width);
        settings.randomCrop && std::array{(*settings.randomCrop)[0], (*settings.randomCrop)[1]} != size)
        return fail(badInput(options.images[0] + " is smaller than the random crop."));
    FloatImage result = applyExactly(settings, *drawn, *image);
    if (const Result<void> mixed = applyMixture(settings, *json, options.images[0], result); !mixed)
        return fail(badInput(options.apply + ": " + mixed.error().message));
    const FloatArray array{{result.height, result.width, result.channels}, std::move(result.pixels)};
    if (const Result<void> written = writeNpy(options.out, array); !written)
        return fail(written.error());
    return 0;
}

/// Draws by (seed, epoch, index), where the index counts the copies of all images; partners come from the same copies.
class Drawer {
public:
    Drawer(const AugmentOptions& options, const AugmentationSettings& settings)
        : m_options(options), m_settings(settings) {}

    /// One copy, exactly as --apply makes it from `entry`.
    Result<FloatImage> copy(const Image& image, std::uint64_t index, Json& entry) const {
        const auto count = static_cast<std::uint64_t>(m_options.count);
        const Drawn drawn = draw(m_settings, image.height, image.width, m_options.seed, m_options.epoch, index);
        entry = toJson(drawn);
        FloatImage result = applyExactly(m_settings, drawn, image);
        const Mixture mixture = drawMixture(m_settings, result.height, result.width, m_options.images.size() * count,
                                            m_options.seed, m_options.epoch, index);
        if (mixture.kind == Mixture::Kind::None)
            return result;
        const std::string& partnerFile = m_options.images[mixture.partner / count];
        const Result<Image> partner = imageFor(m_settings, partnerFile);
        if (!partner)
            return partner.error();
        const Drawn other =
            draw(m_settings, partner->height, partner->width, m_options.seed, m_options.epoch, mixture.partner);
        const FloatImage otherImage = applyExactly(m_settings, other, *partner);
        if (const Result<void> fits = fitsPartner(result, m_options.images[index / count], otherImage, partnerFile);
            !fits)
            return fits.error();
        mix(mixture, otherImage.pixels.data(), result.pixels.data(), result.height, result.width, result.channels);
        if (mixture.kind == Mixture::Kind::Mixup)
            entry["mixup"] = {{"with", partnerFile}, {"share", mixture.share}, {"draw", toJson(other)}};
        else {
            const Window& w = mixture.window;
            entry["cutmix"] = {
                {"with", partnerFile}, {"window", {w.top, w.left, w.height, w.width}}, {"draw", toJson(other)}};
        }
        return result;
    }

private:
    const AugmentOptions& m_options;
    const AugmentationSettings& m_settings;
};

/// Draws copy `index` of all and writes it; gives what was drawn.
Result<Json> drawAndWrite(const AugmentOptions& options, const Drawer& drawer, const Image& image,
                          std::uint64_t index) {
    Json entry;
    const Result<FloatImage> result = drawer.copy(image, index, entry);
    if (!result)
        return result.error();
    char number[24];
    std::snprintf(number, sizeof number, "_%04llu.png", static_cast<unsigned long long>(index));
    const std::string& file = options.images[index / static_cast<std::uint64_t>(options.count)];
    const std::string name = std::filesystem::path(file).stem().string() + number;
    if (const Result<void> written = writePng(std::filesystem::path(options.out) / name, toBytes(*result)); !written)
        return written.error();
    entry["file"] = name;
    return entry;
}

int drawAndWriteAll(const AugmentOptions& options, const AugmentationSettings& settings) {
    if (const Result<void> made = makeFolder(options.out); !made)
        return fail(made.error());
    const Drawer drawer(options, settings);
    const auto count = static_cast<std::size_t>(options.count);
    Json parameters = Json::array();
    for (std::size_t i = 0; i < options.images.size(); ++i) {
        const Result<Image> image = imageFor(settings, options.images[i]);
        if (!image)
            return fail(image.error());
        std::vector<Result<Json>> entries(count, Result<Json>(Json()));
        std::atomic<std::size_t> next{0};
        runOnThreads(options.threads > 0 ? options.threads : availableCpus(), [&](int) {
            for (std::size_t copy = next++; copy < count; copy = next++)
                entries[copy] = drawAndWrite(options, drawer, *image, i * count + copy);
        });
        for (Result<Json>& entry : entries) {
            if (!entry)
                return fail(entry.error());
            parameters.push_back(std::move(*entry));
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
    return options.apply.empty() ? drawAndWriteAll(options, *settings) : applyParameters(options, *settings);
}

} // namespace

void addAugment(CLI::App& app, Context& context) {
    auto options = std::make_shared<AugmentOptions>();
    CLI::App* command = app.add_subcommand("augment", "Write augmented images, or apply recorded parameters exactly");
    command->add_option("IMAGE", options->images, "Images")->required();
    command->add_option("--config", options->config, "The augmentation block (JSON)")->required();
    command->add_option("--count", options->count, "Number of variants per image")->check(CLI::Range(1, 1000000));
    addSeed(*command, options->seed, "Random seed");
    command->add_option("--epoch", options->epoch, "Epoch to draw for, from 0")->check(atLeastZero());
    command->add_option("--out", options->out, "Output folder, or .npy file with --apply")->required();
    command->add_option("--params", options->params, "Write the drawn parameters to this file");
    command->add_option("--apply", options->apply, "Use exactly these parameters");
    addThreads(*command, options->threads);
    command->callback([options, &context] { context.chosen = [options] { return run(*options); }; });
}

} // namespace sightline::cli
