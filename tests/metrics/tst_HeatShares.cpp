// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>
#include <limits>

#include "Test.h"
#include "metrics/HeatShares.h"

using namespace sightline;

/// Where heat lies, and what of it is worth a hint.
class TestHeatShares : public Test {
    Q_OBJECT

    static FloatArray even(int side, float value = 1) {
        return {{side, side}, std::vector<float>(static_cast<std::size_t>(side * side), value)};
    }
    static FloatArray spot(int side, int y, int x) {
        FloatArray map = even(side, 0);
        map.values[static_cast<std::size_t>(y * side + x)] = 1;
        return map;
    }
    static bool isNear(double a, double b) { return std::abs(a - b) < 1e-9; }

    /// A class of ten images: so much in the bottom right corner, so much on objects that fill `area`.
    static ClassHeat heat(const char* name, double corner, std::optional<double> inBox, double border = 0.3) {
        ClassHeat one{name, 10, 10, {}, {}};
        one.shares.inBox = inBox;
        one.shares.boxArea = 0.4;
        one.shares.border = border;
        one.shares.corners = {0.05, 0.05, 0.05, corner};
        return one;
    }

private Q_SLOTS:
    void evenHeatIsSharedByArea() {
        const auto shares = heatShares(even(16), {{0, 0, 0.5, 0.25}});
        QVERIFY(shares.has_value());
        QVERIFY(isNear(*shares->inBox, 0.125));
        QVERIFY(isNear(shares->boxArea, 0.125));
        QVERIFY(isNear(shares->border, areaOf(HeatPlace::Border)));
        for (const double corner : shares->corners)
            QVERIFY(isNear(corner, areaOf(HeatPlace::TopLeft)));
    }

    void aSpotLiesInItsCorner_data() {
        QTest::addColumn<int>("y");
        QTest::addColumn<int>("x");
        QTest::addColumn<int>("corner");
        QTest::newRow("top left") << 1 << 2 << 0;
        QTest::newRow("top right") << 3 << 12 << 1;
        QTest::newRow("bottom left") << 12 << 3 << 2;
        QTest::newRow("bottom right") << 15 << 15 << 3;
        QTest::newRow("middle") << 8 << 8 << -1;
        QTest::newRow("middle of a side") << 0 << 8 << -1;
    }
    void aSpotLiesInItsCorner() {
        QFETCH(int, y);
        QFETCH(int, x);
        QFETCH(int, corner);
        const auto shares = heatShares(spot(16, y, x), {});
        for (int i = 0; i < 4; ++i)
            QCOMPARE(shares->corners[static_cast<std::size_t>(i)], i == corner ? 1.0 : 0.0);
        QCOMPARE(shares->border, y < 2 || y >= 14 || x < 2 || x >= 14 ? 1.0 : 0.0);
        QVERIFY(!shares->inBox);
    }

    void boxesThatOverlapCountOnce() {
        const auto shares = heatShares(even(10), {{0, 0, 0.5, 1}, {0.2, 0, 0.6, 1}});
        QVERIFY(isNear(*shares->inBox, 0.6));
    }

    void boxesAreCutAtTheImage() {
        QVERIFY(isNear(*heatShares(even(10), {{-3, -3, 0.5, 9}})->inBox, 0.5));
        QVERIFY(!heatShares(even(10), {{1.5, 0, 2, 1}})->inBox); // wholly beside it
    }

    void whatSpeaksAgainstDoesNotCount() {
        FloatArray map = spot(8, 0, 0);
        map.values.back() = -5;
        QCOMPARE(heatShares(map, {})->corners[0], 1.0);
    }

    void withoutHeatThereAreNoShares() {
        QVERIFY(!heatShares(even(4, 0), {}));
        QVERIFY(!heatShares(even(4, std::numeric_limits<float>::quiet_NaN()), {}));
        QVERIFY(!heatShares({}, {}));
    }

