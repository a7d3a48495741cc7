// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Toys.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <mutex>
#include <optional>

#include "data/ToyRenderer.h"
#include "support/Files.h"
#include "support/Workers.h"

namespace sightline {

namespace {

constexpr std::array kSubsets{Subset::Train, Subset::Validation, Subset::Test};
constexpr std::uint64_t kStickerStream =
    16; // added to the stream's epoch: a sticker leaves the picture below as it was
constexpr std::uint64_t kClassStride = 1'000'000;

int countIn(const ToySettings& settings, Subset subset) {
    switch (subset) {
    case Subset::Train:
        return settings.train;
    case Subset::Validation:
        return settings.validation;
    case Subset::Test:
        break;
    }
    return settings.test;
}

ToyColor scaled(const ToyColor& color, double factor) {
    return {color.r * factor, color.g * factor, color.b * factor};
}

ToyColor backgroundColor(CounterRandom& random) {
    const double hue = random.uniform();
    const double saturation = random.uniform(0.05, 0.5);
    return toyHsv(hue, saturation, random.uniform(0.4, 0.92));
}

/// Gradient, planks, carpet, stripes or checker, turned a little.
void drawBackground(ToyLayer& canvas, CounterRandom& random) {
    const auto kind = random.below(5);
    const ToyColor first = backgroundColor(random);
    const ToyColor second = kind == 0 ? backgroundColor(random) : scaled(first, random.uniform(0.72, 0.9));
    const double angle = random.uniform(-0.6, 0.6);
    const double cosine = toyCosine(angle);
    const double sine = toySine(angle);
    const int size = canvas.size();
    const double tile = size * random.uniform(0.1, 0.22);
    for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x) {
            const double u = (x * cosine - y * sine + 2.0 * size) / tile;
            const double v = (x * sine + y * cosine + 2.0 * size) / tile;
            const int column = static_cast<int>(u);
            const int row = static_cast<int>(v);
            double mix = 0;
            switch (kind) {
            case 0:
                mix = static_cast<double>(y) / size;
                break;
            case 1:
                mix = v - row < 0.07 ? 1.3 : 0.25 * ((row * 7) % 4);
                break;
            case 2:
                mix = random.uniform();
                break;
            case 3:
                mix = column % 2;
                break;
            default:
                mix = (column + row) % 2;
                break;
            }
            canvas.set(x, y,
                       {first.r + (second.r - first.r) * mix, first.g + (second.g - first.g) * mix,
                        first.b + (second.b - first.b) * mix});
        }
    }
}

/// One ball, block or wedge of `radius` pixels.
void drawClutter(ToyLayer& layer, CounterRandom& random, double x, double y, double radius) {
    const double hue = random.uniform();
    const double saturation = random.uniform(0.3, 0.9);
    const ToyColor color = toyHsv(hue, saturation, random.uniform(0.45, 0.95));
    const double angle = random.uniform(-1.5, 1.5);
    const double aspect = random.uniform(0.5, 1.0);
    const ToyPose pose{toyCosine(angle), toySine(angle), radius, x, y, false};
    switch (random.below(3)) {
    case 0:
        layer.fill(toyEllipse(0, 0, 1, 1), pose, color, 0.6);
        break;
    case 1:
        layer.fill(toyBlock(-1, -aspect, 1, aspect, 0.12), pose, color, 0.4);
        break;
    default:
        layer.fill({{0, -1}, {0.9, 0.7}, {-0.9, 0.7}}, pose, color, 0.4);
        break;
    }
}

ToyPose drawPose(int size, CounterRandom& random) {
    const double angle = random.uniform(-0.38, 0.38); // 22 degrees
    const double extent = size * random.uniform(0.55, 0.87);
    const double room = (size - extent * 0.9) * 0.9; // a little off the edges
    ToyPose pose;
    pose.cosine = toyCosine(angle);
    pose.sine = toySine(angle);
    pose.scale = extent / 2;
    pose.x = size * 0.5 + room * (random.uniform() - 0.5);
    pose.y = size * 0.5 + room * (random.uniform() - 0.5);
    pose.mirrored = random.below(2) == 1;
    return pose;
}

