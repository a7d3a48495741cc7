// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/Color.h"

#include <opencv2/imgcodecs.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include "augment/Pointwise.h"
#include "data/ImageCodecs.h"
#include "support/Luminance.h"
#include "support/Random.h"

namespace sightline {

namespace {

/// Pillow's weights of its L, on floats.
float greyOf(const float* pixel) {
    return luminance(pixel[0], pixel[1], pixel[2]);
}

std::vector<float> gaussian(double deviation) {
    const int radius = static_cast<int>(4 * deviation + 0.5);
    std::vector<float> weights;
    double sum = 0;
    for (int k = -radius; k <= radius; ++k)
        sum += std::exp(-0.5 * k * k / (deviation * deviation));
    for (int k = -radius; k <= radius; ++k)
        weights.push_back(static_cast<float>(std::exp(-0.5 * k * k / (deviation * deviation)) / sum));
    return weights;
}

/// Where a whole coordinate beyond the border reads: d c b a | a b c d | d c b a.
int mirrored(int at, int extent) {
    const int period = 2 * extent;
    at = ((at % period) + period) % period;
    return at < extent ? at : period - 1 - at;
}

/// Along lines of `count` values `stride` apart.
void convolve(float* line, int count, std::size_t stride, const std::vector<float>& weights,
              std::vector<float>& padded) {
    const int radius = static_cast<int>(weights.size() / 2);
    padded.resize(static_cast<std::size_t>(count + 2 * radius));
    for (int i = -radius; i < count + radius; ++i)
        padded[static_cast<std::size_t>(i + radius)] = line[static_cast<std::size_t>(mirrored(i, count)) * stride];
    for (int i = 0; i < count; ++i) {
        float sum = 0;
        for (std::size_t k = 0; k < weights.size(); ++k)
            sum += weights[k] * padded[static_cast<std::size_t>(i) + k];
        line[static_cast<std::size_t>(i) * stride] = sum;
    }
}

} // namespace

void changeSaturation(FloatImage& image, double factor) {
    const auto share = static_cast<float>(factor);
    for (std::size_t i = 0; image.channels == 3 && i < image.pixels.size(); i += 3) {
        float* pixel = image.pixels.data() + i;
        const float grey = greyOf(pixel);
        for (int c = 0; c < 3; ++c)
            pixel[c] = std::clamp(grey + share * (pixel[c] - grey), 0.0f, 255.0f);
    }
}

void turnHue(FloatImage& image, double degrees) {
    const float turn =
        static_cast<float>(degrees / 60.0 - 6.0 * std::floor(degrees / 360.0)); // in sixths of the circle
    for (std::size_t i = 0; image.channels == 3 && i < image.pixels.size(); i += 3) {
        float* pixel = image.pixels.data() + i;
        const float most = std::max({pixel[0], pixel[1], pixel[2]}), least = std::min({pixel[0], pixel[1], pixel[2]});
        const float span = most - least;
        if (span <= 0)
            continue;
        float hue = most == pixel[0]   ? (pixel[1] - pixel[2]) / span
                    : most == pixel[1] ? 2 + (pixel[2] - pixel[0]) / span
                                       : 4 + (pixel[0] - pixel[1]) / span;
        hue += turn + 6; // above 0
        const auto channel = [&](float offset) {
            const float k = std::fmod(offset + hue, 6.0f);
            return most - span * std::clamp(std::min(k, 4.0f - k), 0.0f, 1.0f);
        };
        pixel[0] = channel(5);
        pixel[1] = channel(3);
        pixel[2] = channel(1);
    }
}

void blur(FloatImage& image, double deviation) {
    if (deviation < 0.125) // the weights' neighbours are all 0
        return;
    const std::vector<float> weights = gaussian(deviation);
    std::vector<float> padded;
    const auto channels = static_cast<std::size_t>(image.channels);
    for (int y = 0; y < image.height; ++y) {
        for (std::size_t c = 0; c < channels; ++c)
            convolve(image.row(y) + c, image.width, channels, weights, padded);
    }
    for (std::size_t x = 0; x < image.rowSize(); ++x)
        convolve(image.pixels.data() + x, image.height, image.rowSize(), weights, padded);
}

void addNoise(FloatImage& image, double deviation, std::uint32_t seed) {
    CounterRandom random(seed, RandomPurpose::Noise);
    for (float& value : image.pixels)
        value = std::clamp(value + static_cast<float>(deviation * random.normal()), 0.0f, 255.0f);
}

void compressAsJpeg(FloatImage& image, int quality) {
    if (image.channels != 1 && image.channels != 3) { // a JPEG has one or three
        const auto step = static_cast<std::size_t>(image.channels);
        for (std::size_t c = 0; c < step; ++c) {
            FloatImage plane(image.height, image.width, 1);
            for (std::size_t i = 0; i < plane.pixels.size(); ++i)
                plane.pixels[i] = image.pixels[i * step + c];
            compressAsJpeg(plane, quality);
            for (std::size_t i = 0; i < plane.pixels.size(); ++i)
                image.pixels[i * step + c] = plane.pixels[i];
        }
        return;
    }
    const bool color = image.channels == 3;
    Image bytes = toBytes(image);
    cv::Mat mat(bytes.height, bytes.width, color ? CV_8UC3 : CV_8UC1, bytes.pixels.data());
    const auto swap = [&bytes, color] { // OpenCV's order is blue, green, red
        for (std::size_t i = 0; color && i < bytes.pixels.size(); i += 3)
            std::swap(bytes.pixels[i], bytes.pixels[i + 2]);
    };
    swap();
    const Result<const ImageCodecs*> codecs = imageCodecs();
    std::vector<std::uint8_t> file;
    if (!codecs || !(*codecs)->encode(".jpg", mat, file, {cv::IMWRITE_JPEG_QUALITY, quality}))
        return; // only where there is no JPEG encoder at all
    (*codecs)->decode(cv::Mat(file), color ? cv::IMREAD_COLOR : cv::IMREAD_GRAYSCALE,
                      mat); // into the same memory: the size is equal
    swap();
    std::copy(bytes.pixels.begin(), bytes.pixels.end(), image.pixels.begin());
}

} // namespace sightline
