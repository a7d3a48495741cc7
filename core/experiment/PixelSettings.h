// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace sightline {

using Colour = std::array<std::uint8_t, 3>; ///< red, green, blue

/// Which channels of a file are used.
struct ChannelSettings {
    enum class Kind {
        Rgb,   ///< three: grey is repeated, what comes after the third is dropped
        Grey,  ///< one: Pillow's L of RGB, the first of two
        Chosen ///< those named, in this order
    };
    Kind kind = Kind::Rgb;
    std::vector<int> chosen = {}; ///< from 0, as the file holds them, transparency last

    static ChannelSettings rgb() { return {Kind::Rgb, {}}; }
    static ChannelSettings grey() { return {Kind::Grey, {}}; }
    static ChannelSettings of(std::vector<int> indices) { return {Kind::Chosen, std::move(indices)}; }

    int count() const { return kind == Kind::Rgb ? 3 : kind == Kind::Grey ? 1 : static_cast<int>(chosen.size()); }
    bool operator==(const ChannelSettings&) const = default;
};

/// What a network of this many channels is given by default.
inline ChannelSettings channelsFor(int count) {
    if (count == 1)
        return ChannelSettings::grey();
    ChannelSettings channels;
    for (int channel = 0; count != 3 && channel < count; ++channel)
        channels.chosen.push_back(channel);
    channels.kind = count == 3 ? ChannelSettings::Kind::Rgb : ChannelSettings::Kind::Chosen;
    return channels;
}

/// Which values of a file deeper than 8 bits become 0 and 255. Values of 8 bits stay as they are.
struct DepthSettings {
    enum class Kind {
        Auto, ///< looked up once for a data set (data/PixelLook.h)
        Full, ///< all that the file's type can hold; 0...1 for floats
        Range ///< low...high, cut off beyond
    };
    Kind kind = Kind::Auto;
    double low = 0, high = 0; ///< of Range only

    static DepthSettings full() { return {Kind::Full, 0, 0}; }
    static DepthSettings range(double low, double high) { return {Kind::Range, low, high}; }
    bool operator==(const DepthSettings&) const = default;
};

/// What lies under transparent pixels.
struct BackgroundSettings {
    bool drop = true; ///< transparency is ignored, as Keras does; else `colour` shows through
    Colour colour{255, 255, 255};

    bool operator==(const BackgroundSettings& other) const {
        return drop == other.drop && (drop || colour == other.colour);
    }
};

enum class Orientation { Apply, Ignore }; ///< EXIF orientation: Keras ignores it

/// What becomes of a file's pixels before anything is resized.
struct PixelSettings {
    ChannelSettings channels;
    DepthSettings depth;
    int page = 0; ///< of a file with several, from 0
    BackgroundSettings background;
    Orientation orientation = Orientation::Apply;

    bool operator==(const PixelSettings&) const = default;
};

/// How an image of another shape becomes one of the size asked for.
enum class Fit {
    Stretch, ///< to the size, whatever the shape
    Crop,    ///< the largest centred part of that shape (Keras' keep_aspect_ratio)
    Pad      ///< the whole image, centred (Pillow's ImageOps.pad); PadSettings say what lies beside it
};

/// What fills the border of Fit::Pad.
struct PadSettings {
    bool mirror = false; ///< the image itself, mirrored at its edge; else `colour`
    Colour colour{0, 0, 0};

    bool operator==(const PadSettings& other) const {
        return mirror == other.mirror && (mirror || colour == other.colour);
    }
};

} // namespace sightline
