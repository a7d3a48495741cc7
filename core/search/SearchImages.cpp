// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SearchImages.h"

#include <optional>

#include "data/Overlay.h"
#include "search/TrialRuns.h"
#include "store/NewPlace.h"
#include "store/RunData.h"
#include "store/RunStore.h"
#include "store/SampleMatch.h"
#include "store/StartWeights.h"
#include "support/Files.h"
#include "support/Words.h"

namespace sightline {

namespace {
constexpr std::size_t kRoomBytes = 1 << 20; ///< what a run writes before its first epoch, and more

/// What trials may begin with.
std::vector<std::string> startingWeights(const SearchPlan& plan) {
    const Distribution* searched = distributionOf(plan.space, "model.weights");
    if (!searched)
        return {plan.base.model.weights};
    std::vector<std::string> all;
    for (const Json& choice : searched->choices)
        if (choice.is_string())
            all.push_back(choice.get<std::string>());
    return all;
}

Result<void> hasWeights(const std::filesystem::path& home, const SearchPlan& plan) {
    for (const std::string& weights : startingWeights(plan)) {
        if (weights.empty())
            continue;
        const Result<StartWeights> start = startWeights(weights, home);
        std::error_code code;
        if (!start || !std::filesystem::exists(start->file, code))
            return badInput("model.weights: " + (start ? shown(weights) + " does not exist." : start.error().message));
    }
    return {};
}

/// The others know the same.
std::optional<RunFolder> runThatKnowsImages(const SearchRequest& request) {
    for (const auto& [member, run] : runsOfSearch(request.home, request.folder.id()))
        if (const auto manifest = run.manifest(); manifest && *manifest)
            return run;
    return std::nullopt;
}

/// Whether each image is of the class that the run learned of it, and none is left out that the run has seen.
bool areLabeledAs(const SampleManifest& manifest, const Dataset& images, const SampleMatch& match) {
    for (std::size_t i = 0; i < images.samples.size(); ++i) {
        if (match.isNew(i))
            continue;
        const Sample& sample = images.samples[i];
        const std::string name = sample.label < 0 ? "" : images.classes[static_cast<std::size_t>(sample.label)];
        if (sample.excluded || name != manifest.samples[match.entryOf[i]].className)
            return false;
    }
    return true;
}

/// All that the run knows, by the same labels, and nothing else.
Result<void> hasTheImagesOf(const RunFolder& run, const Dataset& images, const std::string& before,
                            const std::string& place, const std::stop_token& stop) {
    const auto manifest = run.manifest();
    if (!manifest || !*manifest)
        return manifest ? Result<void>() : Result<void>(manifest.error());
    const SampleMatch match = matchSamples(**manifest, images, Compare::Contents, availableCpus(), stop);
    if (stop.stop_requested())
        return cancelled();
    if (!match.missing.empty() || match.altered > 0 || !match.fresh.empty() || !areLabeledAs(**manifest, images, match))
        return badInput("The images in " + place +
                        ", or what was relabeled or excluded of them, are not those of the search, which were in " +
                        before + "; open them where they are now, and relabel and exclude the same ones there.");
    return {};
}

} // namespace

Result<void> hasPossibleTrials(const SearchFolder& folder, const SearchPlan& plan) {
    if (const std::vector<Problem> wrong = problemsOfAllTrials(plan); !wrong.empty())
        return badInput("No trial of the search can be trained: " + joined(wrong) + "; correct " +
                        (folder.path() / "search.json").string() + ".");
    return {};
}

Result<void> canTrain(const std::filesystem::path& home, const SearchFolder& folder, const SearchPlan& plan,
                      std::stop_token stop) {
    if (const Result<void> possible = hasPossibleTrials(folder, plan); !possible)
        return possible;
    const auto images = openWithOverlay(home, plan.base.data, plan.base.seed, true, std::move(stop));
    if (!images)
        return images.error().kind == ErrorKind::Cancelled ? images.error() : badInput(images.error().message);
    if (const Result<void> found = hasWeights(home, plan); !found)
        return found;
    if (const auto store = RunStore::open(home); !store)
        return store.error();
    const auto file = folder.path() / "room";
    const Result<void> written = writeFileAtomically(file, std::string(kRoomBytes, '\0'));
    std::error_code code;
    std::filesystem::remove(file, code);
    return written;
}

Result<void> moveImages(const SearchRequest& request, std::stop_token stop) {
    Result<SearchPlan> plan = request.folder.plan();
    if (!plan)
        return plan.error();
    std::error_code code;
    const std::string before = plan->base.data.path;
    std::string& place = plan->base.data.path;
    place = std::filesystem::absolute(newPlaceOf(request.dataPath, before), code).lexically_normal().string();
    const auto images = openWithOverlay(request.home, plan->base.data, plan->base.seed, true, stop);
    if (!images)
        return images.error();
    const std::optional<RunFolder> run = runThatKnowsImages(request);
    if (!run && request.guessesPlace)
        return badInput("No run of the search tells whether the images in " + place +
                        " are those of the search; put its images back into " + before + ", or start a new search.");
    if (run)
        if (const Result<void> same = request.guessesPlace ? hasTheImagesOf(*run, *images, before, place, stop)
                                                           : holdsImagesOf(*run, *images, availableCpus(), stop);
            !same)
            return same;
    return writeFileAtomically(request.folder.path() / "search.json", toText(toJson(*plan)) + "\n");
}

} // namespace sightline
