// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sightline {

/// What a network made of one image in one epoch.
struct LearningEntry {
    bool right = false;
    float loss = 0; ///< cross-entropy; kept to three digits
};

/// What its epochs say of an image.
struct LearningFacts {
    int forgotten = 0;          ///< how often it was right and then wrong (Toneva et al. 2019)
    std::optional<int> learned; ///< the epoch from which on it stayed right; nothing: wrong at the end
    int epochs = 0, right = 0;  ///< how many tell of it; in how many of them it was right
    double meanLoss = 0;        ///< over those epochs

    bool known() const { return epochs > 0; }
    bool operator==(const LearningFacts&) const = default;
};

/// Later epochs are not kept.
inline constexpr int kMostLearningEpochs = 2000;

/// Whether each image was right, and its loss, in every epoch of a run; three bytes an entry.
class LearningHistory {
public:
    void record(const std::string& path, int epoch, const LearningEntry& entry); ///< epochs count from 1
    void forgetAfter(int epoch);                                                 ///< a run goes on from there

    int epochs() const { return m_epochs; } ///< the last one recorded
    /// Nothing where the image was not judged in that epoch.
    std::optional<LearningEntry> at(const std::string& path, int epoch) const;
    LearningFacts facts(const std::string& path) const;
    std::vector<std::string> paths() const; ///< sorted
    bool empty() const { return m_rows.empty(); }

private:
    struct Row {
        std::vector<std::uint8_t> right; ///< 0, 1, or kUnknown; one an epoch
        std::vector<std::uint16_t> loss; ///< the upper half of a float
    };
    std::map<std::string, Row> m_rows;
    int m_epochs = 0;
};

} // namespace sightline
