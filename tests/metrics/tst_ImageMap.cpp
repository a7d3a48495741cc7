// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>

#include "Test.h"
#include "metrics/ImageMap.h"
#include "support/Random.h"

using namespace sightline;

namespace {

/// `classes` heaps of `each` points in `dimensions`, centres `apart` deviations from each other.
FloatArray heaps(int classes, int each, int dimensions, double apart) {
    FloatArray features;
    features.shape = {classes * each, dimensions};
    CounterRandom random(5, RandomPurpose::Test);
    std::vector<std::vector<double>> centres(static_cast<std::size_t>(classes));
    for (auto& centre : centres)
        for (int d = 0; d < dimensions; ++d)
            centre.push_back(random.normal() * apart / std::sqrt(2.0 * dimensions));
    for (int i = 0; i < classes * each; ++i)
        for (int d = 0; d < dimensions; ++d)
            features.values.push_back(static_cast<float>(
                centres[static_cast<std::size_t>(i % classes)][static_cast<std::size_t>(d)] + random.normal() / 8));
    return features;
}

/// Share of images whose nearest image on the map is of the same heap.
double purity(const std::vector<MapPoint>& map, int classes) {
    int same = 0;
    for (std::size_t i = 0; i < map.size(); ++i) {
        std::size_t best = i;
        float least = std::numeric_limits<float>::max();
        for (std::size_t j = 0; j < map.size(); ++j) {
            const float distance = std::hypot(map[i][0] - map[j][0], map[i][1] - map[j][1]);
            if (j != i && distance < least) {
                least = distance;
                best = j;
            }
        }
        same += static_cast<int>(best) % classes == static_cast<int>(i) % classes ? 1 : 0;
    }
    return static_cast<double>(same) / static_cast<double>(map.size());
}

} // namespace

class ImageMapTest : public Test {
    Q_OBJECT

private Q_SLOTS:
    void whatIsAlikeLiesTogether() {
        constexpr int kClasses = 6;
        const FloatArray features = heaps(kClasses, 40, 64, 3);
        const auto map = imageMap(features, 1);
        QVERIFY2(map.ok(), map ? "" : map.error().message.c_str());
        QCOMPARE(map->size(), std::size_t(240));
        QVERIFY2(purity(*map, kClasses) > 0.97, qPrintable(QString::number(purity(*map, kClasses))));
        for (const MapPoint& point : *map)
            for (const float value : point)
                QVERIFY(value >= 0 && value <= 1);
        QVERIFY(*imageMap(features, 1) == *map);
        QVERIFY(*imageMap(features, 2) != *map);
    }

    /// Rows that are a rotated and shifted ellipsoid: its axes are the components.
    void componentsAreTheDirectionsOfMostSpread() {
        FloatArray rows;
        rows.shape = {500, 3};
        CounterRandom random(3, RandomPurpose::Test);
        double spread[2] = {0, 0};
        for (int i = 0; i < 500; ++i) {
            const double a = 5 * random.normal(), b = random.normal();
            spread[0] += a * a / 500;
            spread[1] += b * b / 500;
            for (const double value : {0.6 * a - 0.8 * b + 7, 0.8 * a + 0.6 * b - 3, 11.0})
                rows.values.push_back(static_cast<float>(value));
        }
        const FloatArray found = principalComponents(rows, 50);
        QCOMPARE(found.shape, (std::vector<std::int64_t>{500, 3}));
        for (std::size_t d = 0; d < 2; ++d) {
            double square = 0, mean = 0;
            for (std::size_t i = 0; i < 500; ++i) {
                square += std::pow(static_cast<double>(found.values[3 * i + d]), 2) / 500;
                mean += static_cast<double>(found.values[3 * i + d]) / 500;
            }
            QVERIFY(std::abs(mean) < 1e-3);
            QVERIFY2(std::abs(square / spread[d] - 1) < 0.05, qPrintable(QString::number(square)));
        }
    }

    void fewAndEqualImagesHavePlaces_data() {
        QTest::addColumn<int>("images");
        for (const int images : {0, 1, 2, 3, 40})
            QTest::addRow("%d", images) << images;
    }
    void fewAndEqualImagesHavePlaces() {
        QFETCH(int, images);
        FloatArray equal;
        equal.shape = {images, 4};
        equal.values.assign(static_cast<std::size_t>(images) * 4, 2.0f);
        const auto map = imageMap(equal);
        QVERIFY(map.ok());
        QCOMPARE(map->size(), static_cast<std::size_t>(images));
        for (const MapPoint& point : *map)
            QVERIFY(std::isfinite(point[0]) && std::isfinite(point[1]));
    }

    void whatIsNoTableOfNumbersIsRefused() {
        FloatArray broken = heaps(2, 4, 3, 1);
        broken.values[5] = std::numeric_limits<float>::quiet_NaN();
        QVERIFY(!imageMap(broken).ok());
        broken.shape = {24};
        QVERIFY(!imageMap(broken).ok());
    }

    void stopIsHeard() {
        std::stop_source stop;
        std::size_t last = 0;
        const auto map = imageMap(heaps(3, 20, 8, 2), 0, stop.get_token(), [&](std::size_t done, std::size_t) {
            last = done;
            stop.request_stop();
        });
        QVERIFY(!map.ok() && map.error().kind == ErrorKind::Cancelled);
        QCOMPARE(last, std::size_t(1));
    }
};

QTEST_GUILESS_MAIN(ImageMapTest)
#include "tst_ImageMap.moc"
