// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Records.h"

namespace sightline {

namespace {

class RecordSource : public ImageSource {
public:
    RecordSource(RecordShape shape, std::vector<std::vector<std::uint8_t>> blocks, std::vector<RecordPlace> places)
        : m_shape(shape), m_blocks(std::move(blocks)), m_places(std::move(places)) {}

    Result<std::vector<std::uint8_t>> bytes(const Sample& sample) const override {
        const std::uint8_t* begin = find(sample);
        if (!begin)
            return missing(sample);
        return std::vector<std::uint8_t>(begin, begin + m_shape.size());
    }

    Result<Image> decoded(const Sample& sample, const PixelSettings& pixels) const override {
        const std::uint8_t* from = find(sample);
        if (!from)
            return missing(sample);
        Image image(m_shape.height, m_shape.width, m_shape.channels);
        const auto channels = static_cast<std::size_t>(m_shape.channels), plane = m_shape.size() / channels;
        for (std::size_t i = 0; i < plane; ++i)
            for (std::size_t c = 0; c < channels; ++c)
                image.pixels[i * channels + c] = m_shape.planar ? from[c * plane + i] : from[i * channels + c];
        return chosenChannels(std::move(image), pixels.channels, sample.path);
    }

    std::filesystem::path file(const Sample&) const override { return {}; }

private:
    const std::uint8_t* find(const Sample& sample) const {
        if (sample.record >= m_places.size())
            return nullptr;
        const RecordPlace& place = m_places[sample.record];
        const auto& block = m_blocks[place.block];
        return place.offset + m_shape.size() <= block.size() ? block.data() + place.offset : nullptr;
    }
    static Error missing(const Sample& sample) { return badInput("There is no record " + sample.path + "."); }

    RecordShape m_shape;
    std::vector<std::vector<std::uint8_t>> m_blocks;
    std::vector<RecordPlace> m_places;
};

} // namespace

std::shared_ptr<const ImageSource> makeRecordSource(RecordShape shape, std::vector<std::vector<std::uint8_t>> blocks,
                                                    std::vector<RecordPlace> places) {
    return std::make_shared<RecordSource>(shape, std::move(blocks), std::move(places));
}

} // namespace sightline
