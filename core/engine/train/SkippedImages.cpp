// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/SkippedImages.h"

#include "support/Words.h"

namespace sightline::engine {

namespace {

constexpr std::size_t kNamed = 8; ///< images one by one; the rest as a number

std::string classOf(const Dataset& dataset, std::size_t label) {
    return "the class " + shown(dataset.classes[label]);
}

} // namespace

std::vector<std::string> SkippedImages::news(const std::vector<SkippedImage>& skipped,
                                             const std::vector<std::uint32_t>& total, const Dataset& dataset) {
    std::vector<std::string> notes;
    if (skipped.size() == m_seen)
        return notes;
    m_seen = skipped.size();
    std::size_t fresh = 0;
    for (const SkippedImage& image : skipped)
        if (m_told.insert(image.sample).second && ++fresh <= kNamed)
            notes.push_back("Skipped: " + image.reason);
    if (fresh > kNamed)
        notes.push_back("Skipped: " + counted(fresh - kNamed, "more image") + " that cannot be read.");
    m_gone.resize(dataset.classes.size());
    std::vector<std::size_t> images(m_gone.size()), unread(m_gone.size());
    const auto count = [&](std::vector<std::size_t>& counts, std::uint32_t sample) {
        if (const int label = dataset.samples[sample].label; label >= 0)
            ++counts[static_cast<std::size_t>(label)];
    };
    for (const std::uint32_t sample : total)
        count(images, sample);
    for (const SkippedImage& image : skipped)
        count(unread, image.sample);
    for (std::size_t label = 0; label < images.size(); ++label) {
        if (images[label] == 0 || unread[label] < images[label] || m_gone[label])
            continue;
        m_gone[label] = true;
        notes.push_back(images[label] == 1 ? std::string("The only ") + m_kind + " image of " +
                                                 classOf(dataset, label) + " cannot be read."
                                           : "None of the " + std::to_string(images[label]) + " " + m_kind +
                                                 " images of " + classOf(dataset, label) + " can be read.");
    }
    return notes;
}

} // namespace sightline::engine
