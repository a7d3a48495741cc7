// SPDX-License-Identifier: GPL-3.0-or-later
#include "TrainPreflight.h"

#include <cstdio>

#include "BatchFiles.h"
#include "engine/CheckProblems.h"
#include "support/Download.h"
#include "support/Words.h"

namespace sightline::cli {

namespace {

void print(const TrainCheck& check, const Experiment& experiment, const std::optional<BatchFiles>& files) {
    const bool tried = check.networkImagesPerSecond > 0; // what does not fit the memory is not
    if (tried) {
        std::printf("One batch   loss %.3g after %s\n", check.overfits.loss,
                    counted(static_cast<std::size_t>(check.overfits.steps), "step").c_str());
        if (files)
            std::printf("            in %s\n", files->picture.c_str());
        std::printf("Loader      %.0f images/s", check.loaderImagesPerSecond);
        if (check.laterLoaderImagesPerSecond > 0)
            std::printf(" in the first epoch, %.0f once they are decoded", check.laterLoaderImagesPerSecond);
        std::printf("\n");
        std::printf("Network     %.0f images/s\n", check.networkImagesPerSecond);
    }
    std::printf("Memory      %s, %s free\n", bytesText(check.peakBytes).c_str(), bytesText(check.freeBytes).c_str());
    if (tried)
        std::printf("Time        about %s for %s\n", aboutTime(check.secondsTotal).c_str(),
                    counted(static_cast<std::size_t>(experiment.training.epochs), "epoch").c_str());
    std::printf("Disk        %s\n", bytesText(check.diskBytes).c_str());
    if (check.problems.empty())
        std::printf("Go.\n");
    for (const std::string& problem : check.problems)
        std::printf("To fix: %s\n", problem.c_str());
}

/// Nothing of the batch is known where nothing was tried.
Result<void> show(const TrainCheck& check, const std::vector<std::string>& classes,
                  const std::optional<BatchFiles>& files) {
    return files && !check.batch.images.empty() ? write(*files, check.batch, classes) : Result<void>();
}

} // namespace

int preflight(const ExperimentOptions& options, const std::string& out, bool json, const Context& context) {
    const std::stop_token stop = interruption().get_token();
    const Result<OpenedExperiment> opened = openExperiment(options, context, stop);
    if (!opened)
        return fail(opened.error());
    std::optional<BatchFiles> files;
    if (!out.empty()) { // known to be writable before the minute that the check takes
        Result<BatchFiles> found = batchFilesFor(out);
        if (!found)
            return fail(found.error());
        files = std::move(*found);
    }
    const Result<TrainCheck> checked =
        opened->engine->check({opened->experiment, opened->images, context.home}, stop,
                              [](double share) { showProgress("check", static_cast<std::size_t>(share * 100), 100); });
    if (!checked)
        return fail(checked.error());
    if (const Result<void> shown = show(*checked, opened->images->classes, files); !shown)
        return fail(shown.error());
    if (json) {
        Json document = toJson(*checked);
        if (files)
            document["picture"] = checked->batch.images.empty() ? Json() : Json(files->picture.string());
        printJson(document);
        return 0;
    }
    print(*checked, opened->experiment, files);
    return 0;
}

} // namespace sightline::cli
