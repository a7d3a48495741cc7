// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>

#include "Command.h"
#include "data/Boxes.h"
#include "data/Toys.h"
#include "engine/AskedModel.h"
#include "experiment/Presets.h"

namespace sightline::cli {

namespace {

struct Settings {
    int threads = 0, epochs = 0; ///< 0: as the preset says
    bool quick = false, json = false;
};

/// Few images and epochs: enough to have the whole job done once, not to judge it by.
constexpr int kQuickEpochs = 6;

ToySettings toysFor(const Settings& settings) {
    ToySettings toys;
    if (settings.quick) {
        toys.train = 32;
        toys.validation = 8;
        toys.test = 6;
    }
    return toys;
}

/// The preset that the window's toy set starts with, too.
Result<Experiment> demoExperiment(const std::filesystem::path& data, const Settings& settings) {
    const Preset* preset = findPreset("toys-quick");
    const auto json = parseJson(preset->json, preset->name);
    if (!json)
        return json.error();
    auto experiment = experimentFromJson(*json);
    if (!experiment)
        return experiment.error();
    experiment->name = "demo";
    experiment->data.path = data.string();
    experiment->training.threads = settings.threads;
    if (settings.epochs > 0)
        experiment->training.epochs = settings.epochs;
    else if (settings.quick)
        experiment->training.epochs = kQuickEpochs;
    return experiment;
}

/// The pointing game (SPEC 4.4, no tolerance): the map's maximum lies in the box. Pixel centres are scaled to the
/// image.
bool pointsAt(const HeatMap& explanation, const Box& box, const Image& image) {
    const auto& map = explanation.map;
    const auto place = std::max_element(map.values.begin(), map.values.end()) - map.values.begin();
    const double y =
        (static_cast<double>(place / map.shape[1]) + 0.5) * image.height / static_cast<double>(map.shape[0]);
    const double x =
        (static_cast<double>(place % map.shape[1]) + 0.5) * image.width / static_cast<double>(map.shape[1]);
    return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
}

struct Pointing {
    int hits = 0, explained = 0;
};

/// Explains every rightly classified image of the evaluation and writes its overlay.
Result<Pointing> explainAll(Engine& engine, const Evaluation& evaluation, const std::filesystem::path& run,
                            const std::filesystem::path& toys, const std::filesystem::path& pictures, int threads) {
    DataSettings settings;
    settings.path = toys;
    const auto dataset = openDataset(settings, 0);
    if (!dataset)
        return dataset.error();
    const std::map<std::string, Box> boxes = readBoxes(*dataset);
    if (boxes.empty())
        return Error{(toys / "boxes.csv").string() + " contains no boxes."};
    if (const auto made = makeFolder(pictures); !made)
        return made.error();
    const auto model = engine.open(ofRun(run), threads);
    if (!model)
        return model.error();
    Pointing pointing;
    for (std::size_t i = 0; i < evaluation.predictions.size(); ++i) {
        const Prediction& prediction = evaluation.predictions[i];
        showProgress("Explaining", i + 1, evaluation.predictions.size());
        const auto box = boxes.find(prediction.path);
        if (prediction.predicted != prediction.truth || box == boxes.end())
            continue;
        auto image = readImage(toys / prediction.path);
        if (!image)
            return image.error();
        HeatMapQuestion question;
        question.image = *image;
        const auto explanation = (*model)->ask(std::move(question), interruption().get_token());
        if (!explanation)
            return explanation.error();
        ++pointing.explained;
        if (!explanation->saturated && pointsAt(*explanation, box->second, *image))
            ++pointing.hits;
        std::string name = prediction.path;
        std::replace(name.begin(), name.end(), '/', '-');
        if (const auto written = writePng(pictures / name, overlay(*image, explanation->map)); !written)
            return written.error();
    }
    return pointing;
}

int demo(const Settings& settings, Context& context) {
    const auto begin = std::chrono::steady_clock::now();
    const std::filesystem::path folder = context.home / (settings.quick ? "demo-quick" : "demo"),
                                toys = folder / "toys", pictures = folder / "overlays";
    const std::stop_token stop = interruption().get_token();
    const auto made = makeToys(toys, toysFor(settings), stop,
                               [](std::size_t done, std::size_t total) { showProgress("Drawing toys", done, total); });
    if (!made)
        return fail(made.error());
    const auto loaded = loadEngine();
    if (!loaded)
        return fail(loaded.error());
    Engine& engine = **loaded;
    const auto experiment = demoExperiment(toys, settings);
    if (!experiment)
        return fail(experiment.error());
    TrainControl control;
    TrainRequest training;
    training.experiment = *experiment;
    training.home = context.home;
    const RunEnded ended = engine.train(training, stop, control, [&](const TrainEvent& event) {
        if (const auto* epoch = std::get_if<EpochFinished>(&event))
            std::fprintf(stderr, "epoch %2d of %d: loss %.3f, accuracy %.3f, val_accuracy %.3f, %.0f images/s\n",
                         epoch->metrics.epoch, experiment->training.epochs, epoch->metrics.loss,
                         epoch->metrics.accuracy, epoch->metrics.valAccuracy.value_or(0),
                         epoch->metrics.imagesPerSecond);
    });
    if (stop.stop_requested())
        return fail(cancelled());
    if (ended.outcome != RunEnded::Outcome::Completed)
        return fail({"The demo's training failed: " + ended.reason, ended.errorKind});
    EvaluationQuestion question;
    question.split = "test";
    const auto evaluation = ask(engine, ofRun(ended.folder), question, stop, {}, settings.threads);
    if (!evaluation)
        return fail(evaluation.error());
    const auto pointing = explainAll(engine, *evaluation, ended.folder, toys, pictures, settings.threads);
    if (!pointing)
        return fail(pointing.error());
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const double share = pointing->explained > 0 ? static_cast<double>(pointing->hits) / pointing->explained : 0.0;
    if (settings.json)
        printJson({{"test_accuracy", evaluation->accuracy},
                   {"pointing_game", share},
                   {"seconds", seconds},
                   {"folder", pictures.string()},
                   {"explained", pointing->explained},
                   {"run", ended.run}});
    else
        std::printf("test accuracy %.3f, heat map maximum on the toy in %.3f of %d correctly classified images, %.0f "
                    "s\noverlays: %s\nrun: %s\n",
                    evaluation->accuracy, share, pointing->explained, seconds, pictures.c_str(), ended.run.c_str());
    return 0;
}

} // namespace

void addDemo(CLI::App& app, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = app.add_subcommand("demo", "Train, evaluate and explain on generated toys");
    command->add_option("--epochs", settings->epochs, "How long to train")->check(CLI::Range(1, 1000));
    command->add_flag("--quick", settings->quick, "Few images and epochs: every step once, in seconds");
    addThreads(*command, settings->threads);
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return demo(*settings, context); }; });
}

} // namespace sightline::cli