    void aClassIsTheMeanOfItsMaps() {
        HeatSummary summary({"a", "b"});
        for (const auto& [map, boxes] : {std::pair(spot(16, 0, 0), std::vector<Region>{{0, 0, 0.5, 0.5}}),
                                         std::pair(spot(16, 15, 15), std::vector<Region>{})})
            summary.add(1, map, *heatShares(map, boxes));
        const auto classes = summary.classes();
        QCOMPARE(classes[0].images, std::size_t{0});
        QCOMPARE(classes[1].images, std::size_t{2});
        QCOMPARE(classes[1].boxed, std::size_t{1});
        QCOMPARE(classes[1].shares.inBox.value_or(-1), 1.0); // of those with boxes
        QCOMPARE(classes[1].shares.corners[0], 0.5);
        QCOMPARE(classes[1].shares.corners[3], 0.5);
        QCOMPARE(classes[1].map.values.front(), 0.5f);
        QCOMPARE(classes[1].map.values.back(), 0.5f);
    }

    void heatOnObjectsGivesNoHint() {
        QVERIFY(heatHints({heat("a", 0.05, 0.8), heat("b", 0.1, 0.7), heat("c", 0.12, 0.75)}).empty());
    }

    void oneClassesCornerIsFound() {
        const auto hints = heatHints({heat("a", 0.05, 0.8), heat("b", 0.6, 0.5), heat("c", 0.08, 0.7)});
        QCOMPARE(hints.size(), std::size_t{1});
        QCOMPARE(hints[0].classIndex, std::size_t{1});
        QVERIFY(hints[0].place == HeatPlace::BottomRight);
        QVERIFY(isNear(hints[0].share, 0.6) && isNear(hints[0].others, 0.065));
    }

    void aCornerThatAllClassesUseIsFoundByTheBoxes() {
        const auto hints = heatHints({heat("a", 0.6, 0.1), heat("b", 0.7, 0.1), heat("c", 0.5, 0.2)});
        QCOMPARE(hints.size(), std::size_t{3});
        for (const HeatHint& hint : hints)
            QVERIFY(hint.place == HeatPlace::BottomRight);
    }

    void withoutBoxesMuchHeatInACornerIsEnough() {
        QCOMPARE(heatHints({heat("a", 0.6, {}), heat("b", 0.7, {})}).size(), std::size_t{2});
        QVERIFY(heatHints({heat("a", 0.25, {}), heat("b", 0.25, {})}).empty());
    }

    void aCornerHotterThanTheObjectIsFoundThoughOthersShareIt() {
        // As the toys with a sticker: even heat would leave 0.4 to the objects and 0.0625 to the corner.
        const auto hints = heatHints({heat("a", 0.27, 0.4), heat("b", 0.25, 0.45), heat("c", 0.04, 0.8)});
        QCOMPARE(hints.size(), std::size_t{2});
        QVERIFY(heatHints({heat("a", 0.1, 0.4), heat("b", 0.1, 0.45)}).empty());
    }

    void heatBesideTheObjectIsFoundWhereverItLies() {
        const auto hints = heatHints({heat("a", 0.05, 0.2), heat("b", 0.05, 0.8)});
        QCOMPARE(hints.size(), std::size_t{1});
        QVERIFY(hints[0].place == HeatPlace::OutsideObject);
        QVERIFY(isNear(hints[0].share, 0.8) && isNear(hints[0].others, 0.2));
    }

    void fewImagesGiveNoHint() {
        ClassHeat few = heat("a", 0.9, 0.0);
        few.images = 4;
        QVERIFY(heatHints({few, heat("b", 0.05, 0.8)}).empty());
        QVERIFY(heatHints({}).empty());
    }

    void theJsonHasTheContractsKeys() {
        const std::vector<ClassHeat> classes = {heat("a", 0.05, {}), heat("b", 0.6, 0.5)};
        QVERIFY(toJson(classes[0])["in_box"].is_null());
        QCOMPARE(toJson(classes[1])["in_box"].get<double>(), 0.5);
        QCOMPARE(toJson(classes[1])["corners"][3].get<double>(), 0.6);
        const Json hint = toJson(HeatHint{1, HeatPlace::BottomRight, 0.6, 0.05}, classes);
        QCOMPARE(hint["class"].get<std::string>(), std::string("b"));
        QCOMPARE(hint["where"].get<std::string>(), std::string("bottom right"));
    }
};

QTEST_APPLESS_MAIN(TestHeatShares)
#include "tst_HeatShares.moc"
