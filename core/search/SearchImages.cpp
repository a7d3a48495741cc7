// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SearchImages.h"

#include "data/Overlay.h"
#include "search/TrialRuns.h"
#include "store/NewPlace.h"
#include "store/RunData.h"
#include "store/RunStore.h"
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

} // namespace

Result<void> canTrain(const std::filesystem::path& home, const SearchFolder& folder, const SearchPlan& plan,
                      std::stop_token stop) {
    if (const std::vector<Problem> wrong = problemsOfAllTrials(plan); !wrong.empty())
        return badInput("No trial of the search can be trained: " + joined(wrong) + "; correct " +
                        (folder.path() / "search.json").string() + ".");
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

Result<void> moveImages(const std::filesystem::path& home, const SearchFolder& folder, const std::string& path,
                        std::stop_token stop) {
    Result<SearchPlan> plan = folder.plan();
    if (!plan)
        return plan.error();
    std::error_code code;
    std::string& place = plan->base.data.path;
    place = std::filesystem::absolute(newPlaceOf(path, place), code).lexically_normal().string();
    const auto images = openWithOverlay(home, plan->base.data, plan->base.seed, true, stop);
    if (!images)
        return images.error();
    for (const auto& [member, run] : runsOfSearch(home, folder.id()))
        if (const auto manifest = run.manifest(); manifest && *manifest) {
            if (const Result<void> same = holdsImagesOf(run, *images, plan->base.training.loaderThreads, stop); !same)
                return same;
            break; // the others have the same
        }
    return writeFileAtomically(folder.path() / "search.json", toText(toJson(*plan)) + "\n");
}

} // namespace sightline
