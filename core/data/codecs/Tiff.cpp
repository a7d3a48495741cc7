// SPDX-License-Identifier: GPL-3.0-or-later
#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <string_view>

#include "Readers.h"

namespace sightline::codecs {

namespace {

constexpr int kMostPages = 65536;
constexpr tmsize_t kLargestTile = tmsize_t{1} << 28;

/// A file in memory, as libtiff reads it.
struct Memory {
    const std::uint8_t* bytes;
    toff_t size, at = 0;
};

tmsize_t readMemory(thandle_t handle, void* to, tmsize_t wanted) {
    auto* memory = static_cast<Memory*>(handle);
    const toff_t left = memory->at < memory->size ? memory->size - memory->at : 0;
    const toff_t count = std::min<toff_t>(left, static_cast<toff_t>(std::max<tmsize_t>(wanted, 0)));
    std::memcpy(to, memory->bytes + (count ? memory->at : 0), count);
    memory->at += count;
    return static_cast<tmsize_t>(count);
}
tmsize_t writeNothing(thandle_t, void*, tmsize_t) {
    return 0;
}
toff_t seekMemory(thandle_t handle, toff_t offset, int from) {
    auto* memory = static_cast<Memory*>(handle);
    memory->at = from == SEEK_CUR ? memory->at + offset : from == SEEK_END ? memory->size + offset : offset;
    return memory->at;
}
int closeNothing(thandle_t) {
    return 0;
}
toff_t sizeOfMemory(thandle_t handle) {
    return static_cast<Memory*>(handle)->size;
}
int silence(TIFF*, void*, const char*, const char*, va_list) {
    return 1;
}

struct Close {
    void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
using TiffPtr = std::unique_ptr<TIFF, Close>;

TiffPtr open(Memory& memory) {
    TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, kLargestImageBytes);
    TIFFOpenOptionsSetErrorHandlerExtR(options, silence, nullptr);
    TIFFOpenOptionsSetWarningHandlerExtR(options, silence, nullptr);
    TiffPtr tiff(TIFFClientOpenExt("image", "rm", &memory, readMemory, writeNothing, seekMemory, closeNothing,
                                   sizeOfMemory, nullptr, nullptr, options));
    TIFFOpenOptionsFree(options);
    return tiff;
}

/// What a directory says of its samples.
struct Layout {
    std::uint32_t height = 0, width = 0;
    std::uint16_t samples = 1, bits = 1, format = SAMPLEFORMAT_UINT, photometric = PHOTOMETRIC_MINISBLACK,
                  planar = PLANARCONFIG_CONTIG, orientation = 1;
    int alpha = -1;
    bool premultiplied = false;

    /// Colours that libtiff converts (palettes, YCbCr, inks, Lab): 8 bits of RGB and transparency come out.
    bool isConverted() const {
        return photometric != PHOTOMETRIC_MINISBLACK && photometric != PHOTOMETRIC_MINISWHITE &&
               photometric != PHOTOMETRIC_RGB;
    }
    bool isFloating() const { return format == SAMPLEFORMAT_IEEEFP; }
    bool isSigned() const { return format == SAMPLEFORMAT_INT; }
    bool isReadable() const {
        if (isFloating())
            return bits == 16 || bits == 32 || bits == 64;
        if (isSigned())
            return bits == 8 || bits == 16 || bits == 32;
        return (format == SAMPLEFORMAT_UINT || format == SAMPLEFORMAT_VOID) &&
               ((bits >= 1 && bits <= 16) || bits == 32);
    }
    Raster::Kind kind() const {
        if (isFloating() || isSigned() || bits > 16)
            return Raster::Kind::Floats;
        return bits > 8 ? Raster::Kind::Words : Raster::Kind::Bytes;
    }
};

Layout layoutOf(TIFF* tiff) {
    Layout layout;
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &layout.height);
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &layout.width);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &layout.samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &layout.bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &layout.format);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &layout.planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &layout.orientation);
    if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout.photometric))
        layout.photometric = layout.samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
    std::uint16_t extras = 0;
    std::uint16_t* kinds = nullptr;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extras, &kinds);
    for (std::uint16_t i = 0; i < extras && extras < layout.samples && layout.alpha < 0; ++i)
        if (kinds[i] == EXTRASAMPLE_ASSOCALPHA || kinds[i] == EXTRASAMPLE_UNASSALPHA) {
            layout.alpha = layout.samples - extras + i;
            layout.premultiplied = kinds[i] == EXTRASAMPLE_ASSOCALPHA;
        }
    return layout;
}

