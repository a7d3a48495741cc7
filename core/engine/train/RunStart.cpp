// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RunStart.h"

#include <torch/types.h>

#include <numeric>
#include <utility>

#include "engine/train/RunCheckpoints.h"
#include "store/FittedNormalizationFile.h"
#include "support/Files.h"

namespace sightline::engine {

namespace {

/// What it is trained on, so that it is resumed and judged with the same images and labels.
Result<SampleManifest> manifestFor(const TrainSetup& setup, const std::stop_token& stop) {
    std::vector<std::uint32_t> all(setup.dataset.samples.size());
    std::iota(all.begin(), all.end(), 0u);
    const ContentDigests digests = digestsOf(setup.dataset, all, availableCpus(), stop);
    if (stop.stop_requested())
        return cancelled();
    return manifestOf(setup.dataset, setup.experiment.data, digests);
}

Result<void> fill(const TrainSetup& setup, const SampleManifest& manifest) {
    const RunFolder& folder = *setup.folder;
    if (const Result<void> written = folder.writeClasses(setup.dataset.classes); !written)
        return written;
    if (const Result<void> written = folder.writeGraph(toJson(setup.module->spec())); !written)
        return written;
    if (setup.fitted)
        if (const Result<void> written = writeFittedNormalization(folder.path(), *setup.fitted); !written)
            return written;
    if (const Result<void> written = writeManifest(folder.path(), manifest); !written)
        return written;
    if (!setup.overlay.empty())
        if (const Result<void> written = writeOverlay(folder.path() / kOverlayFile, setup.overlay, setup.dataset.root);
            !written)
            return written;
    return RunCheckpoints(folder.path()).makeFolder();
}

} // namespace

Result<void> makeRun(TrainSetup& setup, const std::optional<RunGroup>& group, const std::stop_token& stop) {
    const Result<SampleManifest> manifest = manifestFor(setup, stop);
    if (!manifest)
        return manifest.error();
    Result<RunFolder> folder = setup.store->create(setup.experiment, group);
    if (!folder)
        return folder.error();
    setup.folder = std::move(*folder);
    Result<RunMark> mark = RunMark::take(setup.folder->path());
    if (!mark)
        return mark.error();
    setup.mark = std::move(*mark);
    return fill(setup, *manifest);
}

Result<void> unmakeRun(TrainSetup& setup) {
    if (!setup.folder)
        return {};
    const Result<void> gone = setup.store->discard(*setup.folder, std::exchange(setup.mark, {}));
    setup.folder.reset();
    return gone;
}

} // namespace sightline::engine
