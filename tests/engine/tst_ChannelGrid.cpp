// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <limits>

#include "Test.h"
#include "engine/ChannelGrid.h"

using namespace sightline;

/// Channels of a layer as pictures.
class ChannelGridTest : public Test {
    Q_OBJECT

    static int levelAt(const Image& image, int y, int x) { return image.row(y)[3 * x]; }

private Q_SLOTS:
    void aChannelHasItsOwnRange() {
        const FloatArray values{{2, 1, 3}, {-1, 0, 3, 10, 10, 10}};
        QCOMPARE(channelMap(values, 0), (FloatArray{{1, 3}, {0, 0.25f, 1}}));
        QCOMPARE(channelMap(values, 1), (FloatArray{{1, 3}, {0, 0, 0}}));
        QVERIFY(channelMap(values, 2).values.empty() && channelMap(values, -1).values.empty());
    }

    void whatIsNoNumberCountsAsTheLeast() {
        const float nan = std::numeric_limits<float>::quiet_NaN(), infinite = std::numeric_limits<float>::infinity();
        QCOMPARE(channelMap({{1, 2, 2}, {nan, 1, 2, infinite}}, 0), (FloatArray{{2, 2}, {0, 0, 1, 0}}));
    }

    void channelsAreSortedByTheirMean() {
        QCOMPARE(channelsByMean({{3, 1, 2}, {1, 1, 5, -1, 1, 1}}), (std::vector<int>{1, 0, 2}));
        QCOMPARE(channelsByMean({{3}, {1, 7, std::numeric_limits<float>::quiet_NaN()}}), (std::vector<int>{1, 0, 2}));
        QVERIFY(channelsByMean({{3}, {1}}).empty());
    }

    void theGridHasEveryChannelInItsPlace() {
        FloatArray values{{3, 2, 2}, std::vector<float>(12, 0)};
        values.values[4 + 3] = 5; // channel 1, bottom right
        values.values[8 + 0] = 1; // channel 2, top left
        const Image grid = channelGrid(values, ColorMap::Grey);
        QCOMPARE(channelGridColumns(3), 2);
        QCOMPARE(grid.width, 2 * 48 + 3 * 2);
        QCOMPARE(grid.height, 2 * 48 + 3 * 2);
        QCOMPARE(levelAt(grid, 2 + 47, 52 + 47), 255);
        QCOMPARE(levelAt(grid, 2 + 23, 52 + 24), 0); // sharp: enlarged pixel by pixel
        QCOMPARE(levelAt(grid, 52, 2), 255);
        QCOMPARE(levelAt(grid, 52 + 24, 2), 0);
        QCOMPARE(levelAt(grid, 2 + 47, 2 + 47), 0);
        QCOMPARE(levelAt(grid, 60, 60), 255); // no channel there
    }

    void channelsWithoutPlacesShareOneRange() {
        const Image grid = channelGrid({{4}, {0, 1, 2, 4}}, ColorMap::Grey);
        QCOMPARE(levelAt(grid, 10, 10), 0);
        QCOMPARE(levelAt(grid, 10, 40), 64);
        QCOMPARE(levelAt(grid, 40, 10), 128);
        QCOMPARE(levelAt(grid, 40, 40), 255);
    }

    void aGridOfLargeChannelsStaysAPictureThatCanBeOpened() {
        const Image grid = channelGrid({{9, 3000, 10}, std::vector<float>(9 * 3000 * 10, 1)});
        QVERIFY(grid.height <= 8192 + 2 && grid.width < 100);
    }

    void whereThereIsNothingThereIsNoGrid() {
        QVERIFY(channelGrid({}).empty());
        QVERIFY(channelGrid({{2, 2, 2}, {1}}).empty());
    }
};

QTEST_APPLESS_MAIN(ChannelGridTest)
#include "tst_ChannelGrid.moc"