/// Smaller copies and masks lie between the pages of some files.
bool isPage(TIFF* tiff) {
    std::uint32_t type = 0;
    return !TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &type) || (type & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) == 0;
}

/// Goes to a page. Else false, and `pages` says how many there are.
bool goTo(TIFF* tiff, int page, int& pages) {
    pages = 0;
    for (int directories = 0; directories < kMostPages; ++directories) {
        if (isPage(tiff) && pages++ == page)
            return true;
        if (!TIFFReadDirectory(tiff))
            break;
    }
    return page == 0 && TIFFSetDirectory(tiff, 0); // all are reduced images: the first
}

float halfToFloat(std::uint16_t half) {
    const int exponent = half >> 10 & 31, fraction = half & 1023;
    const double value = exponent == 0    ? std::ldexp(fraction, -24)
                         : exponent == 31 ? (fraction ? NAN : INFINITY)
                                          : std::ldexp(fraction + 1024, exponent - 25);
    return static_cast<float>(half & 0x8000 ? -value : value);
}

template <typename T>
T numberAt(const std::uint8_t* bytes, std::size_t index) {
    T value;
    std::memcpy(&value, bytes + index * sizeof(T), sizeof value);
    return value;
}

/// Samples of one row as they lie in a strip or tile, into the raster.
class Unpacker {
public:
    Unpacker(const Layout& layout, Raster& raster) : m_layout(layout), m_raster(raster) {
        m_inverts = layout.photometric == PHOTOMETRIC_MINISWHITE && layout.kind() != Raster::Kind::Floats;
        m_most = (1u << std::min<unsigned>(layout.bits, 16)) - 1;
    }
    /// `count` pixels of `perPixel` samples each go to (x, y), from channel `first` on.
    void row(const std::uint8_t* packed, int x, int y, int count, int perPixel, int first) const {
        const auto channels = static_cast<std::size_t>(m_raster.channels);
        std::size_t at =
            (static_cast<std::size_t>(y) * static_cast<std::size_t>(m_raster.width) + static_cast<std::size_t>(x)) *
                channels +
            static_cast<std::size_t>(first);
        std::size_t sample = 0;
        for (int pixel = 0; pixel < count; ++pixel, at += channels)
            for (int c = 0; c < perPixel; ++c, ++sample)
                put(packed, sample, at + static_cast<std::size_t>(c));
    }

private:
    void put(const std::uint8_t* packed, std::size_t sample, std::size_t at) const {
        if (m_layout.kind() == Raster::Kind::Floats) {
            m_raster.floats[at] = floating(packed, sample);
            return;
        }
        unsigned value = whole(packed, sample);
        if (m_inverts && static_cast<int>(at % static_cast<std::size_t>(m_raster.channels)) != m_layout.alpha)
            value = m_most - value;
        if (m_layout.kind() == Raster::Kind::Words)
            m_raster.words[at] = static_cast<std::uint16_t>(value);
        else
            m_raster.bytes[at] =
                static_cast<std::uint8_t>(m_layout.bits == 8 ? value : (value * 255 + m_most / 2) / m_most);
    }
    unsigned whole(const std::uint8_t* packed, std::size_t sample) const {
        if (m_layout.bits == 8)
            return packed[sample];
        if (m_layout.bits == 16)
            return numberAt<std::uint16_t>(packed, sample);
        unsigned value = 0; // others are packed, the highest bit first
        std::size_t bit = sample * m_layout.bits;
        for (unsigned i = 0; i < m_layout.bits; ++i, ++bit)
            value = value << 1 | (packed[bit / 8] >> (7 - bit % 8) & 1u);
        return value;
    }
    float floating(const std::uint8_t* packed, std::size_t sample) const {
        if (m_layout.isFloating())
            return m_layout.bits == 16   ? halfToFloat(numberAt<std::uint16_t>(packed, sample))
                   : m_layout.bits == 32 ? numberAt<float>(packed, sample)
                                         : static_cast<float>(numberAt<double>(packed, sample));
        if (!m_layout.isSigned())
            return static_cast<float>(numberAt<std::uint32_t>(packed, sample));
        return m_layout.bits == 8    ? static_cast<float>(numberAt<std::int8_t>(packed, sample))
               : m_layout.bits == 16 ? static_cast<float>(numberAt<std::int16_t>(packed, sample))
                                     : static_cast<float>(numberAt<std::int32_t>(packed, sample));
    }

