// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/PrepareTraining.h"

#include <torch/types.h>

#include <algorithm>

#include "augment/Fitting.h"
#include "augment/Reading.h"
#include "augment/SharedImages.h"
#include "engine/ProbeImages.h"
#include "engine/train/BuildNetwork.h"
#include "engine/train/RunEdits.h"
#include "engine/train/RunImages.h"
#include "engine/train/TakeRun.h"
#include "support/Files.h"

namespace sightline::engine {

namespace {

/// Compute threads: automatic ones are shared out among the processes of a training.
int threadsFor(const TrainSetup& setup) {
    const int asked = setup.experiment.training.threads;
    return asked > 0 || setup.sharers == 1 ? asked : std::max(1, availableCpus() / setup.sharers);
}

Result<void> refused(const std::vector<Problem>& found) {
    if (found.empty())
        return {};
    return badInput("The experiment cannot be used: " + joined(found) + ".");
}

Result<void> openData(const TrainRequest& request, TrainSetup& setup, std::stop_token stop) {
    if (const Result<void> fine = refused(problems(setup.experiment)); !fine)
        return fine;
    if (const Result<void> opened = openRunImages(request, std::move(stop), setup); !opened)
        return opened;
    setup.countImages();
    std::vector<Problem> found = problems(setup.experiment, setup.dataset);
    if (!setup.folder || setup.changes.contains("training.probes")) // of a run that goes on they may be gone since
        for (Problem& problem : probeProblems(setup.experiment.training.probes, setup.dataset))
            found.push_back(std::move(problem));
    return refused(found);
}

Result<void> prepareReading(TrainSetup& setup, std::stop_token stop) {
    setup.reading = readingFor(setup.experiment, nullptr, Reading::Training, setup.store->home());
    if (!setup.folder && setup.keeps()) { // else the run's or rank 0's
        auto fitted = fitNormalization(setup.dataset, setup.dataset.indices(Subset::Train), setup.reading, stop);
        if (!fitted)
            return fitted.error();
        setup.fitted = std::move(*fitted);
    }
    setup.reading.fitted = setup.fitted;
    if (setup.ranks)
        setup.reading.part = {static_cast<std::size_t>(setup.ranks->rank()),
                              static_cast<std::size_t>(setup.ranks->size())};
    return {};
}

/// At most so many of them, from all over.
std::vector<std::uint32_t> evenly(std::vector<std::uint32_t> indices, std::size_t most) {
    if (indices.size() <= most)
        return indices;
    std::vector<std::uint32_t> some;
    for (std::size_t i = 0; i < most; ++i)
        some.push_back(indices[i * indices.size() / most]);
    return some;
}

} // namespace

Result<void> prepareTrial(const TrialRequest& request, std::stop_token stop, TrainSetup& setup) {
    setup.experiment = request.experiment;
    setup.dataset = request.dataset;
    std::erase_if(setup.dataset.samples, [](const Sample& sample) { return sample.excluded; }); // as a run has them
    setup.countImages();
    setup.compute.emplace(request.experiment.training.threads);
    for (const std::vector<Problem>& found : {problems(setup.experiment), problems(setup.experiment, setup.dataset)})
        if (const Result<void> fine = refused(found); !fine)
            return fine;
    if (const Result<void> built = buildNetwork(setup, request.home, stop); !built)
        return built;
    setup.reading = readingFor(setup.experiment, nullptr, Reading::Training);
    auto fitted = fitNormalization(setup.dataset, evenly(setup.dataset.indices(Subset::Train), request.fitted),
                                   setup.reading, stop);
    if (!fitted)
        return fitted.error();
    setup.reading.fitted = setup.fitted = std::move(*fitted);
    return {};
}

Result<void> prepareTraining(const TrainRequest& request, std::stop_token stop, TrainSetup& setup) {
    setup.experiment = request.experiment;
    setup.compute.emplace(threadsFor(setup), request.background);
    Result<RunStore> store = setup.keeps() ? RunStore::open(request.home) : RunStore::openToRead(request.home);
    if (!store)
        return store.error();
    setup.store = std::move(*store);
    if (!request.resume.empty()) {
        if (const Result<void> taken = takeRun(request, setup); !taken)
            return taken;
        setup.compute.emplace(threadsFor(setup), request.background);
    } else if (const Result<void> named = checkRunName(setup.experiment.name); !named) {
        return named; // before its images are read
    }
    if (const Result<void> opened = openData(request, setup, stop); !opened)
        return opened;
    if (const Result<void> built = buildNetwork(setup, request.home, stop); !built)
        return built;
    if (setup.folder) // epochs beside the checkpoint's: resumeRun()
        if (const Result<void> may =
                mayGoOnWith(setup.experiment, {setup.before, setup.module->spec(), setup.dataset, *setup.folder});
            !may)
            return may;
    if (const Result<void> read = prepareReading(setup, stop); !read)
        return read;
    if (request.images && !setup.folder)
        setup.reading.decoded =
            request.images->decoded(setup.experiment, setup.dataset.samples.size(), setup.reading.cache);
    return {};
}

} // namespace sightline::engine
