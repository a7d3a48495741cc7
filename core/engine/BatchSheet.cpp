// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/BatchSheet.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <utility>

#include "support/Csv.h"

namespace sightline {

namespace {

constexpr std::size_t kMostImages = 256;
constexpr int kSide = 128;              ///< pixels of an image's longer side
constexpr int kGap = 12, kLine = 15;    ///< pixels between two tiles, and from line to line
constexpr int kLines = 3, kAscent = 11; ///< of a tile's words
constexpr double kLetters = 0.4;        ///< of the font's size
constexpr auto kFont = cv::FONT_HERSHEY_SIMPLEX;

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char letter) { return letter >= ' ' && letter <= '~'; });
}

std::string number(const char* format, double value) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

/// The classes in letters that a picture can have.
std::vector<std::string> drawable(std::vector<std::string> classes) {
    for (std::size_t i = 0; i < classes.size(); ++i)
        if (!isAscii(classes[i]))
            classes[i] = "class " + std::to_string(i);
    return classes;
}

int widthOf(const std::string& text) {
    int baseline = 0;
    return cv::getTextSize(text, kFont, kLetters, 1, &baseline).width;
}

std::string elided(std::string text, int width) {
    if (widthOf(text) <= width)
        return text;
    while (!text.empty() && widthOf(text + "...") > width)
        text.pop_back();
    return text + "...";
}

/// Small ones are enlarged pixel by pixel.
cv::Mat sized(const GivenImage& image, const GivenBatch& batch) {
    const cv::Mat pixels(batch.height, batch.width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data()));
    const double factor = static_cast<double>(kSide) / std::max(batch.height, batch.width);
    const cv::Size size(std::max(1, static_cast<int>(std::lround(batch.width * factor))),
                        std::max(1, static_cast<int>(std::lround(batch.height * factor))));
    cv::Mat tile;
    cv::resize(pixels, tile, size, 0, 0, factor < 1 ? cv::INTER_AREA : cv::INTER_NEAREST);
    return tile;
}

void drawTile(cv::Mat& sheet, cv::Point corner, const GivenImage& image, const GivenBatch& batch,
              const std::vector<std::string>& classes) {
    const cv::Mat pixels = sized(image, batch);
    const cv::Point inset((kSide - pixels.cols) / 2, (kSide - pixels.rows) / 2);
    pixels.copyTo(sheet(cv::Rect(corner + inset, pixels.size())));
    const std::string said = classNamed(classes, static_cast<std::size_t>(image.predicted));
    const std::array<std::string, kLines> lines{labelOf(image, classes), "loss " + number("%.3g", image.loss),
                                                said + " " + number("%.0f %%", 100 * image.probability)};
    const cv::Scalar black(32, 32, 32), green(20, 110, 50), red(190, 30, 30); // RGB
    for (int i = 0; i < kLines; ++i)
        cv::putText(sheet, elided(lines[static_cast<std::size_t>(i)], kSide),
                    corner + cv::Point(0, kSide + kAscent + 4 + i * kLine), kFont, kLetters,
                    i + 1 < kLines   ? black
                    : isRight(image) ? green
                                     : red,
                    1, cv::LINE_AA);
}

} // namespace

std::string classNamed(const std::vector<std::string>& classes, std::size_t number) {
    return number < classes.size() ? classes[number] : std::to_string(number);
}

std::string labelOf(const GivenImage& image, const std::vector<std::string>& classes) {
    std::vector<std::pair<double, std::size_t>> shares;
    for (std::size_t i = 0; i < image.target.size(); ++i)
        if (const auto share = static_cast<double>(image.target[i]); share > 0.001)
            shares.emplace_back(share, i);
    std::stable_sort(shares.begin(), shares.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    if (!shares.empty() && shares.front().first > 0.999)
        return classNamed(classes, shares.front().second);
    std::string label;
    for (const auto& [share, of] : shares)
        label += (label.empty() ? "" : ", ") + number("%.0f %% ", 100 * share) + classNamed(classes, of);
    return label;
}

bool isRight(const GivenImage& image) {
    const auto largest = std::max_element(image.target.begin(), image.target.end());
    return largest - image.target.begin() == image.predicted;
}

void sortByLoss(GivenBatch& batch) {
    std::stable_sort(batch.images.begin(), batch.images.end(),
                     [](const GivenImage& a, const GivenImage& b) { return a.loss > b.loss; });
}

Image batchSheet(const GivenBatch& batch, const std::vector<std::string>& classes) {
    const int count = static_cast<int>(std::min(batch.images.size(), kMostImages));
    if (count == 0)
        return {};
    const std::vector<std::string> names = drawable(classes);
    const int columns = static_cast<int>(std::ceil(std::sqrt(static_cast<double>(count))));
    const int rows = (count + columns - 1) / columns, height = kSide + kLines * kLine + 4;
    Image picture(rows * (height + kGap) + kGap, columns * (kSide + kGap) + kGap, 3);
    cv::Mat sheet(picture.height, picture.width, CV_8UC3, picture.pixels.data());
    sheet.setTo(cv::Scalar::all(255));
    for (int i = 0; i < count; ++i)
        drawTile(sheet, {kGap + i % columns * (kSide + kGap), kGap + i / columns * (height + kGap)},
                 batch.images[static_cast<std::size_t>(i)], batch, names);
    return picture;
}

std::string batchTable(const GivenBatch& batch, const std::vector<std::string>& classes) {
    std::string table = "path,label,loss,predicted,probability\n";
    for (const GivenImage& image : batch.images)
        table += csvCell(image.path) + "," + csvCell(labelOf(image, classes)) + "," + number("%.9g", image.loss) + "," +
                 csvCell(classNamed(classes, static_cast<std::size_t>(image.predicted))) + "," +
                 number("%.9g", image.probability) + "\n";
    return table;
}

} // namespace sightline
