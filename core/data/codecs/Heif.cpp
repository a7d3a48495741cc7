// SPDX-License-Identifier: GPL-3.0-or-later
#include <libheif/heif.h>

#include <cstring>
#include <memory>

#include "Readers.h"

namespace sightline::codecs {

namespace {

struct Free {
    void operator()(heif_context* context) const { heif_context_free(context); }
    void operator()(heif_image_handle* handle) const { heif_image_handle_release(handle); }
    void operator()(heif_image* image) const { heif_image_release(image); }
    void operator()(heif_decoding_options* options) const { heif_decoding_options_free(options); }
};
template <typename Thing>
using Held = std::unique_ptr<Thing, Free>;

bool good(const heif_error& error) {
    return error.code == heif_error_Ok;
}

Held<heif_context> open(const CodecRequest& request) {
    Held<heif_context> context(heif_context_alloc());
    if (!context ||
        !good(heif_context_read_from_memory_without_copy(context.get(), request.bytes, request.size, nullptr)))
        return nullptr;
    return context;
}

int pagesOf(heif_context* context) {
    return heif_context_get_number_of_top_level_images(context);
}

/// The primary image is page 0; others follow in the file's order.
Held<heif_image_handle> imageOf(heif_context* context, int page) {
    heif_image_handle* handle = nullptr;
    heif_item_id primary = 0;
    if (!good(heif_context_get_primary_image_ID(context, &primary)))
        return nullptr;
    if (page == 0)
        return Held<heif_image_handle>(good(heif_context_get_image_handle(context, primary, &handle)) ? handle
                                                                                                      : nullptr);
    std::vector<heif_item_id> ids(static_cast<std::size_t>(pagesOf(context)));
    ids.resize(static_cast<std::size_t>(
        heif_context_get_list_of_top_level_image_IDs(context, ids.data(), static_cast<int>(ids.size()))));
    std::erase(ids, primary);
    const auto at = static_cast<std::size_t>(page - 1);
    const bool found = at < ids.size() && good(heif_context_get_image_handle(context, ids[at], &handle));
    return Held<heif_image_handle>(found ? handle : nullptr);
}

void fill(Raster& raster, const std::uint8_t* plane, int stride, int bits) {
    const std::size_t row = static_cast<std::size_t>(raster.width) * static_cast<std::size_t>(raster.channels);
    for (int y = 0; y < raster.height; ++y) {
        const std::uint8_t* source = plane + static_cast<std::ptrdiff_t>(stride) * y;
        const std::size_t at = static_cast<std::size_t>(y) * row;
        if (bits <= 8)
            std::memcpy(raster.bytes.data() + at, source, row);
        else
            for (std::size_t i = 0; i < row; ++i)
                raster.words[at + i] = static_cast<std::uint16_t>(source[2 * i] | source[2 * i + 1] << 8);
    }
    if (bits > 8)
        raster.most = (1 << bits) - 1;
}

} // namespace

bool readHeif(const CodecRequest& request, Raster& raster, std::string& fault) {
    fault = kDamaged;
    const Held<heif_context> context = open(request);
    if (!context)
        return false;
    if (request.page >= pagesOf(context.get())) {
        fault = noPage(pagesOf(context.get()), request.page);
        return false;
    }
    const Held<heif_image_handle> handle = imageOf(context.get(), request.page);
    if (!handle)
        return false;
    if (heif_image_handle_get_height(handle.get()) <= 0 || heif_image_handle_get_width(handle.get()) <= 0)
        return false; // what it takes would not be known before it is taken
    const int bits = heif_image_handle_get_luma_bits_per_pixel(handle.get());
    const bool alpha = heif_image_handle_has_alpha_channel(handle.get()) != 0, deep = bits > 8;
    const int channels = alpha ? 4 : 3;
    if (isTooLarge(heif_image_handle_get_height(handle.get()), heif_image_handle_get_width(handle.get()), channels,
                   deep ? 2 : 1)) {
        fault = kTooLarge;
        return false;
    }
    const Held<heif_decoding_options> options(heif_decoding_options_alloc());
    options->ignore_transformations = request.asStored;
    heif_image* decoded = nullptr;
    const heif_chroma chroma = deep ? (alpha ? heif_chroma_interleaved_RRGGBBAA_LE : heif_chroma_interleaved_RRGGBB_LE)
                                    : (alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB);
    const heif_error error = heif_decode_image(handle.get(), &decoded, heif_colorspace_RGB, chroma, options.get());
    const Held<heif_image> image(decoded);
    if (!good(error)) {
        if (error.code == heif_error_Unsupported_feature || error.code == heif_error_Unsupported_filetype)
            fault = "uses a compression that cannot be read; convert it to JPEG or PNG.";
        return false;
    }
    int stride = 0;
    const std::uint8_t* plane = heif_image_get_plane_readonly(image.get(), heif_channel_interleaved, &stride);
    const int height = heif_image_get_height(image.get(), heif_channel_interleaved),
              width = heif_image_get_width(image.get(), heif_channel_interleaved);
    const int depth = heif_image_get_bits_per_pixel_range(image.get(), heif_channel_interleaved);
    if (!plane || height <= 0 || width <= 0 || isTooLarge(height, width, channels, deep ? 2 : 1) ||
        static_cast<std::int64_t>(stride) < std::int64_t{width} * channels * (deep ? 2 : 1))
        return false;
    raster.allocate(height, width, channels, deep ? Raster::Kind::Words : Raster::Kind::Bytes);
    raster.alpha = alpha ? 3 : -1;
    fill(raster, plane, stride, deep ? std::max(depth, 9) : 8);
    return true;
}

bool heifHeader(const CodecRequest& request, ImageHeader& header) {
    const Held<heif_context> context = open(request);
    const Held<heif_image_handle> handle = context ? imageOf(context.get(), 0) : nullptr;
    if (!handle)
        return false;
    header.height = heif_image_handle_get_height(handle.get());
    header.width = heif_image_handle_get_width(handle.get());
    header.bits = std::max(8, heif_image_handle_get_luma_bits_per_pixel(handle.get()));
    header.transparent = heif_image_handle_has_alpha_channel(handle.get()) != 0;
    header.channels = header.transparent ? 4 : 3;
    header.pages = pagesOf(context.get());
    return header.height > 0 && header.width > 0;
}

} // namespace sightline::codecs
