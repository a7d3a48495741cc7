// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "ExperimentOptions.h"
#include "NetworkOptions.h"

namespace sightline::cli {

namespace {

using Clock = std::chrono::steady_clock;

struct Settings {
    NetworkOptions network;
    std::string split = "test";
    int threads = 0;
    bool json = false;
};

double millisecondsSince(Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

HeatMapQuestion about(const Image& image, HeatMapMethod method) {
    HeatMapQuestion question;
    question.image = image;
    question.method = method;
    return question;
}

/// A stroke of the brush: the median time until probabilities and map have followed it.
Result<double> brush(const AskedModel& model, const Image& image) {
    constexpr int kStrokes = 21, kWarmUp = 3, kSide = 64;
    std::vector<double> times;
    OcclusionQuestion question{about(image, HeatMapMethod::GradCam), Image(kSide, kSide, 1)};
    for (int stroke = 0; stroke < kStrokes + kWarmUp; ++stroke) {
        std::fill_n(question.mask.row(stroke) + stroke, kSide / 4, std::uint8_t{255});
        const auto begin = Clock::now();
        if (const auto answer = model.ask(question); !answer)
            return answer.error();
        if (stroke >= kWarmUp)
            times.push_back(millisecondsSince(begin));
    }
    std::nth_element(times.begin(), times.begin() + kStrokes / 2, times.end());
    return times[kStrokes / 2];
}

/// How long a question that is under way goes on after it was stopped, at worst of some tries at different times;
/// nothing where it ends before.
Result<std::optional<double>> untilStopped(const AskedModel& model, const Question& question) {
    using namespace std::chrono_literals;
    std::optional<double> worst;
    for (const auto& moment : {30ms, 110ms, 230ms, 370ms}) {
        std::stop_source stop;
        Clock::time_point told;
        std::jthread stopping([&] {
            std::this_thread::sleep_for(moment);
            told = Clock::now();
            stop.request_stop();
        });
        const auto answer = model.ask(question, stop.get_token(), {});
        const Clock::time_point end = Clock::now();
        stopping.join();
        if (answer)
            continue; // it was done before
        if (answer.error().kind != ErrorKind::Cancelled)
            return answer.error();
        const double took = std::chrono::duration<double, std::milli>(end - told).count();
        worst = std::max(worst.value_or(0), took);
    }
    return worst;
}

std::vector<std::pair<std::string, Question>> longQuestions(const Settings& settings, const AskedModel& model,
                                                            const Image& image, const std::string& dataPath) {
    std::vector<std::pair<std::string, Question>> all;
    for (const HeatMapMethod method : {HeatMapMethod::ScoreCam, HeatMapMethod::Occlusion,
                                       HeatMapMethod::IntegratedGradients, HeatMapMethod::SmoothGrad})
        all.emplace_back(nameOf(method), about(image, method));
    all.emplace_back("trust", TrustQuestion{about(image, HeatMapMethod::GradCam)});
    FilterPicturesQuestion filters;
    filters.layer = defaultHeatMapNode(model.graph());
    all.emplace_back("filters", filters);
    if (!settings.network.model.empty())
        return all;
    EvaluationQuestion evaluation;
    evaluation.split = settings.split;
    evaluation.dataPath = dataPath;
    all.emplace_back("evaluation", evaluation);
    HeatMapsQuestion maps;
    maps.split = settings.split;
    maps.dataPath = dataPath;
    all.emplace_back("explain --split", maps);
    RobustnessQuestion robustness;
    robustness.split = settings.split;
    robustness.dataPath = dataPath;
    all.emplace_back("robustness", robustness);
    return all;
}

/// All images of a split with their maps, nothing written, and beside it the same images in the same batches through
/// the network forward and back without maps: the shorter of two times each, in turn.
Result<Json> wholeSet(const Settings& settings, const AskedModel& model, const std::string& dataPath) {
    constexpr int kRounds = 2;
    HeatMapsQuestion passes;
    passes.split = settings.split;
    passes.dataPath = dataPath;
    HeatMapsQuestion maps = passes;
    maps.each = [](SplitHeatMap&&) { return Result<void>(); };
    std::size_t images = 0;
    double shortest[2] = {};
    for (int round = 0; round < kRounds; ++round)
        for (const bool isWhole : {false, true}) {
            const auto begin = Clock::now();
            const auto done = model.ask(isWhole ? maps : passes, interruption().get_token());
            if (!done)
                return done.error();
            images = done->images;
            const double seconds = millisecondsSince(begin) / 1000;
            double& best = shortest[isWhole ? 1 : 0];
            best = round == 0 ? seconds : std::min(best, seconds);
        }
    return Json{{"images", images},
                {"seconds", shortest[1]},
                {"passes_seconds", shortest[0]},
                {"ratio", shortest[1] / shortest[0]}};
}

int bench(const Settings& settings, Context& context) {
    const std::vector<std::string> images = settings.network.allImages();
    if (images.size() != 1)
        return fail(badInput("bench questions needs one image: bench questions RUN IMAGE."));
    const auto network = openNetwork(settings.network, context, "bench questions", {}, false, settings.threads);
    if (!network)
        return fail(network.error());
    const AskedModel& model = *network->model;
    const auto image =
        readImage(imageOfRun(images.front(), network->source.runFolder, network->dataPath), network->pixels);
    if (!image)
        return fail(badInput(image.error().message));
    const auto stroke = brush(model, *image);
    if (!stroke)
        return fail(stroke.error());
    Json document{{"brush_milliseconds", *stroke}, {"stop_milliseconds", Json::object()}};
    if (!settings.json)
        std::printf("a stroke of the brush: %.1f ms\n", *stroke);
    for (const auto& [name, question] : longQuestions(settings, model, *image, network->dataPath)) {
        const auto stopped = untilStopped(model, question);
        if (!stopped)
            return fail(stopped.error());
        document["stop_milliseconds"][name] = *stopped ? Json(**stopped) : Json();
        if (!settings.json && *stopped)
            std::printf("%s: stopped within %.1f ms\n", name.c_str(), **stopped);
    }
    if (settings.network.model.empty()) {
        const auto whole = wholeSet(settings, model, network->dataPath);
        if (!whole)
            return fail(whole.error());
        document["explain_split"] = *whole;
        if (!settings.json)
            std::printf("%s images explained in %.2f s, %.2f times as long as forward and back alone (%.2f s)\n",
                        (*whole)["images"].dump().c_str(), (*whole)["seconds"].get<double>(),
                        (*whole)["ratio"].get<double>(), (*whole)["passes_seconds"].get<double>());
    }
    if (settings.json)
        printJson(document);
    return 0;
}

} // namespace

void addBenchQuestions(CLI::App& app, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command =
        group(app, "bench", "Measure speed on this machine")
            .add_subcommand("questions", "How soon the brush is followed, Stop is heard, and a split explained");
    addNetworkWithImages(*command, settings->network, "An image to ask about");
    command->add_option("--split", settings->split, "Split of a run for the questions about many images")
        ->check(CLI::IsMember({"train", "val", "test"}));
    addThreads(*command, settings->threads);
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return bench(*settings, context); }; });
}

} // namespace sightline::cli
