// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/GivenBatchBytes.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "support/Json.h"

namespace sightline {

namespace {

constexpr int kMostSide = 1 << 15; ///< pixels

Json toJson(const GivenImage& image) {
    return {{"path", image.path},           {"target", image.target},           {"loss", image.loss},
            {"predicted", image.predicted}, {"probability", image.probability}, {"pixels", Json::binary(image.pixels)}};
}

GivenImage imageFrom(Json& json) {
    GivenImage image;
    image.path = json.at("path").get<std::string>();
    image.target = json.at("target").get<std::vector<float>>();
    image.loss = json.at("loss").get<double>();
    image.predicted = json.at("predicted").get<int>();
    image.probability = json.at("probability").get<double>();
    image.pixels = std::move(static_cast<std::vector<std::uint8_t>&>(json.at("pixels").get_binary()));
    return image;
}

/// What whoever draws it relies on.
bool isWhole(const GivenImage& image, const GivenBatch& of) {
    return image.pixels.size() == 3 * static_cast<std::size_t>(of.height) * static_cast<std::size_t>(of.width) &&
           image.predicted >= 0 && static_cast<std::size_t>(image.predicted) < image.target.size();
}

} // namespace

std::string toBytes(const GivenBatch& batch) {
    Json json{{"epoch", batch.epoch},
              {"batch", batch.batch},
              {"height", batch.height},
              {"width", batch.width},
              {"images", Json::array()}};
    for (const GivenImage& image : batch.images)
        json["images"].push_back(toJson(image));
    std::string bytes;
    Json::to_cbor(json, bytes);
    return bytes;
}

Result<GivenBatch> givenBatchFrom(std::string_view bytes) {
    const Error odd{"The run's answer is not a batch; is the program that trains it another version?"};
    try {
        Json json = Json::from_cbor(bytes);
        GivenBatch batch{json.at("epoch").get<int>(),
                         json.at("batch").get<int>(),
                         json.at("height").get<int>(),
                         json.at("width").get<int>(),
                         {}};
        if (batch.height < 1 || batch.width < 1 || batch.height > kMostSide || batch.width > kMostSide)
            return odd;
        for (Json& image : json.at("images")) {
            batch.images.push_back(imageFrom(image));
            if (!isWhole(batch.images.back(), batch))
                return odd;
        }
        return batch;
    } catch (const Json::exception&) {
        return odd;
    }
}

} // namespace sightline
