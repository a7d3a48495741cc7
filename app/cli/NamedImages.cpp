// SPDX-License-Identifier: GPL-3.0-or-later
#include "NamedImages.h"

#include <algorithm>

#include "Command.h"
#include "ExperimentOptions.h"
#include "data/Dataset.h"

namespace sightline::cli {

/// Whether an image of the run may be called so that is no file of its own: only then are all of them opened.
bool NamedImages::mayBeOfRun(const std::string& name) const {
    std::error_code code;
    if (std::filesystem::is_regular_file(imagesOfRun(m_run, m_dataPath), code))
        return true; // an archive
    const auto manifest = RunFolder(m_run).manifest();
    if (!manifest || !*manifest)
        return false;
    const auto& samples = (*manifest)->samples;
    return std::any_of(samples.begin(), samples.end(), [&](const SampleEntry& entry) { return entry.path == name; });
}

/// Null where it is a file, or nothing of the run.
const Sample* NamedImages::findBesideFiles(const std::string& name, const std::filesystem::path& file) {
    std::error_code code;
    if (m_run.empty() || std::filesystem::exists(file, code))
        return nullptr;
    if (!m_data && mayBeOfRun(name)) {
        m_data.emplace();
        if (const auto experiment = RunFolder(m_run).experiment()) {
            RunDataRequest request;
            request.path = m_dataPath;
            request.compare = Compare::Paths;
            if (auto data = openRunData(RunFolder(m_run), *experiment, request, interruption().get_token()))
                *m_data = std::move(*data);
        }
    }
    if (!m_data || !*m_data)
        return nullptr;
    const std::vector<Sample>& samples = (*m_data)->dataset.samples;
    const auto found =
        std::find_if(samples.begin(), samples.end(), [&](const Sample& sample) { return sample.path == name; });
    return found == samples.end() ? nullptr : &*found;
}

bool NamedImages::isOfRun(const std::string& name) {
    return findBesideFiles(name, imageOfRun(name, m_run, m_dataPath)) != nullptr;
}

Result<NamedImages::Read> NamedImages::read(const std::string& name) {
    std::filesystem::path file = imageOfRun(name, m_run, m_dataPath);
    if (const Sample* sample = findBesideFiles(name, file)) {
        auto image = (*m_data)->dataset.source->decoded(*sample, m_pixels);
        if (!image)
            return image.error();
        return Read{std::move(*image), name, sample->label};
    }
    auto image = readImage(file, m_pixels);
    if (!image)
        return badInput(image.error().message);
    return Read{std::move(*image), std::move(file), -1};
}

} // namespace sightline::cli
