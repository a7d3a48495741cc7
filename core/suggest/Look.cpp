// SPDX-License-Identifier: GPL-3.0-or-later
#include "suggest/Look.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <optional>

#include "data/PixelLook.h"
#include "suggest/MirrorTest.h"
#include "support/Luminance.h"
#include "support/Workers.h"

namespace sightline {

namespace {

/// What one image tells.
struct Seen {
    int height = 0, width = 0;
    bool grey = false, strokes = false;
    Thumb thumb;
};

/// Training images of every class, of each as many as there is room for, spread over its list.
std::vector<std::uint32_t> spread(const Dataset& dataset, std::size_t most) {
    std::vector<std::vector<std::uint32_t>> ofClass(dataset.classes.size());
    for (const std::uint32_t index : dataset.indices(Subset::Train))
        if (const int label = dataset.samples[index].label; label >= 0)
            ofClass[static_cast<std::size_t>(label)].push_back(index);
    const std::size_t each = std::max<std::size_t>(most / std::max<std::size_t>(ofClass.size(), 1), 2);
    std::vector<std::uint32_t> chosen;
    for (const std::vector<std::uint32_t>& all : ofClass) {
        const std::size_t count = std::min(each, all.size());
        for (std::size_t i = 0; i < count && chosen.size() < 2 * most; ++i)
            chosen.push_back(all[i * all.size() / count]);
    }
    return chosen;
}

/// Two grey levels far apart hold nine tenths of the pixels.
bool isStrokes(const std::vector<std::uint8_t>& grey) {
    std::array<std::size_t, 16> levels{};
    for (const std::uint8_t value : grey)
        ++levels[value / 16u];
    const auto largest = std::max_element(levels.begin(), levels.end()) - levels.begin();
    std::size_t near = 0, far = 0;
    for (std::ptrdiff_t level = 0; level < 16; ++level) {
        near += std::abs(level - largest) <= 1 ? levels[static_cast<std::size_t>(level)] : 0;
        far += std::abs(level - largest) >= 6 ? levels[static_cast<std::size_t>(level)] : 0;
    }
    return near * 2 > grey.size() && far * 50 > grey.size() && (near + far) * 100 > grey.size() * 85;
}

std::optional<Seen> seen(const Dataset& dataset, const Sample& sample) {
    const auto image = shownImage(dataset, sample);
    if (!image || image->height < 1)
        return std::nullopt;
    Seen one;
    one.height = image->height;
    one.width = image->width;
    one.grey = true;
    std::vector<std::uint8_t> grey(image->pixels.size() / 3);
    for (std::size_t i = 0; i < grey.size(); ++i) {
        const std::uint8_t *pixel = image->pixels.data() + 3 * i, red = pixel[0], green = pixel[1], blue = pixel[2];
        one.grey = one.grey && std::abs(red - green) <= 8 && std::abs(green - blue) <= 8;
        grey[i] = luminance(red, green, blue);
    }
    one.strokes = isStrokes(grey);
    Image plain(image->height, image->width, 1);
    plain.pixels = std::move(grey);
    const Image small = resized(plain, Thumb::kSide, Thumb::kSide, Interpolation::Box);
    one.thumb.values.assign(small.pixels.begin(), small.pixels.end());
    one.thumb.label = sample.label;
    return one;
}

int median(std::vector<int> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

bool isCharacter(const std::string& name) {
    return name.size() == 1 && std::isalnum(static_cast<unsigned char>(name[0])) != 0;
}

} // namespace

bool Look::mayFlip(double told) const {
    return !namesAreCharacters && told < mirrorLimit(looked);
}

Result<Look> look(const Dataset& dataset, int threads, std::stop_token stop, std::size_t most) {
    Look found;
    found.training = dataset.count(Subset::Train);
    found.validation = dataset.count(Subset::Validation);
    found.classes = dataset.classes.size();
    const std::vector<std::size_t> counts = dataset.countsPerClass(Subset::Train);
    for (const std::size_t count : counts) {
        found.largestClass = std::max(found.largestClass, count);
        if (count > 0)
            found.smallestClass = found.smallestClass == 0 ? count : std::min(found.smallestClass, count);
    }
    found.namesAreCharacters =
        !dataset.classes.empty() && std::all_of(dataset.classes.begin(), dataset.classes.end(), isCharacter);

    const std::vector<std::uint32_t> chosen = spread(dataset, most);
    std::vector<std::optional<Seen>> all(chosen.size());
    std::atomic<std::size_t> next{0};
    runOnThreads(threads, [&](int) {
        for (std::size_t i = next++; i < chosen.size() && !stop.stop_requested(); i = next++)
            all[i] = seen(dataset, dataset.samples[chosen[i]]);
    });
    if (stop.stop_requested())
        return cancelled();
    std::vector<int> heights, widths;
    std::vector<Thumb> thumbs;
    found.grey = true;
    for (std::optional<Seen>& one : all) {
        if (!one)
            continue;
        heights.push_back(one->height);
        widths.push_back(one->width);
        found.grey = found.grey && one->grey;
        found.strokes += one->strokes ? 1 : 0;
        thumbs.push_back(std::move(one->thumb));
    }
    found.looked = thumbs.size();
    if (thumbs.empty())
        return badInput("None of the images of " + dataset.root.string() + " that were looked at can be read.");
    found.strokes /= static_cast<double>(thumbs.size());
    found.height = median(heights);
    found.width = median(widths);
    const PixelLook pixels = lookAtPixels(dataset, dataset.pixels, stop);
    found.channels = pixels.channels;
    found.background = pixels.background;
    found.leftRight = mirrorTold(thumbs, Mirror::LeftRight);
    found.upsideDown = mirrorTold(thumbs, Mirror::UpsideDown);
    return found;
}

} // namespace sightline
