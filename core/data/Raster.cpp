// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Raster.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "support/Luminance.h"

namespace sightline {

namespace {

/// Samples to bytes, with a table where there are few values.
class ToBytes {
public:
    ToBytes(const Raster& raster, const DepthSettings& depth) : m_raster(raster) {
        const bool ranged = depth.kind == DepthSettings::Kind::Range && raster.kind != Raster::Kind::Bytes;
        m_low = ranged ? depth.low : raster.least;
        m_span = (ranged ? depth.high : raster.most) - m_low;
        if (raster.kind != Raster::Kind::Words)
            return;
        m_table.resize(65536);
        for (std::size_t value = 0; value < m_table.size(); ++value)
            m_table[value] = scaled(static_cast<double>(value));
    }
    std::uint8_t operator()(std::size_t at) const {
        switch (m_raster.kind) {
        case Raster::Kind::Bytes:
            return m_raster.bytes[at];
        case Raster::Kind::Words:
            return m_table[m_raster.words[at]];
        case Raster::Kind::Floats:
            break;
        }
        return scaled(static_cast<double>(m_raster.floats[at]));
    }

private:
    std::uint8_t scaled(double value) const {
        const double share = (value - m_low) / m_span * 255.0;
        return share > 0 ? static_cast<std::uint8_t>(std::nearbyint(std::min(share, 255.0)))
                         : 0; // 0 for no number, too
    }

    const Raster& m_raster;
    double m_low = 0, m_span = 255;
    std::vector<std::uint8_t> m_table;
};

/// Which channels of the file make the image before grey is made of three; repeated where the file is grey.
Result<std::vector<int>> wantedChannels(const Raster& raster, const ChannelSettings& channels,
                                        const std::string& name) {
    if (channels.kind == ChannelSettings::Kind::Chosen) {
        for (const int channel : channels.chosen)
            if (channel >= raster.channels)
                return badInput(name + " has " + std::to_string(raster.channels) +
                                (raster.channels == 1 ? " channel" : " channels") + ", so data.channels cannot take " +
                                std::to_string(channel) + " (the first is 0).");
        return channels.chosen;
    }
    std::vector<int> colours;
    for (int channel = 0; channel < raster.channels; ++channel)
        if (channel != raster.alpha)
            colours.push_back(channel);
    if (colours.size() >= 3)
        return std::vector<int>(colours.begin(), colours.begin() + 3);
    const int grey = colours.empty() ? 0 : colours.front();
    return std::vector<int>(channels.kind == ChannelSettings::Kind::Rgb ? 3 : 1, grey);
}

std::uint8_t laidOn(std::uint8_t value, std::uint8_t under, std::uint8_t alpha, bool premultiplied) {
    const int own = premultiplied ? 255 * value : alpha * value;
    return static_cast<std::uint8_t>(std::min(255, (own + (255 - alpha) * under + 127) / 255));
}

void layOn(Image& image, const Raster& raster, const BackgroundSettings& background, const ToBytes& alphaOf) {
    const auto channels = static_cast<std::size_t>(image.channels);
    const auto step = static_cast<std::size_t>(raster.channels), alpha = static_cast<std::size_t>(raster.alpha);
    const std::array<std::uint8_t, 3> under =
        channels == 1 ? Colour{luminance(background.colour[0], background.colour[1], background.colour[2]), 0, 0}
                      : background.colour;
    const std::size_t count = image.pixels.size() / channels;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint8_t share = alphaOf(i * step + alpha);
        for (std::size_t c = 0; c < channels; ++c) {
            std::uint8_t& value = image.pixels[i * channels + c];
            value = laidOn(value, under[c], share, raster.premultiplied);
        }
    }
}

/// The wanted channels as bytes. Where they are all that the file has, its memory goes over.
Image chosenBytes(Raster& raster, const std::vector<int>& wanted, const DepthSettings& depth) {
    const auto step = static_cast<std::size_t>(raster.channels);
    const std::size_t count = raster.count() / step;
    bool whole = raster.kind == Raster::Kind::Bytes && wanted.size() == step;
    for (std::size_t i = 0; i < wanted.size(); ++i)
        whole = whole && wanted[i] == static_cast<int>(i);
    Image image;
    image.height = raster.height;
    image.width = raster.width;
    image.channels = static_cast<int>(wanted.size());
    if (whole) {
        image.pixels = std::move(raster.bytes);
        return image;
    }
    image.pixels.resize(count * wanted.size());
    std::uint8_t* target = image.pixels.data();
    if (raster.kind == Raster::Kind::Bytes) {
        for (const std::uint8_t* pixel = raster.bytes.data(); pixel != raster.bytes.data() + count * step;
             pixel += step)
            for (const int channel : wanted)
                *target++ = pixel[channel];
        return image;
    }
    const ToBytes toByte(raster, depth);
    for (std::size_t i = 0; i < count; ++i)
        for (const int channel : wanted)
            *target++ = toByte(i * step + static_cast<std::size_t>(channel));
    return image;
}

Image greyOf(const Image& image) {
    Image grey(image.height, image.width, 1);
    for (std::size_t i = 0; i < grey.pixels.size(); ++i) {
        const std::uint8_t* pixel = image.pixels.data() + 3 * i;
        grey.pixels[i] = luminance(pixel[0], pixel[1], pixel[2]);
    }
    return grey;
}

} // namespace

Image upright(Image image, int orientation) {
    if (orientation <= 1 || orientation > 8)
        return image;
    const bool transposed = orientation >= 5;
    Image turned(transposed ? image.width : image.height, transposed ? image.height : image.width, image.channels);
    const auto channels = static_cast<std::size_t>(image.channels);
    for (int y = 0; y < turned.height; ++y) {
        for (int x = 0; x < turned.width; ++x) {
            int sourceX = transposed ? y : x;
            int sourceY = transposed ? x : y;
            if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
                sourceX = image.width - 1 - sourceX;
            if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
                sourceY = image.height - 1 - sourceY;
            std::memcpy(turned.row(y) + static_cast<std::size_t>(x) * channels,
                        image.row(sourceY) + static_cast<std::size_t>(sourceX) * channels, channels);
        }
    }
    return turned;
}

Result<Image> imageFrom(Raster raster, const PixelSettings& pixels, const std::string& name) {
    const auto wanted = wantedChannels(raster, pixels.channels, name);
    if (!wanted)
        return wanted.error();
    const bool mixes = pixels.channels.kind == ChannelSettings::Kind::Grey && raster.colours() >= 3;
    const bool laid =
        !pixels.background.drop && raster.alpha >= 0 && pixels.channels.kind != ChannelSettings::Kind::Chosen;
    Image image = chosenBytes(raster, *wanted, pixels.depth);
    if (laid)
        layOn(image, raster, pixels.background, ToBytes(raster, DepthSettings::full()));
    if (mixes)
        image = greyOf(image);
    return pixels.orientation == Orientation::Apply ? upright(std::move(image), raster.orientation) : image;
}

} // namespace sightline
