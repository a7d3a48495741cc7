// SPDX-License-Identifier: GPL-3.0-or-later
#include "NamedImages.h"

#include <algorithm>

#include "Command.h"
#include "ExperimentOptions.h"
#include "data/Dataset.h"

namespace sightline::cli {

/// Whether images of the run may be called so, or lie in a folder of that name, where no file does: only then are all
/// of them opened.
bool NamedImages::mayBeOfRun(const std::string& name) const {
    std::error_code code;
    if (std::filesystem::is_regular_file(imagesOfRun(m_run, m_dataPath), code))
        return true; // an archive
    const auto manifest = RunFolder(m_run).manifest();
    if (!manifest)
        return false;
    if (!*manifest) // an imported network, or a run of an older version
        return !m_dataPath.empty();
    const auto& samples = (*manifest)->samples;
    const std::string folder = name.ends_with('/') ? name : name + '/';
    return std::any_of(samples.begin(), samples.end(),
                       [&](const SampleEntry& entry) { return entry.path == name || entry.path.starts_with(folder); });
}

/// Null where it is a file, or nothing of the run.
Result<const Sample*> NamedImages::findBesideFiles(const std::string& name, const std::filesystem::path& file) {
    std::error_code code;
    if (m_run.empty() || std::filesystem::exists(file, code))
        return nullptr;
    if (!m_data) {
        if (!mayBeOfRun(name))
            return nullptr;
        m_data.emplace(openImages());
    }
    if (!*m_data)
        return m_data->error();
    const std::vector<Sample>& samples = (*m_data)->dataset.samples;
    const auto found =
        std::find_if(samples.begin(), samples.end(), [&](const Sample& sample) { return sample.path == name; });
    return found == samples.end() ? nullptr : &*found;
}

Result<RunData> NamedImages::openImages() const {
    const RunFolder run(m_run);
    const auto experiment = run.experiment();
    if (!experiment)
        return experiment.error();
    RunDataRequest request;
    request.path = m_dataPath;
    request.compare = Compare::Paths;
    return openRunData(run, *experiment, request, interruption().get_token());
}

Result<bool> NamedImages::isOfRun(const std::string& name) {
    const Result<const Sample*> sample = findBesideFiles(name, imageOfRun(name, m_run, m_dataPath));
    return sample ? Result<bool>(*sample != nullptr) : sample.error();
}

Result<NamedImages::Read> NamedImages::read(const std::string& name) {
    std::filesystem::path file = imageOfRun(name, m_run, m_dataPath);
    const Result<const Sample*> sample = findBesideFiles(name, file);
    if (!sample)
        return sample.error();
    if (*sample) {
        auto image = (*m_data)->dataset.source->decoded(**sample, m_pixels);
        if (!image)
            return image.error();
        return Read{std::move(*image), name, (*sample)->label};
    }
    auto image = readImage(file, m_pixels);
    if (!image)
        return badInput(image.error().message);
    return Read{std::move(*image), std::move(file), -1};
}

} // namespace sightline::cli
