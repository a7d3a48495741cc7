// SPDX-License-Identifier: GPL-3.0-or-later
#include <gif_lib.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "Readers.h"

namespace sightline::codecs {

namespace {

struct Memory {
    const std::uint8_t* bytes;
    std::size_t size, at = 0;
};

int readMemory(GifFileType* file, GifByteType* to, int wanted) {
    auto* memory = static_cast<Memory*>(file->UserData);
    const std::size_t count = std::min(memory->size - memory->at, static_cast<std::size_t>(std::max(wanted, 0)));
    std::memcpy(to, memory->bytes + memory->at, count);
    memory->at += count;
    return static_cast<int>(count);
}

struct Close {
    void operator()(GifFileType* file) const { DGifCloseFile(file, nullptr); }
};
using GifPtr = std::unique_ptr<GifFileType, Close>;

GifPtr open(Memory& memory) {
    int error = 0;
    return GifPtr(DGifOpen(&memory, readMemory, &error));
}

/// How a frame joins the canvas: what comes before it in the file.
struct Control {
    int transparent = NO_TRANSPARENT_COLOR, disposal = DISPOSAL_UNSPECIFIED;
};

bool readExtension(GifFileType* file, Control& control) {
    int code = 0;
    GifByteType* bytes = nullptr;
    if (DGifGetExtension(file, &code, &bytes) == GIF_ERROR)
        return false;
    GraphicsControlBlock block;
    if (code == GRAPHICS_EXT_FUNC_CODE && bytes && DGifExtensionToGCB(bytes[0], bytes + 1, &block) == GIF_OK)
        control = {block.TransparentColor, block.DisposalMode};
    while (bytes)
        if (DGifGetExtensionNext(file, &bytes) == GIF_ERROR)
            return false;
    return true;
}

/// A canvas of red, green, blue and transparency on which frames are painted one after the other.
class Canvas {
public:
    Canvas(int height, int width) : m_height(height), m_width(width) {
        m_pixels.resize(static_cast<std::size_t>(height) * static_cast<std::size_t>(width) * 4);
    }

    bool paint(GifFileType* file, const Control& control) {
        dispose();
        const GifImageDesc& part = file->Image;
        const ColorMapObject* colours = part.ColorMap ? part.ColorMap : file->SColorMap;
        if (!colours || part.Width <= 0 || part.Height <= 0)
            return false;
        m_disposal = control.disposal;
        m_part = part;
        if (m_disposal == DISPOSE_PREVIOUS)
            m_before = m_pixels;
        std::vector<GifByteType> line(static_cast<std::size_t>(part.Width));
        constexpr int kFirst[] = {0, 4, 2, 1}, kStep[] = {8, 8, 4, 2};
        for (int pass = 0; pass < (part.Interlace ? 4 : 1); ++pass)
            for (int y = part.Interlace ? kFirst[pass] : 0; y < part.Height; y += part.Interlace ? kStep[pass] : 1) {
                if (DGifGetLine(file, line.data(), part.Width) == GIF_ERROR)
                    return false;
                paintLine(line, part.Left, part.Top + y, *colours, control.transparent);
            }
        return true;
    }
    std::vector<std::uint8_t> takePixels() { return std::move(m_pixels); }

private:
    void paintLine(const std::vector<GifByteType>& line, int left, int y, const ColorMapObject& colours,
                   int transparent) {
        if (y < 0 || y >= m_height)
            return;
        for (int x = 0; x < static_cast<int>(line.size()); ++x) {
            const GifByteType index = line[static_cast<std::size_t>(x)];
            if (left + x < 0 || left + x >= m_width || index == transparent || index >= colours.ColorCount)
                continue;
            const GifColorType& colour = colours.Colors[index];
            std::uint8_t* pixel = at(left + x, y);
            pixel[0] = colour.Red;
            pixel[1] = colour.Green;
            pixel[2] = colour.Blue;
            pixel[3] = 255;
        }
    }
    /// What the frame before asked for.
    void dispose() {
        if (m_disposal == DISPOSE_PREVIOUS)
            m_pixels = std::move(m_before);
        else if (m_disposal == DISPOSE_BACKGROUND)
            for (int y = std::max(0, m_part.Top); y < std::min(m_height, m_part.Top + m_part.Height); ++y)
                for (int x = std::max(0, m_part.Left); x < std::min(m_width, m_part.Left + m_part.Width); ++x)
                    std::memset(at(x, y), 0, 4);
        m_disposal = DISPOSAL_UNSPECIFIED;
    }
    std::uint8_t* at(int x, int y) {
        return m_pixels.data() +
               (static_cast<std::size_t>(y) * static_cast<std::size_t>(m_width) + static_cast<std::size_t>(x)) * 4;
    }

    int m_height, m_width, m_disposal = DISPOSAL_UNSPECIFIED;
    GifImageDesc m_part{};
    std::vector<std::uint8_t> m_pixels, m_before;
};

/// Reads on to the next frame. False: the file ends, or is damaged.
bool toFrame(GifFileType* file, Control& control) {
    control = {};
    for (;;) {
        GifRecordType type = UNDEFINED_RECORD_TYPE;
        if (DGifGetRecordType(file, &type) == GIF_ERROR || type == TERMINATE_RECORD_TYPE)
            return false;
        if (type == IMAGE_DESC_RECORD_TYPE)
            return DGifGetImageDesc(file) != GIF_ERROR;
        if (type == EXTENSION_RECORD_TYPE && !readExtension(file, control))
            return false;
    }
}

bool skipFrame(GifFileType* file) {
    int size = 0;
    GifByteType* block = nullptr;
    if (DGifGetCode(file, &size, &block) == GIF_ERROR)
        return false;
    while (block)
        if (DGifGetCodeNext(file, &block) == GIF_ERROR)
            return false;
    return true;
}

} // namespace

bool readGif(const CodecRequest& request, Raster& raster, std::string& fault) {
    fault = kDamaged;
    Memory memory{request.bytes, request.size};
    const GifPtr file = open(memory);
    if (!file || file->SWidth <= 0 || file->SHeight <= 0)
        return false;
    if (isTooLarge(file->SHeight, file->SWidth, 8)) { // the canvas, and its copy where a frame asks for one
        fault = kTooLarge;
        return false;
    }
    Canvas canvas(file->SHeight, file->SWidth);
    Control control;
    for (int page = 0; page <= request.page; ++page) {
        if (!toFrame(file.get(), control)) {
            if (page > 0)
                fault = noPage(page, request.page);
            return false;
        }
        if (isTooLarge(file->Image.Height, file->Image.Width) || !canvas.paint(file.get(), control))
            return false;
    }
    raster.height = file->SHeight;
    raster.width = file->SWidth;
    raster.channels = 4;
    raster.alpha = 3;
    raster.bytes = canvas.takePixels();
    return true;
}

bool gifHeader(const CodecRequest& request, ImageHeader& header) {
    Memory memory{request.bytes, request.size};
    const GifPtr file = open(memory);
    if (!file || file->SWidth <= 0 || file->SHeight <= 0)
        return false;
    header.height = file->SHeight;
    header.width = file->SWidth;
    header.channels = 4;
    header.transparent = true;
    header.pages = 0;
    Control control;
    while (toFrame(file.get(), control) && ++header.pages < 65536 && skipFrame(file.get())) {
    }
    return header.pages > 0;
}

} // namespace sightline::codecs
