// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/SplitPass.h"

#include <torch/torch.h>

#include <algorithm>

#include "augment/Reading.h"
#include "store/RunImport.h"
#include "support/Files.h"
#include "support/Words.h"

namespace sightline::engine {

namespace {

/// Whether the run had such images when it began.
bool knew(const RunData& data, Subset subset) {
    return data.manifest && std::any_of(data.manifest->samples.begin(), data.manifest->samples.end(),
                                        [&](const SampleEntry& sample) { return sample.subset == subset; });
}

Result<Subset> subsetOf(const std::string& split, const RunData& data, const RunFolder& run) {
    const std::string fresh = data.match.fresh.empty() ? "."
                                                       : " (" + counted(data.match.fresh.size(), "image") +
                                                             " of its data set are new since).";
    for (const Subset subset : {Subset::Train, Subset::Validation, Subset::Test})
        if (split == nameOf(subset))
            return data.dataset.count(subset) > 0
                       ? Result<Subset>(subset)
                       : badInput("The run " + run.id() + " has no " + split + " images in " + data.place.path + fresh);
    if (!split.empty())
        return badInput("The split " + split + " is not one of train, val, test.");
    if (data.dataset.count(Subset::Test) > 0)
        return Subset::Test;
    if (knew(data, Subset::Test)) // others in their place would be taken for them
        return badInput("None of the run's test images is in " + data.place.path + "; name another split" +
                        std::string(kSplitOption) + ".");
    if (data.dataset.count(Subset::Validation) > 0)
        return Subset::Validation;
    if (isImported(run.path()) && data.dataset.count(Subset::Train) > 0)
        return Subset::Train; // it was not trained here
    return badInput("The run " + run.id() + " has neither test nor val images in " + data.place.path +
                    "; evaluate the train split" + fresh);
}

} // namespace

std::int64_t imagesAtOnce(const GraphModule& module, int batchSize) {
    constexpr std::int64_t kMultiplyAdds = 4'000'000'000, kLeast = 4; // fewer are slow for each
    constexpr std::int64_t kOfANode = 1'000'000'000, kBytesOfANode = std::int64_t{1} << 25;
    NodeCost largest{{}, 0, 0, 1, 1};
    for (const NodeCost& node : module.cost().nodes) {
        largest.multiplyAdds = std::max(largest.multiplyAdds, node.multiplyAdds);
        largest.activationBytes = std::max(largest.activationBytes, node.activationBytes);
    }
    const std::int64_t fitting =
        std::max(kLeast, kMultiplyAdds / std::max<std::int64_t>(1, module.cost().multiplyAdds));
    const std::int64_t prompt = std::min(kOfANode / largest.multiplyAdds, kBytesOfANode / largest.activationBytes);
    return std::clamp<std::int64_t>(std::min(fitting, prompt), 1, batchSize);
}

std::string whyOf(const std::string& path, const std::string& reason) {
    return reason.find(path) == std::string::npos ? path + ": " + reason : reason;
}

Result<RunSplit> openImages(const Asked& asked, const std::string& dataPath, const Asking& asking) {
    if (asked.source.runFolder.empty())
        return badInput("A network without a run has no images of its own; name a run.");
    const RunFolder run(asked.source.runFolder);
    RunSplit opened;
    auto experiment = run.experiment();
    if (!experiment)
        return experiment.error();
    opened.experiment = std::move(*experiment);
    const auto checkpoint = chooseCheckpoint(asked.source.runFolder, asked.source.checkpoint);
    if (!checkpoint)
        return checkpoint.error();
    opened.note = checkpoint->note;
    RunDataRequest request;
    request.path = dataPath;
    request.threads = availableCpus();
    Result<RunData> data = openRunData(run, opened.experiment, request, asking.stop);
    if (!data)
        return data.error();
    opened.data = std::move(*data);
    return opened;
}

Result<RunSplit> openSplit(const Asked& asked, const std::string& split, const std::string& dataPath,
                           const Asking& asking) {
    Result<RunSplit> opened = openImages(asked, dataPath, asking);
    if (!opened)
        return opened;
    const auto subset = subsetOf(split, opened->data, RunFolder(asked.source.runFolder));
    if (!subset)
        return subset.error();
    opened->subset = *subset;
    return opened;
}

std::vector<std::uint32_t> someOfEach(const Dataset& dataset, Subset subset, std::size_t most) {
    const std::vector<std::uint32_t> all = dataset.indices(subset);
    if (most == 0)
        return all;
    const std::vector<std::size_t> counts = dataset.countsPerClass(subset);
    std::vector<std::size_t> seen(counts.size(), 0);
    std::vector<std::uint32_t> some;
    for (const std::uint32_t index : all) {
        const int label = dataset.samples[index].label;
        if (label < 0)
            continue;
        const auto of = static_cast<std::size_t>(label);
        const std::size_t kept = std::min(most, counts[of]), place = seen[of]++;
        if ((place + 1) * kept / counts[of] > place * kept / counts[of])
            some.push_back(index);
    }
    return some;
}

Result<void> passThrough(const Asked& asked, const RunSplit& split, const std::vector<std::uint32_t>& indices,
                         int batchSize, const Asking& asking, std::vector<std::string>& skipped, const OnImages& each) {
    const LoadedModel& model = asked.model();
    const auto& samples = split.data.dataset.samples;
    std::vector<std::uint32_t> known;
    for (const std::uint32_t index : indices) {
        if (samples[index].label >= 0)
            known.push_back(index);
        else
            skipped.push_back(samples[index].path + ": this run was not trained on its class.");
    }
    if (known.empty())
        return {};
    LoaderSettings settings = readingFor(split.experiment, model.fitted, Reading::Evaluation);
    settings.batchSize = std::max(1, batchSize);
    BatchLoader loader(split.data.dataset, known, settings);
    loader.startEpoch(0);
    std::size_t done = 0;
    const std::int64_t atOnce = imagesAtOnce(asked.module(), settings.batchSize);
    while (const Batch* batch = loader.next(asking.stop)) {
        torch::Tensor images =
            torch::from_blob(const_cast<float*>(batch->images.data()),
                             {batch->size, loader.outputHeight(), loader.outputWidth(), loader.channels()},
                             torch::kFloat)
                .permute({0, 3, 1, 2});
        if (images.size(2) != model.height() || images.size(3) != model.width())
            images = torch::upsample_bilinear2d(images, {model.height(), model.width()}, false);
        for (std::int64_t begin = 0; begin < batch->size; begin += atOnce) {
            if (asking.isStopped())
                return cancelled();
            const std::int64_t count = std::min(atOnce, batch->size - begin);
            if (const auto taken = each(images.narrow(0, begin, count),
                                        std::span(batch->samples)
                                            .subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(count)));
                !taken)
                return taken;
        }
        done += static_cast<std::size_t>(batch->size);
        asking.tell(done, known.size());
    }
    if (asking.isStopped())
        return cancelled();
    for (const auto& one : loader.skipped())
        skipped.push_back(whyOf(samples[one.sample].path, one.reason));
    return {};
}

} // namespace sightline::engine
