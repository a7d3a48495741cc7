// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RankSkips.h"

#include <string>
#include <unordered_set>

#include "support/Json.h"

namespace sightline::engine {

std::vector<SkippedImage> skippedByAll(Ranks& ranks, const std::vector<SkippedImage>& mine) {
    Json said = Json::array();
    for (const SkippedImage& image : mine)
        said.push_back({image.sample, image.reason});
    std::vector<SkippedImage> all;
    std::unordered_set<std::uint32_t> known;
    for (const std::string& list : ranks.gather(mine.empty() ? std::string() : toText(said, -1)))
        if (!list.empty())
            for (const Json& image : Json::parse(list))
                if (known.insert(image[0].get<std::uint32_t>()).second)
                    all.push_back({image[0].get<std::uint32_t>(), image[1].get<std::string>()});
    return all;
}

} // namespace sightline::engine
