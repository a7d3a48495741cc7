// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RankAgreement.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include <torch/types.h>
#include <torch/version.h>

#include "store/FeatureCache.h"
#include "support/Version.h"

namespace sightline::engine {

namespace {

/// The machine, and its CPUs that this process may use.
std::string ownCpus() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    std::string text = host.data();
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
            if (CPU_ISSET(cpu, &allowed))
                text += " " + std::to_string(cpu);
    return text;
}

std::string imagesOf(const Dataset& dataset) {
    Fingerprint print;
    for (const std::string& name : dataset.classes)
        print.add(name + '\n');
    for (const Sample& sample : dataset.samples) {
        print.add(sample.path + '\n');
        print.add(sample.label);
        print.add(static_cast<std::int64_t>(sample.subset));
    }
    return print.text();
}

/// But what may be each machine's own.
std::string settingsOf(const TrainSetup& setup) {
    Experiment experiment = setup.experiment;
    experiment.name.clear();
    experiment.data.path.clear();
    experiment.training.threads = experiment.training.loaderThreads = 0;
    Fingerprint print;
    print.add(toText(toJson(experiment), -1));
    print.add(toText(toJson(setup.module->spec()), -1));
    print.add(setup.step.bf16 ? 1 : 0);
    return print.text();
}

std::span<float> valuesOf(const torch::Tensor& flat) {
    return {flat.data_ptr<float>(), static_cast<std::size_t>(flat.numel())};
}

void shareFitted(Ranks& ranks, TrainSetup& setup) {
    Json sizes;
    if (ranks.isFirst() && setup.fitted)
        sizes = {setup.fitted->mean.size(), setup.fitted->deviation.size(), setup.fitted->whitening.size()};
    sizes = Json::parse(ranks.fromFirst(toText(sizes, -1)));
    if (!sizes.is_array())
        return;
    FittedNormalization fitted = ranks.isFirst() ? *setup.fitted : FittedNormalization{};
    std::size_t part = 0;
    for (std::vector<float>* values : {&fitted.mean, &fitted.deviation, &fitted.whitening}) {
        values->resize(sizes[part++].get<std::size_t>());
        if (!values->empty())
            ranks.share(*values);
    }
    setup.fitted = std::make_shared<const FittedNormalization>(std::move(fitted));
    setup.reading.fitted = setup.fitted;
}

} // namespace

int sharersOfCpus(Ranks& ranks) {
    const std::string own = ownCpus();
    const std::vector<std::string> all = ranks.gather(own);
    return static_cast<int>(std::count(all.begin(), all.end(), own));
}

Result<void> agreeOnRun(Ranks& ranks, const TrainSetup& setup) {
    const std::array<std::string, 3> own{std::string(kVersion) + " with LibTorch " TORCH_VERSION, settingsOf(setup),
                                         imagesOf(setup.dataset)};
    std::array<std::vector<std::string>, 3> all;
    for (std::size_t i = 0; i < own.size(); ++i)
        all[i] = ranks.gather(own[i]);
    for (std::size_t rank = 1; rank < all[0].size(); ++rank) {
        const std::string who = "Rank " + std::to_string(rank);
        if (all[0][rank] != all[0][0])
            return badInput(who + " runs version " + all[0][rank] + ", rank 0 runs " + all[0][0] +
                            "; give all machines the same program.");
        if (all[2][rank] != all[2][0])
            return badInput(who + " sees other images than rank 0; give all machines the same data (data.path).");
        if (all[1][rank] != all[1][0])
            return badInput(who + " has other settings than rank 0; start all processes with the same experiment.");
    }
    return {};
}

void shareStatistics(Ranks& ranks, GraphModule& module) {
    if (module.statistics().numel() > 0)
        ranks.share(valuesOf(module.statistics()));
}

void shareBeginning(Ranks& ranks, TrainSetup& setup, TrainState& state, Moments& moments, Experiment& before) {
    Json said;
    if (ranks.isFirst())
        said = {{"folder", setup.folder->path().string()},
                {"state", toJson(state, setup.experiment)},
                {"before", toJson(before)}};
    said = Json::parse(ranks.fromFirst(toText(said, -1)));
    if (!ranks.isFirst()) {
        setup.folder = RunFolder(said["folder"].get<std::string>());
        takeJson(said["state"], state);
        if (const Result<Experiment> theirs = experimentFromJson(said["before"]))
            before = *theirs;
    }
    shareFitted(ranks, setup);
    for (const torch::Tensor& flat : {setup.module->parameters(), moments.first, moments.second})
        if (flat.numel() > 0)
            ranks.share(valuesOf(flat.detach()));
    shareStatistics(ranks, *setup.module);
}

} // namespace sightline::engine
