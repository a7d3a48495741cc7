// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/SharedImages.h"

#include "data/Overlay.h"

namespace sightline {

SharedImages::Key SharedImages::keyOf(const Experiment& experiment) {
    const DataSettings& data = experiment.data;
    const bool isCutBySeed = data.split == SplitRule::Shuffled || !data.fold.empty() || !data.group.empty();
    return {data, isCutBySeed ? experiment.seed : 0};
}

void SharedImages::turnTo(const Key& key) {
    if (key == m_key)
        return;
    m_key = key;
    m_dataset.reset();
    m_decoded.reset();
}

Result<Dataset> SharedImages::open(const std::filesystem::path& home, const Experiment& experiment,
                                   std::stop_token stop) {
    const std::lock_guard lock(m_mutex); // a second run waits for the images that the first one opens
    turnTo(keyOf(experiment));
    if (!m_dataset) {
        Result<Dataset> opened = openWithOverlay(home, experiment.data, experiment.seed, true, std::move(stop));
        if (!opened)
            return opened;
        m_dataset = std::move(*opened);
    }
    return *m_dataset;
}

std::shared_ptr<DecodedCache> SharedImages::decoded(const Experiment& experiment, std::size_t samples,
                                                    const CacheLimits& limits) {
    const std::lock_guard lock(m_mutex);
    turnTo(keyOf(experiment));
    if (!m_decoded || m_samples != samples) {
        m_decoded = std::make_shared<DecodedCache>(samples, limits);
        m_samples = samples;
    }
    return m_decoded;
}

} // namespace sightline
