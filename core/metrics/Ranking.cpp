// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/Ranking.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "metrics/InParts.h"

namespace sightline {

namespace {

/// How many classes are before the true one.
std::size_t placeOfTruth(const Prediction& prediction) {
    const auto truth = static_cast<std::size_t>(prediction.truth);
    const float own = prediction.probabilities[truth];
    if (std::isnan(own))
        return prediction.probabilities.size();
    std::size_t before = 0;
    for (std::size_t i = 0; i < prediction.probabilities.size(); ++i)
        before += prediction.probabilities[i] > own || (i < truth && prediction.probabilities[i] == own) ? 1 : 0;
    return before;
}

} // namespace

RankingFigures rankingOf(std::vector<ScoredImage> images) {
    if (std::any_of(images.begin(), images.end(), [](const ScoredImage& one) { return std::isnan(one.score); }))
        return {};
    std::sort(images.begin(), images.end(),
              [](const ScoredImage& a, const ScoredImage& b) { return a.score > b.score; });
    double own = 0, others = 0, area = 0, precisions = 0;
    for (auto image = images.begin(); image != images.end();) {
        double ownHere = 0, othersHere = 0;
        for (const float score = image->score; image != images.end() && image->score == score; ++image)
            (image->isOfClass ? ownHere : othersHere) += 1;
        area += othersHere * (own + ownHere / 2);
        own += ownHere;
        others += othersHere;
        precisions += ownHere * own / (own + others);
    }
    RankingFigures figures;
    if (own > 0)
        figures.averagePrecision = precisions / own;
    if (own > 0 && others > 0)
        figures.rocAuc = area / (own * others);
    return figures;
}

std::vector<RankingFigures> rankingPerClass(const std::vector<Prediction>& predictions, std::size_t classes) {
    std::vector<RankingFigures> figures(classes);
    inParts(classes, [&](std::size_t label) {
        std::vector<ScoredImage> images;
        for (const Prediction& one : predictions)
            if (one.truth >= 0)
                images.push_back({one.probabilities[label], one.truth == static_cast<int>(label)});
        figures[label] = rankingOf(std::move(images));
    });
    return figures;
}

std::vector<double> topKAccuracy(const std::vector<Prediction>& predictions, std::size_t classes, std::size_t most) {
    std::vector<double> shares(std::min(classes, most), 0.0);
    double images = 0;
    for (const Prediction& one : predictions) {
        if (one.truth < 0)
            continue;
        images += 1;
        for (std::size_t k = placeOfTruth(one); k < shares.size(); ++k)
            shares[k] += 1;
    }
    if (images == 0)
        return {};
    for (double& share : shares)
        share /= images;
    return shares;
}

} // namespace sightline
