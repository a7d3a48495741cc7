// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/LearningHistory.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sightline {

namespace {

constexpr std::uint8_t kUnknown = 2;

/// bfloat16, rounded to nearest.
std::uint16_t packed(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
float unpacked(std::uint16_t value) {
    return std::bit_cast<float>(std::uint32_t{value} << 16);
}

} // namespace

void LearningHistory::record(const std::string& path, int epoch, const LearningEntry& entry) {
    if (epoch < 1 || epoch > kMostLearningEpochs)
        return;
    Row& row = m_rows[path];
    const auto place = static_cast<std::size_t>(epoch - 1);
    if (row.right.size() <= place) {
        row.right.resize(place + 1, kUnknown);
        row.loss.resize(place + 1, 0);
    }
    row.right[place] = entry.right ? 1 : 0;
    row.loss[place] = packed(std::isfinite(entry.loss) ? entry.loss : 3e38f);
    m_epochs = std::max(m_epochs, epoch);
}

void LearningHistory::forgetAfter(int epoch) {
    const auto kept = static_cast<std::size_t>(std::max(0, epoch));
    for (auto& [path, row] : m_rows) {
        row.right.resize(std::min(row.right.size(), kept));
        row.loss.resize(row.right.size());
    }
    std::erase_if(m_rows, [](const auto& row) {
        const auto& right = row.second.right;
        return std::all_of(right.begin(), right.end(), [](std::uint8_t value) { return value == kUnknown; });
    });
    m_epochs = std::min(m_epochs, std::max(0, epoch));
}

std::optional<LearningEntry> LearningHistory::at(const std::string& path, int epoch) const {
    const auto row = m_rows.find(path);
    const auto place = static_cast<std::size_t>(epoch - 1);
    if (row == m_rows.end() || epoch < 1 || place >= row->second.right.size() || row->second.right[place] == kUnknown)
        return {};
    return LearningEntry{row->second.right[place] == 1, unpacked(row->second.loss[place])};
}

LearningFacts LearningHistory::facts(const std::string& path) const {
    LearningFacts facts;
    const auto row = m_rows.find(path);
    if (row == m_rows.end())
        return facts;
    bool before = false;
    for (std::size_t place = 0; place < row->second.right.size(); ++place) {
        if (row->second.right[place] == kUnknown)
            continue;
        const bool right = row->second.right[place] == 1;
        ++facts.epochs;
        facts.right += right ? 1 : 0;
        facts.meanLoss += static_cast<double>(unpacked(row->second.loss[place]));
        facts.forgotten += before && !right ? 1 : 0;
        if (!right)
            facts.learned.reset();
        else if (!before || !facts.learned)
            facts.learned = static_cast<int>(place) + 1;
        before = right;
    }
    facts.meanLoss /= std::max(1, facts.epochs);
    return facts;
}

std::vector<std::string> LearningHistory::paths() const {
    std::vector<std::string> paths;
    for (const auto& [path, row] : m_rows)
        paths.push_back(path);
    return paths;
}

} // namespace sightline
