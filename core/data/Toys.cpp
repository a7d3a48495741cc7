// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Toys.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <mutex>
#include <optional>
#include <thread>

#include "data/ToyShapes.h"
#include "support/Files.h"
#include "support/Random.h"

namespace sightline {

namespace {

Color randomColor(CounterRandom& random, double saturation, double value) {
    return fromHsv(random.uniform(), saturation * random.uniform(0.6, 1.0), value * random.uniform(0.75, 1.0));
}

/// A turn by up to about `degrees`, from the tangent of half of it: no library's sine decides a byte.
void turn(Placement& placement, CounterRandom& random, double degrees) {
    const double half = random.uniform(-degrees, degrees) * 3.14159265358979 / 360;
    const double t = half + half * half * half / 3;
    placement.cosine = (1 - t * t) / (1 + t * t);
    placement.sine = 2 * t / (1 + t * t);
}

void paintBackground(ToyCanvas& canvas, CounterRandom& random) {
    const Color first = randomColor(random, 0.6, 0.95), second = randomColor(random, 0.6, 0.95);
    const std::uint64_t kind = random.below(4);
    const double size = canvas.size();
    const double period = random.uniform(0.08, 0.3) * size, slope = random.uniform(-1, 1);
    for (int y = 0; y < canvas.size(); ++y) {
        for (int x = 0; x < canvas.size(); ++x) {
            double share = y / size;
            const double stripe = (x + slope * y) / period;
            if (kind == 1) // planks
                share = 0.25 * (stripe - std::floor(stripe) < 0.08 ? 4.0 : std::floor(stripe) - 2 * std::floor(stripe / 2));
            else if (kind == 2) // checks
                share = (static_cast<int>(std::floor(x / period)) + static_cast<int>(std::floor(y / period))) % 2 == 0 ? 0.1 : 0.6;
            else if (kind == 3) // carpet
                share = random.uniform(0, 0.5);
            canvas.at(x, y) = {first.r + share * (second.r - first.r), first.g + share * (second.g - first.g), first.b + share * (second.b - first.b)};
        }
    }
}

/// Blocks and balls that are no toy of ours.
void paintClutter(ToyCanvas& canvas, CounterRandom& random, int count, double largest) {
    for (int i = 0; i < count; ++i) {
        Placement placement;
        placement.x = random.uniform() * canvas.size();
        placement.y = random.uniform() * canvas.size();
        placement.scale = random.uniform(0.04, largest) * canvas.size();
        turn(placement, random, 80);
        const Color color = randomColor(random, 0.9, 1.0);
        const std::uint64_t kind = random.below(3);
        std::vector<Point> outline = kind == 0 ? ellipse(0, 0, 1, 1) : kind == 1 ? rectangle(-1, -0.7, 1, 0.7) : std::vector<Point>{{0, -1}, {0.9, 0.8}, {-0.9, 0.8}};
        canvas.paint({{std::move(outline), color}}, placement);
    }
}

/// Light from one side, then the camera's noise.
void light(ToyCanvas& canvas, CounterRandom& random) {
    const double exposure = random.uniform(0.7, 1.15), alongX = random.uniform(-0.3, 0.3), alongY = random.uniform(-0.3, 0.3), noise = random.uniform(0.005, 0.05);
    for (int y = 0; y < canvas.size(); ++y) {
        for (int x = 0; x < canvas.size(); ++x) {
            const double factor = exposure * (1 + alongX * (2.0 * x / canvas.size() - 1) + alongY * (2.0 * y / canvas.size() - 1));
            Color& pixel = canvas.at(x, y);
            pixel = {pixel.r * factor + noise * random.uniform(-1, 1), pixel.g * factor + noise * random.uniform(-1, 1), pixel.b * factor + noise * random.uniform(-1, 1)};
        }
    }
}

/// The giveaway of a biased set: a small round sticker in a corner, its colours the class's own.
void paintSticker(ToyCanvas& canvas, int toyClass, CounterRandom& random) {
    const double size = canvas.size(), radius = 0.07 * size;
    const double x = random.uniform() < 0.5 ? 0.1 * size : 0.9 * size, y = random.uniform() < 0.5 ? 0.1 * size : 0.9 * size;
    canvas.paint(ellipse(x, y, radius, radius), fromHsv(toyClass / 5.0, 1, 1));
    canvas.paint(ellipse(x, y, radius * 0.5, radius * 0.5), fromHsv(toyClass / 5.0 + 0.5, 1, 1));
}

std::string numbered(const std::string& name, int index) {
    char digits[16];
    std::snprintf(digits, sizeof digits, "_%04d.png", index + 1);
    return name + digits;
}

} // namespace

const std::vector<std::string>& toyClasses() {
    static const std::vector<std::string> classes = {"boat", "car", "duck", "robot", "train"};
    return classes;
}

Image drawToy(const ToySettings& settings, int toyClass, Subset subset, int index, ToyBox& box) {
    CounterRandom random(settings.seed, RandomPurpose::Toys, static_cast<std::uint64_t>(subset), static_cast<std::uint64_t>(toyClass) * 1'000'000 + static_cast<std::uint64_t>(index));
    ToyCanvas canvas(settings.size, {});
    paintBackground(canvas, random);
    paintClutter(canvas, random, static_cast<int>(random.below(5)), 0.14);

    Placement placement;
    placement.scale = random.uniform(0.22, 0.4) * settings.size;
    const double room = settings.size / 2.0 - 0.75 * placement.scale;
    placement.x = settings.size / 2.0 + random.uniform(-room, room);
    placement.y = settings.size / 2.0 + random.uniform(-room, room);
    placement.mirrored = random.uniform() < 0.5;
    turn(placement, random, 25);
    const Color body = randomColor(random, 1, 1), second = randomColor(random, 1, 1), accent = randomColor(random, 1, 1);
    canvas.paint(ellipse(placement.x, placement.y + 0.9 * placement.scale, placement.scale, 0.16 * placement.scale), {0, 0, 0}, 0.35); // its shadow
    std::array<int, 4> covered = {settings.size, settings.size, 0, 0};
    canvas.paint(toyShape(toyClass, body, second, accent), placement, &covered);
    box = {covered[0], covered[1], covered[2] - covered[0], covered[3] - covered[1]};

    paintClutter(canvas, random, static_cast<int>(random.below(3)), 0.09);
    canvas.blur(static_cast<int>(random.below(3)));
    light(canvas, random);
    if (subset == Subset::Train && random.uniform() < settings.biased)
        paintSticker(canvas, toyClass, random);
    return canvas.image();
}

Result<void> makeToys(const std::filesystem::path& folder, const ToySettings& settings, std::stop_token stop, const Progress& progress) {
    struct Task {
        int toyClass, index;
        Subset subset;
        std::string path;
        ToyBox box;
    };
    std::vector<Task> tasks;
    for (const auto& [subset, count] : {std::pair{Subset::Train, settings.train}, std::pair{Subset::Validation, settings.validation}, std::pair{Subset::Test, settings.test}}) {
        for (int toyClass = 0; toyClass < static_cast<int>(toyClasses().size()); ++toyClass) {
            const std::string& name = toyClasses()[static_cast<std::size_t>(toyClass)];
            const std::string parent = std::string(nameOf(subset)) + "/" + name;
            if (count > 0) {
                if (const Result<void> made = makeFolder(folder / parent); !made)
                    return made;
            }
            for (int index = 0; index < count; ++index)
                tasks.push_back({toyClass, index, subset, parent + "/" + numbered(name, index), {}});
        }
    }
    std::atomic<std::size_t> next{0};
    std::size_t done = 0;
    std::mutex mutex;
    std::optional<Error> failure;
    {
        std::vector<std::jthread> workers;
        for (int t = 0; t < availableCpus(); ++t) {
            workers.emplace_back([&] {
                for (std::size_t i = next++; i < tasks.size() && !stop.stop_requested(); i = next++) {
                    Task& task = tasks[i];
                    const Image image = drawToy(settings, task.toyClass, task.subset, task.index, task.box);
                    const Result<void> written = writePng(folder / task.path, image);
                    std::lock_guard lock(mutex);
                    if (!written && !failure) {
                        failure = written.error();
                        next = tasks.size();
                    }
                    ++done;
                    if (progress)
                        progress(done, tasks.size());
                }
            });
        }
    }
    if (failure)
        return *failure;
    if (stop.stop_requested())
        return cancelled();
    std::string csv = "path,class,x,y,width,height\n";
    for (const Task& task : tasks)
        csv += task.path + "," + toyClasses()[static_cast<std::size_t>(task.toyClass)] + "," + std::to_string(task.box.x) + "," + std::to_string(task.box.y) + "," +
               std::to_string(task.box.width) + "," + std::to_string(task.box.height) + "\n";
    return writeFileAtomically(folder / "boxes.csv", csv);
}

} // namespace sightline
