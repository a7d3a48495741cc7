// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QTest>

#include <algorithm>

#include "Test.h"
#include "look/Theme.h"
#include "plot/CurvePlot.h"
#include "plot/Envelope.h"
#include "plot/LabelLayout.h"
#include "plot/QCustomPlotInclude.h"
#include "widgets/StrengthCurve.h"

using namespace sightline::ui;

/// Curves of long runs: bounded in what is kept to draw, and nothing that matters is lost.
class CurvePlotTest : public sightline::Test {
    Q_OBJECT

    static QCPItemText* wordsOf(const CurvePlot& plot, const QString& words) {
        const auto* figure = plot.findChild<QCustomPlot*>();
        for (int i = 0; i < figure->itemCount(); ++i)
            if (auto* text = qobject_cast<QCPItemText*>(figure->item(i)); text && text->text() == words)
                return text;
        return nullptr;
    }
    static QRectF placeOf(const QCPItemText* text) {
        return {text->topLeft->pixelPosition(), text->bottomRight->pixelPosition()};
    }
    static QImage pictureOf(CurvePlot& plot) {
        plot.resize(900, 400);
        plot.grab(); // lays it out
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

    /// Ten hours of batches cost what ten minutes cost.
    void whatIsKeptOfTheBatchesIsBounded() {
        CurvePlot plot(QStringLiteral("Loss"), CurvePlot::Unit::Plain);
        plot.clear(10);
        for (int i = 0; i < 300000; ++i)
            plot.addBatch(i / 30000.0, (i % 7) * 0.1);
        pictureOf(plot);
        const auto* figure = plot.findChild<QCustomPlot*>();
        int points = 0;
        for (int i = 0; i < figure->graphCount(); ++i)
            points += figure->graph(i)->dataCount();
        QVERIFY(points > static_cast<int>(Envelope::kMostBuckets));
        QVERIFY(points <= static_cast<int>(2 * Envelope::kMostBuckets + 1));
    }

    void wordsOfMarksDoNotLieOnEachOther() {
        CurvePlot plot(QStringLiteral("Loss"), CurvePlot::Unit::Plain);
        plot.clear(20);
        const QStringList words{QStringLiteral("learning rate 0.001 → 0.0003"), QStringLiteral("patience 5 → 10"),
                                QStringLiteral("epochs 20 → 40"), QStringLiteral("label smoothing 0 → 0.1")};
        for (int i = 0; i < words.size(); ++i)
            plot.addMark(5 + 0.1 * i, words[i], PlotMarks::Kind::Edited);
        plot.addMark(19.8, QStringLiteral("learning rate 1e-05"));
        pictureOf(plot);
        std::vector<QRectF> places;
        for (const QString& text : words)
            if (const auto* item = wordsOf(plot, text); item && item->visible())
                places.push_back(placeOf(item));
        QCOMPARE(places.size(), std::size_t{3}); // the fourth finds no row
        for (std::size_t i = 0; i < places.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                QVERIFY(!places[i].intersects(places[j]));
        // At the right edge the words stand at the left of their line, and are whole.
        const auto* last = wordsOf(plot, QStringLiteral("learning rate 1e-05"));
        QVERIFY(last && last->visible());
        const auto* figure = plot.findChild<QCustomPlot*>();
        QVERIFY(placeOf(last).right() <= figure->axisRect()->right() + 1);
    }

    void wordsThatFitOnNeitherSideOfTheirLineLieAcrossIt() {
        CurvePlot plot(QStringLiteral("Loss"), CurvePlot::Unit::Plain);
        plot.clear(20);
        const QString words = QString(12, QLatin1Char('m')).append(QStringLiteral(" a change with many words"));
        plot.addMark(10, words, PlotMarks::Kind::Edited);
        plot.resize(420, 300);
        plot.grab();
        plot.drawNow(1);
        const auto* item = wordsOf(plot, words);
        QVERIFY(item && item->visible());
        const QRect inside = plot.findChild<QCustomPlot*>()->axisRect()->rect();
        QVERIFY(placeOf(item).left() >= inside.left() && placeOf(item).right() <= inside.right() + 1);
        QVERIFY(placeOf(item).width() > inside.width() / 2);
    }

    void wordsDoNotHideTheCurvesOfALowPlot() {
        CurvePlot plot(QStringLiteral("Loss"), CurvePlot::Unit::Plain);
        plot.clear(20);
        plot.addMark(3, QStringLiteral("Epochs 5 → 20"), PlotMarks::Kind::Edited);
        for (int epoch = 1; epoch < 5; ++epoch) // whose lane takes room, too
            plot.addRate(epoch, epoch < 3 ? 1e-2 : 1e-3);
        const auto areSeen = [&](int height) {
            plot.resize(420, height);
            plot.grab();
            plot.drawNow(1);
            return wordsOf(plot, QStringLiteral("Epochs 5 → 20"))->visible();
        };
        QVERIFY(areSeen(300));
        QVERIFY(!areSeen(plot.minimumHeight()));
    }

    void labelsGiveWayToEachOther() {
        const QRectF best(90, 0, 40, 14);
        const auto at = [](double top) { return QRectF(100, top, 50, 14); };
        const auto clear = [&](const std::vector<QRectF>& labels) {
            for (std::size_t i = 0; i < labels.size(); ++i) {
                if (labels[i].intersects(best) || labels[i].top() < 0 || labels[i].bottom() > 100)
                    return false;
                for (std::size_t j = 0; j < i; ++j)
                    if (labels[i].intersects(labels[j]))
                        return false;
            }
            return true;
        };
        for (double a = -7; a <= 93; a += 5)
            for (double b = -7; b <= 93; b += 5) {
                const auto labels = laidOut({at(a), at(b)}, best, 0, 100);
                QVERIFY2(clear(labels), qPrintable(QStringLiteral("%1 %2").arg(a).arg(b)));
                QVERIFY(a == b || (a < b) == (labels[0].top() < labels[1].top()));
            }
        QCOMPARE(laidOut({at(30), at(60)}, best, 0, 100), (std::vector{at(30), at(60)})); // no reason to move
        QCOMPARE(laidOut({at(30), at(34)}, best, 0, 100), (std::vector{at(25), at(39)})); // both by the same
        const QRectF beside(200, 30, 50, 14);
        QCOMPARE(laidOut({at(30), beside}, best, 0, 100), (std::vector{at(30), beside}));
    }

    /// The best epoch is the last one, and its values are at the upper edge: where all words want to stand.
    void theWordsAtTheEndOfCurvesDoNotLieOnEachOther() {
        for (const auto& [training, validation] :
             {std::pair(100.0, 99.9), std::pair(99.0, 99.5), std::pair(60.0, 60.2), std::pair(0.1, 0.0)})
            for (const int epochs : {1, 5, 20})
                for (const int height : {150, 300}) {
                    CurvePlot plot(QStringLiteral("Accuracy, %"), CurvePlot::Unit::Percent);
                    plot.clear(epochs);
                    for (int epoch = 1; epoch <= epochs; ++epoch)
                        plot.addEpoch(epoch, training, validation);
                    plot.setBest(epochs);
                    plot.resize(420, height);
                    plot.grab();
                    plot.drawNow(1);
                    const auto* figure = plot.findChild<QCustomPlot*>();
                    std::vector<QRectF> places;
                    for (int i = 0; i < figure->itemCount(); ++i)
                        if (const auto* text = qobject_cast<QCPItemText*>(figure->item(i)); text && text->visible())
                            places.push_back(placeOf(text));
                    QCOMPARE(places.size(), std::size_t{3});
                    for (std::size_t i = 0; i < places.size(); ++i) {
                        QVERIFY(places[i].top() >= -1 && places[i].bottom() <= figure->axisRect()->bottom() + 3);
                        for (std::size_t j = 0; j < i; ++j)
                            QVERIFY2(!places[i].adjusted(1, 1, -1, -1).intersects(places[j]),
                                     qPrintable(QStringLiteral("%1 of %2").arg(training).arg(epochs)));
                    }
                }
    }

    void aMarkWithoutRoomIsReadAtThePointer() {
        CurvePlot plot(QStringLiteral("Loss"), CurvePlot::Unit::Plain);
        plot.clear(20);
        for (int i = 0; i < 5; ++i)
            plot.addMark(5, QStringLiteral("change %1 of a long list of settings").arg(i), PlotMarks::Kind::Edited);
        plot.resize(900, 400);
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        plot.drawNow(1);
        auto* figure = plot.findChild<QCustomPlot*>();
        const QPoint at(static_cast<int>(figure->xAxis->coordToPixel(5)), figure->axisRect()->center().y());
        QTest::mouseMove(figure, at);
        QTRY_VERIFY([&] {
            for (int i = 0; i < figure->itemCount(); ++i)
                if (const auto* text = qobject_cast<QCPItemText*>(figure->item(i));
                    text && text->visible() && text->text().contains(QStringLiteral("change 0")) &&
                    text->text().contains(QStringLiteral("change 4")))
                    return true;
            return false;
        }());
    }

    void theGhostOfAParentIsSeenAndFits() {
        CurvePlot plot(QStringLiteral("Loss"), CurvePlot::Unit::Plain),
            alone(QStringLiteral("Loss"), CurvePlot::Unit::Plain);
        const auto mutedInk = [](const QImage& image) {
            const QColor muted = theme::color(Role::Muted);
            int count = 0;
            for (int y = 40; y < image.height() - 60; ++y)
                for (int x = 60; x < image.width() - 100; ++x)
                    count += std::abs(image.pixelColor(x, y).lightness() - muted.lightness()) < 40;
            return count;
        };
        for (CurvePlot* each : {&plot, &alone}) {
            each->clear(10);
            each->addEpoch(1, 1.0, 1.1);
        }
        for (int epoch = 1; epoch <= 9; ++epoch)
            plot.addGhostEpoch(epoch, 4, 4.5);
        QVERIFY(mutedInk(pictureOf(plot)) > mutedInk(pictureOf(alone)) + 50);
        const auto* figure = plot.findChild<QCustomPlot*>();
        QVERIFY(figure->yAxis->range().upper >= 4.5);
        plot.clear(10);
        for (int i = 0; i < figure->graphCount(); ++i)
            QCOMPARE(figure->graph(i)->dataCount(), 0);
    }

    /// It takes room only once there is a rate, and gives it back.
    void theLearningRateHasALane() {
        CurvePlot plot(QStringLiteral("Loss"), CurvePlot::Unit::Plain);
        const auto* figure = plot.findChild<QCustomPlot*>();
        plot.clear(10);
        pictureOf(plot);
        const int before = figure->axisRect()->height();
        for (int epoch = 1; epoch <= 6; ++epoch)
            plot.addRate(epoch, epoch < 4 ? 1e-2 : 1.26e-3);
        pictureOf(plot);
        QVERIFY(figure->axisRect()->height() < before - 20);
        QVERIFY(wordsOf(plot, QStringLiteral("rate 0.0013")));
        plot.clear(10);
        pictureOf(plot);
        QCOMPARE(figure->axisRect()->height(), before);
    }

    void aStrengthCurveLiesBetweenItsEnds() {
        StrengthCurve curve;
        curve.resize(200, 100);
        curve.setRange(-10, 10);
        for (const double strength : {-10.0, 0.0, 10.0}) // comes point by point, and falls from 1 to 0
            curve.addPoint({strength, QString::number(strength), 0.5 - strength / 20, {}}, {});
        QCOMPARE(curve.accessibleDescription().count(QStringLiteral("; ")), 2);
        const QPointF first = curve.placeOf(0), middle = curve.placeOf(1), last = curve.placeOf(2);
        QCOMPARE(middle, (first + last) / 2);
        QVERIFY(first.x() < last.x() && first.y() < last.y());
        QVERIFY(QRectF(curve.rect()).contains(first) && QRectF(curve.rect()).contains(last));
        const QImage unmarked = curve.grab().toImage();
        const auto isInked = [&](const QRect& place) {
            for (int y = place.top(); y <= place.bottom(); ++y)
                for (int x = place.left(); x <= place.right(); ++x)
                    if (unmarked.pixel(x, y) != unmarked.pixel(0, 0))
                        return true;
            return false;
        };
        for (const QPointF& level : {first, middle, last}) // 100, 50 and 0 % stand at their lines
            QVERIFY(isInked(QRect(4, static_cast<int>(level.y()) - 4, static_cast<int>(first.x()) - 8, 9)));
        curve.setMark(40); // beyond the end: at the end
        QVERIFY(curve.grab().toImage() != unmarked);
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