    const Layout& m_layout;
    Raster& m_raster;
    bool m_inverts = false;
    unsigned m_most = 255;
};

/// Bytes of a row of this many samples, as libtiff packs them.
std::size_t packedBytes(const Layout& layout, std::size_t samples) {
    return (samples * layout.bits + 7) / 8;
}

bool readTiles(TIFF* tiff, const Layout& layout, const Unpacker& unpack) {
    std::uint32_t tileWidth = 0, tileHeight = 0;
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tileWidth);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &tileHeight);
    const tmsize_t size = TIFFTileSize(tiff), rowSize = TIFFTileRowSize(tiff);
    const bool planes = layout.planar == PLANARCONFIG_SEPARATE;
    const int perPixel = planes ? 1 : layout.samples;
    if (tileWidth == 0 || tileHeight == 0 || size <= 0 || size > kLargestTile ||
        static_cast<std::size_t>(rowSize) <
            packedBytes(layout, std::size_t{tileWidth} * static_cast<std::size_t>(perPixel)))
        return false;
    std::vector<std::uint8_t> tile(static_cast<std::size_t>(size));
    for (std::uint16_t plane = 0; plane < (planes ? layout.samples : 1); ++plane)
        for (std::uint32_t top = 0; top < layout.height; top += tileHeight)
            for (std::uint32_t left = 0; left < layout.width; left += tileWidth) {
                if (TIFFReadTile(tiff, tile.data(), left, top, 0, plane) < 0)
                    return false;
                const std::uint32_t rows = std::min(tileHeight, layout.height - top);
                const int columns = static_cast<int>(std::min(tileWidth, layout.width - left));
                for (std::uint32_t y = 0; y < rows; ++y)
                    unpack.row(tile.data() + static_cast<std::size_t>(rowSize) * y, static_cast<int>(left),
                               static_cast<int>(top + y), columns, perPixel, plane);
            }
    return true;
}

bool readStrips(TIFF* tiff, const Layout& layout, const Unpacker& unpack) {
    std::uint32_t rowsPerStrip = 0;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rowsPerStrip);
    rowsPerStrip = std::clamp<std::uint32_t>(rowsPerStrip, 1, layout.height);
    const tmsize_t size = TIFFStripSize(tiff), rowSize = TIFFScanlineSize(tiff);
    const bool planes = layout.planar == PLANARCONFIG_SEPARATE;
    const int perPixel = planes ? 1 : layout.samples;
    if (size <= 0 || size > kLargestImageBytes || rowSize <= 0 ||
        static_cast<std::size_t>(rowSize) <
            packedBytes(layout, std::size_t{layout.width} * static_cast<std::size_t>(perPixel)) ||
        size / rowSize < static_cast<tmsize_t>(rowsPerStrip))
        return false;
    std::vector<std::uint8_t> strip(static_cast<std::size_t>(size));
    for (std::uint16_t plane = 0; plane < (planes ? layout.samples : 1); ++plane)
        for (std::uint32_t top = 0; top < layout.height; top += rowsPerStrip) {
            const std::uint32_t rows = std::min(rowsPerStrip, layout.height - top);
            const tmsize_t wanted = rowSize * static_cast<tmsize_t>(rows);
            if (TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, top, plane), strip.data(), wanted) != wanted)
                return false;
            for (std::uint32_t y = 0; y < rows; ++y)
                unpack.row(strip.data() + static_cast<std::size_t>(rowSize) * y, 0, static_cast<int>(top + y),
                           static_cast<int>(layout.width), perPixel, plane);
        }
    return true;
}