ToyBox visibleBox(const ToyLayer& toy, const ToyLayer& front) {
    int left = toy.size(), top = toy.size(), right = -1, bottom = -1;
    for (int y = 0; y < toy.size(); ++y) {
        for (int x = 0; x < toy.size(); ++x) {
            if (toy.alpha(x, y) * (1 - front.alpha(x, y)) < 0.25)
                continue;
            left = std::min(left, x);
            right = std::max(right, x);
            top = std::min(top, y);
            bottom = std::max(bottom, y);
        }
    }
    if (right < 0)
        return {};
    return {left, top, right - left + 1, bottom - top + 1};
}

/// Light from one side, brightness and grain, then bytes.
Image developed(const ToyLayer& canvas, CounterRandom& random) {
    const int size = canvas.size();
    const double brightness = random.uniform(0.75, 1.15);
    const double across = random.uniform(-0.35, 0.35);
    const double down = random.uniform(-0.35, 0.15);
    const double grain = random.uniform(0.01, 0.08);
    Image image(size, size, 3);
    const auto byte = [](double value) { return static_cast<std::uint8_t>(std::clamp(value, 0.0, 1.0) * 255 + 0.5); };
    for (int y = 0; y < size; ++y) {
        std::uint8_t* out = image.row(y);
        for (int x = 0; x < size; ++x, out += 3) {
            const double light = brightness * (1 + across * (static_cast<double>(x) / size - 0.5) +
                                               down * (static_cast<double>(y) / size - 0.5));
            const ToyColor color = scaled(canvas.color(x, y), light);
            const double red = random.uniform() + random.uniform() - 1;
            const double green = random.uniform() + random.uniform() - 1;
            const double blue = random.uniform() + random.uniform() - 1;
            out[0] = byte(color.r + grain * red);
            out[1] = byte(color.g + grain * green);
            out[2] = byte(color.b + grain * blue);
        }
    }
    return image;
}

struct Job {
    int toyClass = 0;
    Subset subset = Subset::Train;
    int index = 0;
};

std::vector<Job> jobsFor(const ToySettings& settings) {
    std::vector<Job> jobs;
    for (const Subset subset : kSubsets)
        for (int toyClass = 0; toyClass < static_cast<int>(toyClasses().size()); ++toyClass)
            for (int index = 0; index < countIn(settings, subset); ++index)
                jobs.push_back({toyClass, subset, index});
    return jobs;
}

/// train/car/car_0001.png
std::string pathOf(const Job& job) {
    const std::string& name = toyClasses()[static_cast<std::size_t>(job.toyClass)];
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), "%04d", job.index + 1);
    return std::string(nameOf(job.subset)) + "/" + name + "/" + name + "_" + number.data() + ".png";
}

Result<void> checked(const ToySettings& settings) {
    if (settings.size < 16 || settings.size > kLargestToy)
        return badInput("The toys' size must be 16 to " + std::to_string(kLargestToy) + " pixels, not " +
                        std::to_string(settings.size) + ".");
    for (const Subset subset : kSubsets) {
        const int count = countIn(settings, subset);
        if (count < 0 || count > 100'000)
            return badInput(std::string("The number of toys per class in ") + nameOf(subset) +
                            " must be 0 to 100000, not " + std::to_string(count) + ".");
    }
    if (!(settings.biased >= 0 && settings.biased <= 1))
        return badInput("The biased share of toys must be 0 to 1.");
    return {};
}

Result<void> makeFolders(const std::filesystem::path& folder, const ToySettings& settings) {
    for (const Subset subset : kSubsets) {
        if (countIn(settings, subset) == 0)
            continue;
        for (const std::string& name : toyClasses()) {
            if (auto made = makeFolder(folder / nameOf(subset) / name); !made)
                return made.error();
        }
    }
    return {};
}

/// A larger set drawn here earlier would leave images that boxes.csv no longer names. Only files named as toys are, and
/// only where boxes.csv says that toys were drawn.
void removeSurplus(const std::filesystem::path& folder, const ToySettings& settings) {
    std::error_code error;
    if (!std::filesystem::exists(folder / "boxes.csv", error))
        return;
    for (const Subset subset : kSubsets) {
        for (const std::string& name : toyClasses()) {
            const std::string prefix = name + "_";
            for (std::filesystem::directory_iterator entry(folder / nameOf(subset) / name, error), end;
                 !error && entry != end; entry.increment(error)) {
                const std::string file = entry->path().filename().string();
                int number = 0;
                const char* last = file.data() + file.size();
                if (!file.starts_with(prefix))
                    continue;
                const auto [stop, failed] = std::from_chars(file.data() + prefix.size(), last, number);
                if (failed == std::errc{} && std::string_view(stop, last) == ".png" &&
                    number > countIn(settings, subset)) {
                    std::error_code kept; // one that cannot be removed stays
                    std::filesystem::remove(entry->path(), kept);
                }
            }
        }
    }
}

/// What the drawing threads share.
struct Work {
    std::mutex mutex;
    std::atomic<std::size_t> next = 0;
    std::size_t done = 0;       // guarded by mutex
    std::optional<Error> error; // guarded by mutex
    std::vector<ToyBox> boxes;  // one writer an entry
};

} // namespace

