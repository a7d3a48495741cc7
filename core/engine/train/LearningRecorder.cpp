// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/LearningRecorder.h"

#include <algorithm>

#include "store/LearningFile.h"

namespace sightline::engine {

namespace {
constexpr std::size_t kTrainingImages = 2000;
constexpr int kShare = 100; // at most a hundredth of the time is spent on writing
} // namespace

std::string LearningRecorder::begin(const TrainSetup& setup, int lastEpoch) {
    m_folder = setup.folder->path();
    const auto follow = [&](std::uint32_t index) { m_paths[index] = setup.dataset.samples[index].path; };
    for (const std::uint32_t index : setup.dataset.indices(Subset::Validation))
        follow(index);
    const std::vector<std::uint32_t> training = setup.dataset.indices(Subset::Train);
    const std::size_t followed = std::min(kTrainingImages, training.size());
    for (std::size_t i = 0; i < followed; ++i)
        follow(training[i * training.size() / followed]);
    if (lastEpoch == 0)
        return {};
    Result<LearningHistory> before = readLearning(m_folder);
    if (!before)
        return before.error().message;
    m_history = std::move(*before);
    m_history.forgetAfter(lastEpoch);
    return {};
}

bool LearningRecorder::follows(std::span<const std::uint32_t> samples) const {
    return std::any_of(samples.begin(), samples.end(), [&](std::uint32_t sample) { return m_paths.contains(sample); });
}

void LearningRecorder::record(int epoch, std::span<const std::uint32_t> samples, const SampleResults& results) {
    for (std::size_t i = 0; i < samples.size() && i < results.losses.size(); ++i) {
        const auto path = m_paths.find(samples[i]);
        if (path == m_paths.end())
            continue;
        m_history.record(path->second, epoch, {results.right[i] != 0, results.losses[i]});
        m_changed = true;
    }
}

Result<void> LearningRecorder::keepEpoch(int epoch) {
    if (!m_changed)
        return {};
    return Clock::now() - m_written >= kShare * m_took ? write() : appendLearning(m_folder, m_history, epoch);
}

Result<void> LearningRecorder::end(int lastEpoch) {
    m_history.forgetAfter(lastEpoch);
    return m_changed ? write() : Result<void>();
}

Result<void> LearningRecorder::write() {
    const Clock::time_point begin = Clock::now();
    const Result<void> written = writeLearning(m_folder, m_history);
    m_written = Clock::now();
    m_took = m_written - begin;
    m_changed = !written.ok();
    return written;
}

} // namespace sightline::engine
