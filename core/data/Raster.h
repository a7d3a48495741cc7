// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/ImageLimits.h"
#include "experiment/PixelSettings.h"
#include "support/Image.h"
#include "support/Result.h"

namespace sightline {

/// What a file's header says of its pixels.
struct ImageHeader {
    int height = 0, width = 0; ///< as stored
    int channels = 3;          ///< transparency counts
    int bits = 8;              ///< of a sample
    bool floating = false;
    bool transparent = false; ///< one channel is transparency
    int pages = 1;

    bool isDeep() const { return bits > 8 || floating; }
    /// Channels that are neither colour nor transparency: the second of two, all beyond the third.
    int extraChannels() const {
        const int colours = channels - (transparent ? 1 : 0);
        return colours >= 3 ? colours - 3 : colours - 1;
    }
};

/// A decoded page before anything is chosen from it: every channel, at the file's own depth.
struct Raster {
    enum class Kind { Bytes, Words, Floats };
    int height = 0, width = 0, channels = 0;
    Kind kind = Kind::Bytes;
    std::vector<std::uint8_t> bytes; ///< height x width x channels in the vector of its kind
    std::vector<std::uint16_t> words;
    std::vector<float> floats;
    double least = 0, most = 255; ///< what the file's type can hold: the depth "full"
    int alpha = -1;               ///< the channel that is transparency
    bool premultiplied = false;   ///< colours were multiplied with it
    int orientation = 1;          ///< the EXIF tag

    std::size_t count() const {
        return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
    }
    /// Takes memory for all samples.
    void allocate(int rows, int columns, int samples, Kind of) {
        height = rows;
        width = columns;
        channels = samples;
        kind = of;
        bytes.resize(of == Kind::Bytes ? count() : 0);
        words.resize(of == Kind::Words ? count() : 0);
        floats.resize(of == Kind::Floats ? count() : 0);
    }
    double value(std::size_t at) const {
        return kind == Kind::Bytes ? bytes[at] : kind == Kind::Words ? words[at] : static_cast<double>(floats[at]);
    }
    int colours() const { return channels - (alpha >= 0 ? 1 : 0); }
};

/// One page of an image file. `asStored`: a format that turns pixels by itself (HEIC) does not. Errors name the file.
Result<Raster> decodeRaster(const std::uint8_t* bytes, std::size_t size, const std::string& name, int page = 0,
                            bool asStored = false);

/// The header alone; nothing of the pixels is decoded. Errors: no image, or damaged.
Result<ImageHeader> imageHeader(const std::uint8_t* bytes, std::size_t size, const std::string& name);

/// Channels chosen, the depth brought to bytes, laid on the background, turned upright. A depth of Auto counts as Full.
/// Errors: a chosen channel is not there.
Result<Image> imageFrom(Raster raster, const PixelSettings& pixels, const std::string& name);

/// Turned after an EXIF orientation (TIFF 6.0, tag 274).
Image upright(Image image, int orientation);

} // namespace sightline
