// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>

#include "Test.h"
#include "data/Dataset.h"
#include "support/Json.h"
#include "support/Random.h"

using namespace sightline;

class TestResize : public Test {
    Q_OBJECT
    Json m_golden;

    static Image transposed(const Image& image) {
        Image out(image.width, image.height, 1);
        for (int y = 0; y < image.height; ++y) {
            for (int x = 0; x < image.width; ++x)
                out.row(x)[y] = image.row(y)[x];
        }
        return out;
    }

private Q_SLOTS:
    void initTestCase() {
        const auto golden = readJsonFile(std::filesystem::path(SIGHTLINE_GOLDEN_DIR) / "keras.json");
        QVERIFY(golden.ok());
        m_golden = *golden;
        QVERIFY(!m_golden["pil_nearest"].empty() && !m_golden["pil_resize_u8"]["cases"].empty());
    }

    void nearestPicksPillowsColumnsAndRows() {
        for (const Json& item : m_golden["pil_nearest"]) {
            const int source = item["src"], target = item["dst"];
            Image row(1, source, 1), column(source, 1, 1);
            for (int i = 0; i < source; ++i)
                row.pixels[static_cast<std::size_t>(i)] = column.pixels[static_cast<std::size_t>(i)] =
                    static_cast<std::uint8_t>(i % 251);
            std::vector<std::uint8_t> expected;
            for (const Json& index : item["table"])
                expected.push_back(static_cast<std::uint8_t>(index.get<int>() % 251));
            QCOMPARE(resized(row, 1, target, Interpolation::Nearest).pixels, expected);
            QCOMPARE(resized(column, target, 1, Interpolation::Nearest).pixels, expected);
        }
    }

    void everyFilterIsPillowsToTheBit() {
        const std::map<std::string, Interpolation> filters{{"bilinear", Interpolation::Bilinear},
                                                           {"bicubic", Interpolation::Bicubic},
                                                           {"lanczos", Interpolation::Lanczos},
                                                           {"box", Interpolation::Box},
                                                           {"hamming", Interpolation::Hamming}};
        const auto imageOf = [](const Json& rows) {
            Image image(static_cast<int>(rows.size()), static_cast<int>(rows[0].size()), 1);
            std::size_t at = 0;
            for (const Json& row : rows) {
                for (const Json& value : row)
                    image.pixels[at++] = value.get<std::uint8_t>();
            }
            return image;
        };
        const Image source = imageOf(m_golden["pil_resize_u8"]["image"]);
        for (const Json& item : m_golden["pil_resize_u8"]["cases"]) {
            const int width = item["size_wh"][0], height = item["size_wh"][1];
            const Image expected = imageOf(item["out"]);
            const Image actual = resized(source, height, width, filters.at(item["filter"].get<std::string>()));
            QVERIFY2(actual == expected, item["filter"].get<std::string>().c_str());
        }
    }

    void keptAspectCropsTheCentreBox() {
        Image image(2, 6, 1);
        image.pixels = {0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15};
        DataSettings crop;
        crop.imageHeight = crop.imageWidth = 2;
        crop.fit = Fit::Crop;
        crop.interpolation = Interpolation::Nearest;
        QCOMPARE(fitted(image, crop).pixels, (std::vector<std::uint8_t>{2, 3, 12, 13}));
    }

    void everyWayThroughTheImageGivesTheSameBytes() {
        // Grey rows are summed number by number; colours and columns by instructions for pairs. All must agree.
        CounterRandom random(3, RandomPurpose::Test);
        for (const auto& [height, width, newHeight, newWidth] : {std::array{37, 53, 16, 21}, std::array{9, 7, 40, 33},
                                                                 std::array{5, 64, 5, 1}, std::array{120, 3, 7, 50}}) {
            Image colours(height, width, 3);
            for (std::uint8_t& value : colours.pixels)
                value = static_cast<std::uint8_t>(random.below(3) == 0 ? 255 * random.below(2) : random.below(256));
            for (const auto filter : {Interpolation::Bilinear, Interpolation::Bicubic, Interpolation::Lanczos,
                                      Interpolation::Box, Interpolation::Hamming}) {
                const Image small = resized(colours, newHeight, newWidth, filter);
                for (int c = 0; c < 3; ++c) {
                    Image grey(height, width, 1);
                    for (std::size_t i = 0; i < grey.pixels.size(); ++i)
                        grey.pixels[i] = colours.pixels[3 * i + static_cast<std::size_t>(c)];
                    const Image one = transposed(
                        resized(transposed(resized(grey, height, newWidth, filter)), newWidth, newHeight, filter));
                    for (std::size_t i = 0; i < one.pixels.size(); ++i)
                        QCOMPARE(int(small.pixels[3 * i + static_cast<std::size_t>(c)]), int(one.pixels[i]));
                }
            }
        }
    }

    void onePixelGrowsIntoAFlatImage() {
        Image image(1, 1, 3);
        image.pixels = {7, 8, 9};
        for (const auto filter : {Interpolation::Nearest, Interpolation::Bilinear, Interpolation::Lanczos}) {
            const Image big = resized(image, 3, 5, filter);
            QCOMPARE(big.pixels.size(), std::size_t{45});
            for (std::size_t i = 0; i < big.pixels.size(); ++i)
                QCOMPARE(int(big.pixels[i]), int(7 + i % 3));
        }
    }
};

QTEST_GUILESS_MAIN(TestResize)
#include "tst_Resize.moc"
