// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "data/ObjectBoxes.h"
#include "engine/explain/Passes.h"
#include "engine/explain/SplitPass.h"
#include "support/Words.h"

namespace sightline::engine {

namespace {

/// A box in shares of what the network sees of an image of this size.
Region seenPart(const Box& box, int height, int width, const DataSettings& data) {
    double x = 0, y = 0, w = width, h = height; // what is seen, in pixels of the image
    const double aspect = static_cast<double>(data.imageWidth) / data.imageHeight;
    const bool isWide = w > h * aspect;
    if (data.fit == Fit::Crop)
        (isWide ? w : h) = isWide ? h * aspect : w / aspect;
    else if (data.fit == Fit::Pad)
        (isWide ? h : w) = isWide ? w / aspect : h * aspect;
    x = (width - w) / 2;
    y = (height - h) / 2;
    return {(box.x - x) / w, (box.y - y) / h, (box.x + box.width - x) / w, (box.y + box.height - y) / h};
}

/// The objects of a data set's images as the network sees them.
class SeenObjects {
public:
    SeenObjects(const RunSplit& split, ObjectBoxes boxes) : m_split(split), m_boxes(std::move(boxes)) {}

    std::vector<Region> of(std::uint32_t index) {
        const Sample& sample = m_split.data.dataset.samples[index];
        const auto boxes = m_boxes.find(sample.path);
        if (boxes == m_boxes.end())
            return {};
        // Boxes are of the image as it is shown, which its header does not tell.
        const auto image = m_split.data.dataset.source->decoded(sample, m_split.experiment.data.pixels);
        if (!image)
            return {};
        std::vector<Region> regions;
        for (const Box& box : boxes->second) {
            const bool isInside = box.width > 0 && box.height > 0 && box.x < image->width && box.y < image->height &&
                                  box.x + box.width > 0 && box.y + box.height > 0;
            if (isInside)
                regions.push_back(seenPart(box, image->height, image->width, m_split.experiment.data));
        }
        if (regions.empty())
            m_outside.push_back(sample.path);
        return regions;
    }
    const std::vector<std::string>& outside() const { return m_outside; }

private:
    const RunSplit& m_split;
    ObjectBoxes m_boxes;
    std::vector<std::string> m_outside;
};

struct ImageHeat {
    std::string path;
    std::size_t truth = 0;
    HeatShares shares;
};

double shareIn(const HeatShares& shares, HeatPlace place) {
    if (place == HeatPlace::OutsideObject)
        return 1 - shares.inBox.value_or(1);
    return place == HeatPlace::Border
               ? shares.border
               : shares.corners[static_cast<std::size_t>(place) - static_cast<std::size_t>(HeatPlace::TopLeft)];
}

std::vector<std::string> mostIn(std::vector<ImageHeat> images, const HeatHint& hint, std::size_t most) {
    std::erase_if(images, [&](const ImageHeat& image) { return image.truth != hint.classIndex; });
    std::stable_sort(images.begin(), images.end(), [&](const ImageHeat& a, const ImageHeat& b) {
        return shareIn(a.shares, hint.place) > shareIn(b.shares, hint.place);
    });
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < std::min(most, images.size()); ++i)
        paths.push_back(images[i].path);
    return paths;
}

struct SplitReport {
    HeatMapsOfSplit maps;
    std::vector<ClassHeat> classes;
    std::vector<MapsHint> hints;
};

Result<SplitReport> reported(const Asked& asked, const MapsReportQuestion& question, const std::string& split,
                             std::size_t perClass, SeenObjects& objects, const Asking& asking) {
    HeatSummary summary(asked.model().classes);
    std::vector<ImageHeat> images;
    HeatMapsQuestion maps;
    maps.split = split;
    maps.dataPath = question.dataPath;
    maps.method = question.method;
    maps.layer = question.layer;
    maps.target = "true";
    maps.mostPerClass = perClass;
    maps.each = [&](SplitHeatMap&& one) -> Result<void> {
        const auto truth = static_cast<std::size_t>(one.truth);
        if (const auto shares = heatShares(one.map.map, objects.of(one.sample))) {
            summary.add(truth, one.map.map, *shares);
            images.push_back({one.path, truth, *shares});
        }
        return {};
    };
    auto all = answer(asked, maps, asking);
    if (!all)
        return all.error();
    SplitReport report{std::move(*all), summary.classes(), {}};
    for (const HeatHint& hint : heatHints(report.classes))
        report.hints.push_back({hint, report.maps.split, mostIn(images, hint, question.imagesPerHint)});
    return report;
}

BoxCount boxesIn(const std::vector<ClassHeat>& classes) {
    BoxCount count;
    for (const ClassHeat& heat : classes) {
        count.boxed += heat.boxed;
        count.images += heat.images;
    }
    return count;
}

/// How many of them are looked at besides.
std::size_t trainingImages(const RunSplit& split, const MapsReportQuestion& question) {
    std::size_t images = 0;
    if (split.subset != Subset::Train)
        for (const std::size_t count : split.data.dataset.countsPerClass(Subset::Train))
            images += std::min(count, question.trainImagesPerClass);
    return images;
}

} // namespace

Result<MapsReport> answer(const Asked& asked, const MapsReportQuestion& question, const Asking& asking) {
    const Result<RunSplit> split = openSplit(asked, question.split, question.dataPath, asking);
    if (!split)
        return split.error();
    auto boxes = objectBoxes(split->data.dataset, asking.stop);
    if (!boxes)
        return boxes.error();
    SeenObjects objects(*split, std::move(boxes->boxes));
    const std::size_t images = split->data.dataset.count(split->subset), training = trainingImages(*split, question);
    Passes passes(asking, images + training);
    auto own = reported(asked, question, nameOf(split->subset), 0, objects, passes.next(images));
    if (!own)
        return own.error();
    MapsReport report;
    report.split = own->maps.split;
    report.classes = std::move(own->classes);
    report.hints = std::move(own->hints);
    report.boxes = boxesIn(report.classes);
    report.images = own->maps.images;
    report.empty = own->maps.empty;
    report.skipped = std::move(own->maps.skipped);
    if (training > 0) {
        auto learned = reported(asked, question, "train", question.trainImagesPerClass, objects, passes.next(training));
        if (!learned)
            return learned.error();
        report.trainingBoxes = boxesIn(learned->classes);
        for (MapsHint& hint : learned->hints)
            if (std::none_of(report.hints.begin(), report.hints.end(),
                             [&](const MapsHint& known) { return known.hint.classIndex == hint.hint.classIndex; }))
                report.hints.push_back(std::move(hint));
    }
    passes.end();
    report.notes = std::move(boxes->notes);
    if (const auto& outside = objects.outside(); !outside.empty())
        report.notes.push_back("The boxes of " + counted(outside.size(), "image") +
                               " lie outside the image and are not used: " + listed(outside) + ".");
    if (report.images == 0)
        return badInput("None of the " + report.split + " images gives a heat map" +
                        (report.skipped.empty() ? "." : ": " + report.skipped.front()));
    return report;
}

} // namespace sightline::engine