/// Words for a number of the format, or the number itself.
struct Known {
    int number;
    const char* name;
};
template <std::size_t N>
std::string nameIn(const std::array<Known, N>& names, int number, const std::string& otherwise) {
    const auto found = std::find_if(names.begin(), names.end(), [&](const Known& one) { return one.number == number; });
    return found == names.end() ? otherwise + std::to_string(number) : found->name;
}

/// Why no file of this compression can be read; empty: it can.
std::string faultOfCompression(TIFF* tiff) {
    static constexpr std::array kNames{Known{COMPRESSION_OJPEG, "6 (old JPEG)"},
                                       Known{COMPRESSION_JPEG, "7 (JPEG)"},
                                       Known{33003, "33003 (JPEG 2000)"},
                                       Known{33005, "33005 (JPEG 2000)"},
                                       Known{34712, "34712 (JPEG 2000)"},
                                       Known{34887, "34887 (LERC)"},
                                       Known{COMPRESSION_LZMA, "34925 (LZMA)"},
                                       Known{50000, "50000 (Zstandard)"},
                                       Known{50001, "50001 (WebP)"},
                                       Known{34892, "34892 (lossy DNG)"},
                                       Known{52546, "52546 (JPEG XL)"}};
    std::uint16_t compression = COMPRESSION_NONE;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
    if (TIFFIsCODECConfigured(compression))
        return {};
    return "uses the compression " + nameIn(kNames, compression, "") +
           ", which is not read; save it without compression, or with LZW or Deflate.";
}

std::string faultOfColors(const Layout& layout) {
    static constexpr std::array kNames{
        Known{PHOTOMETRIC_PALETTE, "a palette"},  Known{PHOTOMETRIC_SEPARATED, "printing inks (CMYK)"},
        Known{PHOTOMETRIC_YCBCR, "YCbCr colors"}, Known{PHOTOMETRIC_CIELAB, "Lab colors"},
        Known{PHOTOMETRIC_ICCLAB, "Lab colors"},  Known{PHOTOMETRIC_ITULAB, "Lab colors"},
        Known{32803, "a camera's raw pixels"},    Known{34892, "a camera's raw colors"}};
    return "holds " + nameIn(kNames, layout.photometric, "colors of the kind ") + " of " + std::to_string(layout.bits) +
           " bits, which are not read; convert it to RGB or gray.";
}

/// By libtiff's own conversion.
bool readConverted(TIFF* tiff, const Layout& layout, Raster& raster, std::string& fault) {
    char message[1024] = {};
    TIFFRGBAImage image;
    if (!TIFFRGBAImageOK(tiff, message) || !TIFFRGBAImageBegin(&image, tiff, 1, message)) {
        if (std::string_view(message).starts_with("Sorry")) // how libtiff says that it knows no conversion
            fault = faultOfColors(layout);
        return false;
    }
    image.req_orientation = image.orientation; // rows as they are stored
    std::vector<std::uint32_t> pixels(std::size_t{layout.height} * layout.width);
    const bool good = TIFFRGBAImageGet(&image, pixels.data(), layout.width, layout.height) != 0;
    const int channels = image.alpha != 0 ? 4 : 3;
    TIFFRGBAImageEnd(&image);
    if (!good)
        return false;
    raster.allocate(static_cast<int>(layout.height), static_cast<int>(layout.width), channels, Raster::Kind::Bytes);
    raster.alpha = channels == 4 ? 3 : -1;
    raster.premultiplied = channels == 4;
    std::uint8_t* target = raster.bytes.data();
    for (const std::uint32_t pixel : pixels) {
        for (int c = 0; c < channels; ++c)
            *target++ = static_cast<std::uint8_t>(pixel >> 8 * c);
    }
    return true;
}

