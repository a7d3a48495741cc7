// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunData.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "data/Overlay.h"
#include "store/NewPlace.h"
#include "support/Words.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> without(const std::vector<std::string>& names, const std::vector<std::string>& others) {
    std::vector<std::string> left;
    for (const std::string& name : names)
        if (std::find(others.begin(), others.end(), name) == others.end())
            left.push_back(name);
    return left;
}

Result<void> sameClasses(const RunFolder& run, const std::vector<std::string>& of, const Dataset& dataset) {
    const std::vector<std::string> fresh = without(dataset.classes, of), gone = without(of, dataset.classes);
    if (fresh.empty() && gone.empty())
        return {};
    std::string difference;
    if (!fresh.empty())
        difference = "new: " + listed(fresh);
    if (!gone.empty())
        difference += (difference.empty() ? "missing: " : "; missing: ") + listed(gone);
    return badInput("The images in " + dataset.root.string() + " have the classes " + listed(dataset.classes) +
                    ", but the run " + run.id() + " was trained on " + listed(of) + " (" + difference +
                    "); restore the folder names, or start a new run.");
}

/// The data set's class numbers become the run's.
void takeClasses(Dataset& dataset, const std::vector<std::string>& classes) {
    const std::vector<int> places = classesByName(dataset.classes, classes);
    const auto place = [&](int label) { return label < 0 ? -1 : places[static_cast<std::size_t>(label)]; };
    std::vector<std::string> titles(dataset.classTitles.empty() ? 0 : classes.size());
    for (std::size_t i = 0; i < dataset.classTitles.size() && i < places.size(); ++i)
        if (places[i] >= 0)
            titles[static_cast<std::size_t>(places[i])] = dataset.classTitles[i];
    for (Sample& sample : dataset.samples) {
        sample.label = place(sample.label);
        if (sample.sourceLabel)
            sample.sourceLabel = place(*sample.sourceLabel);
    }
    dataset.classes = classes;
    dataset.classTitles = std::move(titles);
}

/// Subset and class as the run knows them; what it does not know is left out of all counts.
void takeKnown(RunData& data) {
    const std::vector<SampleEntry>& entries = data.manifest->samples;
    std::unordered_map<std::string_view, int> labels; // looked up for each image
    for (std::size_t i = 0; i < data.dataset.classes.size(); ++i)
        labels.emplace(data.dataset.classes[i], static_cast<int>(i));
    for (std::size_t i = 0; i < data.dataset.samples.size(); ++i) {
        Sample& sample = data.dataset.samples[i];
        if (data.match.isNew(i)) {
            sample.excluded = true;
            continue;
        }
        const SampleEntry& entry = entries[data.match.entryOf[i]];
        sample.subset = entry.subset;
        const auto known = labels.find(entry.className);
        const int label = entry.className.empty() || known == labels.end() ? -1 : known->second;
        data.reclassed += label != sample.label;
        sample.label = label;
        sample.excluded = false;
    }
}

Error noneThere(const RunFolder& run, std::size_t known, const std::string& path, const std::string& wayOut = {}) {
    return badInput("None of the " + std::to_string(known) + " images of the run " + run.id() + " is in " + path +
                    wayOut + ".");
}

const std::string kWayOut = "; tell where they are now" + std::string(kPlaceOption);

Error notThere(const RunFolder& run, const std::string& path) {
    return badInput("The images of the run " + run.id() + " are no longer in " + path + kWayOut + ".");
}

} // namespace

Result<RunData> openRunData(const RunFolder& run, const Experiment& experiment, const RunDataRequest& request,
                            std::stop_token stop, const Progress& progress) {
    Result<std::optional<SampleManifest>> manifest = run.manifest();
    if (!manifest)
        return manifest.error();
    const Result<std::vector<std::string>> classes = run.classes();
    if (!classes)
        return classes.error();
    DataSettings settings = experiment.data;
    if (!request.path.empty())
        settings.path = newPlaceOf(request.path, settings.path);
    if (settings.path.empty())
        return badInput("The run " + run.id() + " was imported and has no images of its own; give some" +
                        std::string(kPlaceOption) + ".");
    std::error_code code;
    if (request.path.empty() && !fs::exists(settings.path, code))
        return notThere(run, settings.path);
    Result<Dataset> dataset = openWithOverlayFile(run.path() / kOverlayFile, settings, experiment.seed, stop, progress);
    if (!dataset)
        return dataset.error();
    if (const Result<void> same = sameClasses(run, *classes, *dataset); !same)
        return same.error();
    takeClasses(*dataset, *classes);
    RunData data{std::move(*dataset), std::move(*manifest), {}, 0, {}};
    data.place = {fs::absolute(settings.path, code).lexically_normal().string(),
                  fs::absolute(data.dataset.root, code).lexically_normal()};
    if (!data.manifest)
        return data;
    data.match = matchSamples(*data.manifest, data.dataset, request.compare, request.threads, stop, progress);
    if (stop.stop_requested())
        return cancelled();
    const std::size_t known = data.manifest->samples.size();
    if (data.match.missing.size() == known)
        return noneThere(run, known, data.place.path, request.path.empty() ? kWayOut : "");
    takeKnown(data);
    return data;
}

Result<void> holdsImagesOf(const RunFolder& run, const Dataset& dataset, int threads, std::stop_token stop) {
    const Result<std::optional<SampleManifest>> manifest = run.manifest();
    if (!manifest || !*manifest || (*manifest)->samples.empty())
        return {};
    const std::vector<SampleEntry>& known = (*manifest)->samples;
    std::unordered_set<std::string_view> paths;
    for (const SampleEntry& entry : known)
        paths.insert(entry.path);
    if (std::any_of(dataset.samples.begin(), dataset.samples.end(),
                    [&](const Sample& sample) { return paths.contains(sample.path); }))
        return {};
    const SampleMatch match = matchSamples(**manifest, dataset, Compare::Paths, threads, stop);
    if (stop.stop_requested())
        return cancelled();
    return match.missing.size() < known.size() ? Result<void>() : noneThere(run, known.size(), dataset.root.string());
}

Result<Relocation> relocate(const RunFolder& run, const RunDataRequest& request, std::stop_token stop,
                            const Progress& progress) {
    const Result<RunMark> mark = RunMark::take(run.path()); // nobody trains with the old place meanwhile
    if (!mark)
        return mark.error();
    const Result<Experiment> experiment = run.experiment();
    if (!experiment)
        return experiment.error();
    const Result<RunData> data = openRunData(run, *experiment, request, stop, progress);
    if (!data)
        return data.error();
    if (!data->manifest)
        return badInput("The run " + run.id() +
                        " is from an older version and has no list of its images, so their folder " +
                        "cannot be checked.");
    if (const Result<void> written = writeDataPlace(run.path(), data->place); !written)
        return written.error();
    const SampleMatch& match = data->match;
    return Relocation{data->manifest->samples.size() - match.missing.size(), match.missing.size(), match.altered,
                      match.fresh.size()};
}

void keepOrderOfRun(RunData& data) {
    std::vector<std::uint32_t> sampleOf(data.manifest->samples.size(), SampleMatch::kNone);
    for (std::uint32_t i = 0; i < data.match.entryOf.size(); ++i)
        if (!data.match.isNew(i))
            sampleOf[data.match.entryOf[i]] = i;
    std::vector<Sample> samples;
    for (const std::uint32_t sample : sampleOf)
        if (sample != SampleMatch::kNone)
            samples.push_back(std::move(data.dataset.samples[sample]));
    data.dataset.samples = std::move(samples);
}

} // namespace sightline
