// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/ProbeImages.h"

#include <algorithm>

namespace sightline {

std::vector<std::optional<std::uint32_t>> probeSamples(const std::vector<std::string>& probes, const Dataset& dataset) {
    std::vector<std::optional<std::uint32_t>> found(probes.size());
    if (probes.empty())
        return found;
    for (std::uint32_t i = 0; i < dataset.samples.size(); ++i) {
        const auto probe = std::find(probes.begin(), probes.end(), dataset.samples[i].path);
        if (probe != probes.end())
            found[static_cast<std::size_t>(probe - probes.begin())] = i;
    }
    return found;
}

std::vector<Problem> probeProblems(const std::vector<std::string>& probes, const Dataset& dataset) {
    const auto samples = probeSamples(probes, dataset);
    std::vector<Problem> found;
    for (std::size_t i = 0; i < probes.size(); ++i)
        if (!samples[i])
            found.push_back({"training.probes", shown(probes[i]) + " is not an image of the data"});
    return found;
}

std::vector<std::string> drawableProbes(std::vector<std::string> probes, const Dataset& dataset) {
    const auto samples = probeSamples(probes, dataset);
    std::vector<std::string> drawable;
    for (std::size_t i = 0; i < probes.size(); ++i)
        if (samples[i] && !dataset.samples[*samples[i]].excluded)
            drawable.push_back(std::move(probes[i]));
    return drawable;
}

bool isProbeDrawingDue(double secondsOfLastDrawing, double secondsTrainedSince) {
    return secondsOfLastDrawing <= kProbeShare * secondsTrainedSince;
}

} // namespace sightline
