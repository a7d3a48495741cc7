// SPDX-License-Identifier: GPL-3.0-or-later
#include <webp/decode.h>
#include <webp/demux.h>

#include <cstring>
#include <memory>

#include "Readers.h"
#include "data/Exif.h"

namespace sightline::codecs {

namespace {

struct CloseAnimation {
    void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
};
using Animation = std::unique_ptr<WebPAnimDecoder, CloseAnimation>;

/// The frames of a moving image one after the other; its canvas and their number in `info`.
Animation openAnimation(const CodecRequest& request, WebPAnimInfo& info) {
    WebPAnimDecoderOptions options;
    if (!WebPAnimDecoderOptionsInit(&options))
        return nullptr;
    options.color_mode = MODE_RGBA;
    const WebPData data{request.bytes, request.size};
    Animation animation(WebPAnimDecoderNew(&data, &options));
    return animation && WebPAnimDecoderGetInfo(animation.get(), &info) ? std::move(animation) : nullptr;
}

/// What the container alone says; nothing is decoded.
bool countFrames(const CodecRequest& request, ImageHeader& header) {
    const WebPData data{request.bytes, request.size};
    WebPDemuxer* demuxer = WebPDemux(&data);
    if (!demuxer)
        return false;
    header.width = static_cast<int>(WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH));
    header.height = static_cast<int>(WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT));
    header.pages = static_cast<int>(WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT));
    WebPDemuxDelete(demuxer);
    return header.width > 0 && header.height > 0;
}

int orientationOf(const CodecRequest& request) {
    const WebPData data{request.bytes, request.size};
    WebPDemuxer* demuxer = WebPDemux(&data);
    if (!demuxer)
        return 1;
    int orientation = 1;
    WebPChunkIterator chunk;
    if (WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk)) {
        const std::size_t skipped = chunk.chunk.size > 6 && std::memcmp(chunk.chunk.bytes, "Exif\0\0", 6) == 0 ? 6 : 0;
        orientation = exifOrientation(chunk.chunk.bytes + skipped, chunk.chunk.size - skipped);
        WebPDemuxReleaseChunkIterator(&chunk);
    }
    WebPDemuxDelete(demuxer);
    return orientation;
}

bool readFrame(const CodecRequest& request, Raster& raster, std::string& fault) {
    ImageHeader header;
    if (!countFrames(request, header))
        return false;
    if (isTooLarge(header.height, header.width, 12)) { // the canvas, the decoder's copy of it and ours
        fault = kTooLarge;
        return false;
    }
    if (request.page >= header.pages) {
        fault = noPage(header.pages, request.page);
        return false;
    }
    WebPAnimInfo info;
    const Animation animation = openAnimation(request, info);
    if (!animation)
        return false;
    std::uint8_t* frame = nullptr;
    for (int page = 0; page <= request.page; ++page) {
        int timestamp = 0;
        if (!WebPAnimDecoderGetNext(animation.get(), &frame, &timestamp))
            return false;
    }
    raster.allocate(static_cast<int>(info.canvas_height), static_cast<int>(info.canvas_width), 4, Raster::Kind::Bytes);
    std::memcpy(raster.bytes.data(), frame, raster.bytes.size());
    raster.alpha = 3;
    return true;
}

} // namespace

bool readWebP(const CodecRequest& request, Raster& raster, std::string& fault) {
    fault = kDamaged;
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(request.bytes, request.size, &features) != VP8_STATUS_OK)
        return false;
    if (features.has_animation)
        return readFrame(request, raster, fault);
    const int channels = features.has_alpha ? 4 : 3;
    if (isTooLarge(features.height, features.width, channels)) {
        fault = kTooLarge;
        return false;
    }
    if (request.page > 0) {
        fault = noPage(1, request.page);
        return false;
    }
    raster.allocate(features.height, features.width, channels, Raster::Kind::Bytes);
    raster.alpha = features.has_alpha ? 3 : -1;
    raster.orientation = orientationOf(request);
    const int stride = features.width * channels;
    const auto decode = features.has_alpha ? WebPDecodeRGBAInto : WebPDecodeRGBInto;
    return decode(request.bytes, request.size, raster.bytes.data(), raster.bytes.size(), stride) != nullptr;
}

bool webPHeader(const CodecRequest& request, ImageHeader& header) {
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(request.bytes, request.size, &features) != VP8_STATUS_OK)
        return false;
    header.height = features.height;
    header.width = features.width;
    header.transparent = features.has_alpha != 0;
    header.channels = features.has_alpha ? 4 : 3;
    return !features.has_animation || countFrames(request, header);
}

} // namespace sightline::codecs
