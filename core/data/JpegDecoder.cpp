// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/JpegDecoder.h"

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstring>

#include <jpeglib.h>

#include "data/Exif.h"

namespace sightline {

namespace {

struct JpegErrors {
    jpeg_error_mgr base{};
    std::jmp_buf escape;
    char message[JMSG_LENGTH_MAX] = {};
};

void onError(j_common_ptr info) {
    auto* errors =
        reinterpret_cast<JpegErrors*>(info->err); // libjpeg's way to a user's struct: `base` is its first member
    info->err->format_message(info, errors->message);
    std::longjmp(errors->escape, 1);
}

/// A premature end or a damaged stream is only a warning to libjpeg; to us it is an image that cannot be trusted.
void onMessage(j_common_ptr info, int level) {
    if (level < 0)
        onError(info);
}

/// Pillow's CMYK -> RGB; Adobe's files are stored inverted, which libjpeg hands on as it is.
void cmykToRgb(const std::uint8_t* cmyk, std::uint8_t* rgb, int width, bool inverted) {
    for (int x = 0; x < width; ++x, cmyk += 4, rgb += 3) {
        const int key = inverted ? cmyk[3] : 255 - cmyk[3];
        for (int c = 0; c < 3; ++c) {
            const int ink = inverted ? cmyk[c] : 255 - cmyk[c];
            const int product = ink * key + 128;
            rgb[c] = static_cast<std::uint8_t>((product + (product >> 8)) >> 8);
        }
    }
}

/// By how much a picture can be made smaller and still be at least as large as asked.
int reduction(const jpeg_decompress_struct& info, LeastSize least, int orientation) {
    if (least.height <= 0 || least.width <= 0)
        return 1;
    if (orientation >= 5) // turned on its side, or not, as the caller likes
        least.height = least.width = std::max(least.height, least.width);
    int factor = 8;
    while (factor > 1 && (static_cast<int>(info.image_height) / factor < least.height ||
                          static_cast<int>(info.image_width) / factor < least.width))
        factor /= 2;
    return factor;
}

/// The part that may jump out: holds nothing with a destructor.
bool decodeInto(jpeg_decompress_struct& info, JpegErrors& errors, const std::uint8_t* bytes, std::size_t size,
                Image& image, std::vector<std::uint8_t>& row, int& orientation, bool& tooLarge, LeastSize least) {
    if (setjmp(errors.escape))
        return false;
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, bytes, static_cast<unsigned long>(size));
    jpeg_save_markers(&info, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(&info, TRUE);
    if (isTooLarge(info.image_height, info.image_width, info.num_components)) {
        tooLarge = true;
        return false;
    }
    for (jpeg_saved_marker_ptr marker = info.marker_list; marker; marker = marker->next) {
        if (marker->marker == JPEG_APP0 + 1 && marker->data_length > 6 && std::memcmp(marker->data, "Exif\0\0", 6) == 0)
            orientation = exifOrientation(marker->data + 6, marker->data_length - 6);
    }
    const bool fourInks = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
    info.out_color_space = fourInks ? JCS_CMYK : info.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
    info.scale_denom = static_cast<unsigned>(reduction(info, least, orientation));
    jpeg_start_decompress(&info);
    image = Image(static_cast<int>(info.output_height), static_cast<int>(info.output_width),
                  fourInks ? 3 : info.output_components);
    if (fourInks)
        row.resize(static_cast<std::size_t>(info.output_width) * 4);
    while (info.output_scanline < info.output_height) {
        std::uint8_t* target = image.row(static_cast<int>(info.output_scanline));
        JSAMPROW rows[1] = {fourInks ? row.data() : target};
        jpeg_read_scanlines(&info, rows, 1);
        if (fourInks)
            cmykToRgb(row.data(), target, image.width, info.saw_Adobe_marker != 0);
    }
    jpeg_finish_decompress(&info);
    return true;
}

bool readHeader(jpeg_decompress_struct& info, JpegErrors& errors, const std::uint8_t* bytes, std::size_t size) {
    if (setjmp(errors.escape))
        return false;
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, bytes, static_cast<unsigned long>(size));
    jpeg_read_header(&info, TRUE);
    return true;
}

} // namespace

bool jpegSize(const std::uint8_t* bytes, std::size_t size, int& height, int& width, int& channels) {
    jpeg_decompress_struct info{};
    JpegErrors errors;
    info.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = onError;
    errors.base.emit_message = onMessage;
    const bool good = readHeader(info, errors, bytes, size);
    if (good) {
        height = static_cast<int>(info.image_height);
        width = static_cast<int>(info.image_width);
        channels = info.jpeg_color_space == JCS_GRAYSCALE ? 1 : 3;
    }
    jpeg_destroy_decompress(&info);
    return good;
}

bool looksLikeJpeg(const std::uint8_t* bytes, std::size_t size) {
    return size >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF;
}

Result<Image> decodeJpeg(const std::uint8_t* bytes, std::size_t size, const std::string& name, int& orientation,
                         LeastSize least) {
    orientation = 1;
    jpeg_decompress_struct info{};
    JpegErrors errors;
    info.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = onError;
    errors.base.emit_message = onMessage;
    Image image;
    std::vector<std::uint8_t> row;
    bool tooLarge = false;
    const bool good = decodeInto(info, errors, bytes, size, image, row, orientation, tooLarge, least);
    jpeg_destroy_decompress(&info);
    if (good)
        return image;
    if (tooLarge)
        return badInput(name + " has more pixels than can be handled.");
    return badInput(name + " cannot be read as a JPEG: " + errors.message + ".");
}

} // namespace sightline