const std::vector<std::string>& toyClasses() {
    static const std::vector<std::string> kClasses{"boat", "car", "duck", "robot", "train"};
    return kClasses;
}

Image drawToy(const ToySettings& settings, int toyClass, Subset subset, int index, ToyBox& box) {
    const auto stream = static_cast<std::uint64_t>(subset);
    const std::uint64_t number =
        static_cast<std::uint64_t>(toyClass) * kClassStride + static_cast<std::uint64_t>(index);
    CounterRandom random(settings.seed, RandomPurpose::Toys, stream, number);
    const int size = settings.size;
    ToyLayer canvas(size);
    drawBackground(canvas, random);
    const auto behind = random.below(5);
    for (std::uint64_t i = 0; i < behind; ++i) {
        const double x = random.uniform() * size;
        const double y = random.uniform() * size;
        drawClutter(canvas, random, x, y, size * random.uniform(0.05, 0.14));
    }

    const ToyPose pose = drawPose(size, random);
    ToyLayer toy(size);
    drawToyShape(toy, toyClass, pose, random);
    const int shadowX = static_cast<int>(random.uniform(-0.05, 0.05) * size);
    const int shadowY = static_cast<int>(random.uniform(0.01, 0.05) * size);
    canvas.castShadow(toy, shadowX, shadowY, std::max(1, size / 40), random.uniform(0.2, 0.55));
    canvas.composite(toy);

    ToyLayer front(size);
    if (random.below(5) < 2) {
        const double x = pose.x + pose.scale * random.uniform(-0.9, 0.9);
        const double y = pose.y + pose.scale * random.uniform(0.2, 0.9);
        drawClutter(front, random, x, y, pose.scale * random.uniform(0.15, 0.36));
    }
    CounterRandom stickers(settings.seed, RandomPurpose::Toys, stream + kStickerStream, number);
    if (subset == Subset::Train && stickers.uniform() < settings.biased) {
        drawToySticker(front, toyClass);
    }
    canvas.composite(front);
    box = visibleBox(toy, front);
    canvas.blur(random.uniform(0.0, 0.9));
    return developed(canvas, random);
}

Result<void> makeToys(const std::filesystem::path& folder, const ToySettings& settings, std::stop_token stop,
                      const Progress& progress) {
    if (auto fine = checked(settings); !fine)
        return fine.error();
    if (auto made = makeFolders(folder, settings); !made)
        return made.error();
    removeSurplus(folder, settings);
    const std::vector<Job> jobs = jobsFor(settings);
    Work work;
    work.boxes.resize(jobs.size());
    runOnThreads(2, [&](int) {
        for (std::size_t i = work.next++; i < jobs.size() && !stop.stop_requested(); i = work.next++) {
            const Job& job = jobs[i];
            const Image image = drawToy(settings, job.toyClass, job.subset, job.index, work.boxes[i]);
            auto written = writePng(folder / pathOf(job), image);
            const std::scoped_lock lock(work.mutex);
            if (!written && !work.error)
                work.error = written.error();
            if (work.error)
                return;
            ++work.done;
            if (progress)
                progress(work.done, jobs.size());
        }
    });
    if (work.error)
        return *work.error;
    if (stop.stop_requested())
        return cancelled();

    std::string rows = "path,class,x,y,width,height\n";
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const ToyBox& box = work.boxes[i];
        rows += pathOf(jobs[i]) + "," + toyClasses()[static_cast<std::size_t>(jobs[i].toyClass)];
        for (const int value : {box.x, box.y, box.width, box.height})
            rows += "," + std::to_string(value);
        rows += "\n";
    }
    return writeFileAtomically(folder / "boxes.csv", rows);
}

} // namespace sightline
