// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/LearningOrder.h"

#include <algorithm>
#include <limits>

namespace sightline {

namespace {

/// What comes first has the smaller one.
double rankIn(LearningOrder order, const LearningFacts& facts) {
    if (!facts.known())
        return std::numeric_limits<double>::infinity();
    switch (order) {
    case LearningOrder::ForgottenMost:
        return -facts.forgotten;
    case LearningOrder::LearnedLast:
        return facts.learned ? -*facts.learned : 1;
    case LearningOrder::NeverLearned:
        break;
    }
    return static_cast<double>(facts.right) / facts.epochs;
}

} // namespace

bool comesBefore(LearningOrder order, const LearningFacts& first, const LearningFacts& second) {
    const double one = rankIn(order, first), other = rankIn(order, second);
    return one != other ? one < other : first.meanLoss > second.meanLoss;
}

std::vector<LearningCell> learningStrip(const LearningHistory& history, const std::string& path, std::size_t most) {
    const auto epochs = static_cast<std::size_t>(history.epochs());
    std::vector<LearningCell> cells(std::min(epochs, most));
    for (std::size_t i = 0, epoch = 0; i < cells.size(); ++i) {
        const std::size_t last = epoch + epochs / cells.size() + (i < epochs % cells.size() ? 1 : 0);
        LearningCell& cell = cells[i];
        for (; epoch < last; ++epoch)
            if (const auto entry = history.at(path, static_cast<int>(epoch) + 1)) {
                ++cell.epochs;
                cell.right += entry->right ? 1 : 0;
                cell.meanLoss += static_cast<double>(entry->loss);
            }
        cell.meanLoss /= std::max(1, cell.epochs);
    }
    return cells;
}

} // namespace sightline