void setFullRange(const Layout& layout, Raster& raster) {
    if (layout.isFloating())
        raster.most = 1;
    else if (layout.isSigned()) {
        raster.least = -std::ldexp(1.0, layout.bits - 1);
        raster.most = -raster.least - 1;
    } else if (raster.kind != Raster::Kind::Bytes)
        raster.most = std::ldexp(1.0, layout.bits) - 1;
}

} // namespace

bool readTiff(const CodecRequest& request, Raster& raster, std::string& fault) {
    fault = kDamaged;
    Memory memory{request.bytes, request.size};
    const TiffPtr tiff = open(memory);
    int pages = 0;
    if (!tiff)
        return false;
    if (!goTo(tiff.get(), request.page, pages)) {
        fault = noPage(pages, request.page);
        return false;
    }
    const Layout layout = layoutOf(tiff.get());
    if (layout.height == 0 || layout.width == 0 || layout.samples == 0)
        return false;
    if (std::string unread = faultOfCompression(tiff.get()); !unread.empty()) {
        fault = std::move(unread);
        return false;
    }
    const bool converted = layout.isConverted();
    const Raster::Kind kind = layout.kind();
    const int bytesPerSample = kind == Raster::Kind::Floats ? 4 : kind == Raster::Kind::Words ? 2 : 1;
    if (isTooLarge(layout.height, layout.width, converted ? 8 : layout.samples, // libtiff's copy and ours
                   converted ? 1 : bytesPerSample)) {
        fault = kTooLarge;
        return false;
    }
    raster.orientation = layout.orientation >= 1 && layout.orientation <= 8 ? layout.orientation : 1;
    if (converted)
        return readConverted(tiff.get(), layout, raster, fault);
    if (!layout.isReadable()) {
        fault = "holds samples of a kind that cannot be read (" + std::to_string(layout.bits) +
                " bits); convert it to 8 or 16 bits, or to 32-bit floats.";
        return false;
    }
    const tmsize_t part = TIFFIsTiled(tiff.get()) ? TIFFTileSize(tiff.get()) : TIFFStripSize(tiff.get());
    if (part <= 0)
        return false;
    if (part > kLargestImageBytes - std::int64_t{layout.height} * layout.width * layout.samples * bytesPerSample) {
        fault = kTooLarge; // a strip or tile as it is packed lies beside the raster
        return false;
    }
    raster.allocate(static_cast<int>(layout.height), static_cast<int>(layout.width), layout.samples, kind);
    raster.alpha = layout.alpha;
    raster.premultiplied = layout.premultiplied;
    setFullRange(layout, raster);
    const Unpacker unpack(layout, raster);
    return TIFFIsTiled(tiff.get()) ? readTiles(tiff.get(), layout, unpack) : readStrips(tiff.get(), layout, unpack);
}

bool tiffHeader(const CodecRequest& request, ImageHeader& header) {
    Memory memory{request.bytes, request.size};
    const TiffPtr tiff = open(memory);
    int pages = 0;
    if (!tiff || !goTo(tiff.get(), 0, pages))
        return false;
    const Layout layout = layoutOf(tiff.get());
    header.height = static_cast<int>(std::min<std::uint32_t>(layout.height, 1 << 30));
    header.width = static_cast<int>(std::min<std::uint32_t>(layout.width, 1 << 30));
    header.channels = layout.isConverted() ? 3 : layout.samples;
    header.bits = layout.isConverted() ? 8 : layout.bits;
    header.floating = layout.kind() == Raster::Kind::Floats;
    header.transparent = layout.alpha >= 0 && !layout.isConverted();
    goTo(tiff.get(), kMostPages, header.pages);
    header.pages = std::max(header.pages + pages - 1, 1);
    return layout.height > 0 && layout.width > 0;
}

} // namespace sightline::codecs
