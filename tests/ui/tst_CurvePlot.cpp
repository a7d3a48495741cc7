// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QTest>

#include <algorithm>

#include "Test.h"
#include "look/Theme.h"
#include "plot/CurvePlot.h"
#include "plot/Envelope.h"

using namespace sightline::ui;

/// Curves of long runs: bounded in what is kept to draw, and nothing that matters is lost.
class CurvePlotTest : public sightline::Test {
    Q_OBJECT

    static QImage pictureOf(CurvePlot& plot) {
        plot.resize(900, 400);
        plot.drawNow(1);
        return plot.grab().toImage();
    }
    /// Pixels in the upper half that are neither ground nor grid: what a curve leaves there.
    static int inkAbove(const QImage& image) {
        const QColor training = theme::color(Role::Training);
        int count = 0;
        for (int y = 40; y < image.height() / 2; ++y)
            for (int x = 60; x < image.width() - 100; ++x) {
                const QColor here = image.pixelColor(x, y);
                count += here.blue() - here.red() > (training.blue() - training.red()) / 6;
            }
        return count;
    }

private Q_SLOTS:
    void initTestCase() { theme::apply(*qApp, Scheme::Light); }
    void aShortCurveKeepsEachPoint() {
        Envelope curve;
        std::vector<Envelope::Point> added;
        for (int i = 0; i < 100; ++i) {
            added.push_back({i / 10.0, (i * 37) % 11 * 1.0});
            curve.add(added.back().key, added.back().value);
        }
        QVERIFY(curve.points() == added);
    }

    void aMillionPointsStayFewAndKeepTheirExtremes() {
        Envelope curve;
        for (int i = 0; i < 1000000; ++i)
            curve.add(i, i == 123456 ? 99.0 : i == 654321 ? -99.0 : (i % 7) * 1.0);
        const auto points = curve.points();
        QCOMPARE(curve.count(), std::size_t{1000000});
        QVERIFY(points.size() <= 2 * Envelope::kMostBuckets);
        QVERIFY(points.size() > Envelope::kMostBuckets); // as fine as the bound allows, to a factor of two
        const auto [low, high] = std::minmax_element(points.begin(), points.end(),
                                                     [](const auto& a, const auto& b) { return a.value < b.value; });
        QVERIFY((*high == Envelope::Point{123456, 99}));
        QVERIFY((*low == Envelope::Point{654321, -99}));
        QVERIFY(
            std::is_sorted(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.key < b.key; }));
        QVERIFY(points.back().key >= 999990);
    }

    /// One batch of 100,000 that went astray is seen, and the axis makes room for it.
    void aSpikeInALongRunIsDrawn() {
        CurvePlot flat(QStringLiteral("Loss"), CurvePlot::Unit::Plain),
            spiked(QStringLiteral("Loss"), CurvePlot::Unit::Plain);
        for (CurvePlot* plot : {&flat, &spiked}) {
            plot->clear(10);
            for (int i = 0; i < 100000; ++i)
                plot->addBatch(i / 10000.0, plot == &spiked && i == 40321 ? 10.0 : 0.5);
        }
        QVERIFY(inkAbove(pictureOf(spiked)) > 50);
        // Without it half a unit fills the axis: a line near its upper end, as wide as the plot.
        QVERIFY(inkAbove(pictureOf(flat)) > inkAbove(pictureOf(spiked)));
    }

    void clearForgetsTheRangeOfTheRunBefore() {
        CurvePlot plot(QStringLiteral("Loss"), CurvePlot::Unit::Plain);
        plot.clear(10);
        plot.addBatch(1, 1000);
        plot.clear(10);
        for (int i = 0; i < 1000; ++i)
            plot.addBatch(i / 100.0, 0.5);
        QVERIFY(inkAbove(pictureOf(plot)) > 100);
    }
};

QTEST_MAIN(CurvePlotTest)
#include "tst_CurvePlot.moc"
