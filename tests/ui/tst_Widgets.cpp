// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QCheckBox>
#include <QLabel>
#include <QMouseEvent>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <set>

#include "FewPredictions.h"
#include "Test.h"
#include "WindowDriver.h"
#include "look/Series.h"
#include "look/Words.h"
#include "models/GalleryModel.h"
#include "models/SampleModel.h"
#include "models/Table.h"
#include "models/Thumbnails.h"
#include "models/Tiles.h"
#include "plot/CurvePlot.h"
#include "support/Random.h"
#include "widgets/BarList.h"
#include "widgets/ConfusionView.h"
#include "widgets/HeatMapView.h"
#include "widgets/ImageView.h"
#include "widgets/MessageStrip.h"
#include "widgets/NumberField.h"
#include "widgets/ProgressBar.h"
#include "widgets/ReliabilityView.h"
#include "widgets/ScatterMap.h"
#include "widgets/SettingsForm.h"
#include "widgets/Surface.h"
#include "widgets/TableView.h"
#include "widgets/TileView.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
double luminance(const QColor& color) {
    const auto linear = [](double v) { return v <= 0.03928 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

/// WCAG 2.1.
double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}
} // namespace

class WidgetsTest : public Test {
    Q_OBJECT

    QTemporaryDir m_folder;

private Q_SLOTS:
    void initTestCase() { theme::apply(*qApp, Scheme::Light); }

    /// Prints how long a frame takes; 60 a second leave each 16.7 ms.
    void aMapOfTenThousandPointsFollowsTheHand() {
        constexpr std::size_t kPoints = 10000, kKinds = theme::kSeries;
        ScatterMap map;
        map.resize(1200, 700);
        CounterRandom random(1, RandomPurpose::Test);
        std::vector<ScatterMap::Point> points;
        std::vector<std::uint16_t> kinds;
        std::vector<QColor> colors;
        for (std::size_t kind = 0; kind < kKinds; ++kind)
            colors.push_back(theme::seriesColor(kind));
        for (std::size_t i = 0; i < kPoints; ++i) {
            points.push_back({static_cast<float>(random.uniform()), static_cast<float>(random.uniform())});
            kinds.push_back(static_cast<std::uint16_t>(i % kKinds));
        }
        map.setPoints(std::move(points));
        map.setColors(std::move(colors), kinds);
        map.show();
        QVERIFY(QTest::qWaitForWindowExposed(&map));
        const QPointF before = map.placeOf(7);
        QPoint hand(600, 350);
        const auto at = [&](QEvent::Type type, Qt::MouseButton button, Qt::MouseButtons held) {
            QMouseEvent event(type, hand, map.mapToGlobal(hand), button, held, Qt::NoModifier);
            QApplication::sendEvent(&map, &event);
        };
        at(QEvent::MouseButtonPress, Qt::MiddleButton, Qt::MiddleButton);
        QBENCHMARK {
            hand += QPoint(1, -1);
            at(QEvent::MouseMove, Qt::NoButton, Qt::MiddleButton);
            map.repaint();
        }
        at(QEvent::MouseButtonRelease, Qt::MiddleButton, Qt::NoButton);
        const QPointF moved = map.placeOf(7) - before - (hand - QPoint(600, 350));
        QVERIFY(hand.x() > 600 && std::abs(moved.x()) < 1e-6 && std::abs(moved.y()) < 1e-6);
    }

    void textStandsOutInBothSchemes() {
        for (const Scheme scheme : {Scheme::Light, Scheme::Dark}) {
            theme::apply(*qApp, scheme);
            for (const Role ground : {Role::Window, Role::Surface, Role::Raised})
                for (const Role ink : {Role::Text, Role::Muted, Role::Accent, Role::Good, Role::Warning, Role::Bad})
                    QVERIFY2(
                        contrast(theme::color(ground), theme::color(ink)) >= 4.5,
                        qPrintable(
                            QStringLiteral("scheme %1, %2 on %3").arg(int(scheme)).arg(int(ink)).arg(int(ground))));
            QVERIFY(contrast(theme::color(Role::Accent), theme::color(Role::AccentText)) >= 4.5);
        }
        theme::apply(*qApp, Scheme::Light);
    }

    void numbersAreReadAndWrittenShort() {
        NumberField field;
        field.setValue(0.001);
        QCOMPARE(field.text(), QStringLiteral("0.001"));
        field.setValue(1e-7);
        QCOMPARE(field.text(), QStringLiteral("1e-07"));
        auto* line = field.findChild<QLineEdit*>();
        for (const auto& [typed, value] :
             {std::pair{QStringLiteral("1e-3"), 1e-3}, {QStringLiteral("-2"), -2.0}, {QStringLiteral("0.25"), 0.25}}) {
            line->selectAll();
            QTest::keyClicks(line, typed);
            QTest::keyClick(line, Qt::Key_Return);
            QCOMPARE(field.value(), value);
        }
        line->selectAll();
        QTest::keyClicks(line, QStringLiteral("abc"));
        QTest::keyClick(line, Qt::Key_Return);
        QCOMPARE(field.value(), 0.25); // as it was
    }

    void figuresAreForPeople() {
        QCOMPARE(duration(42), QStringLiteral("42 s"));
        QCOMPARE(duration(185), QStringLiteral("3 min 05 s"));
        QCOMPARE(duration(7800), QStringLiteral("2 h 10 min"));
        QCOMPARE(significant(0.12345), QStringLiteral("0.123"));
        QCOMPARE(significant(1.5), QStringLiteral("1.50"));
        QCOMPARE(significant(std::nan("")), QStringLiteral("nan"));
        QCOMPARE(compact(23512130), QStringLiteral("23.5 M"));
    }

    /// The bar keeps its room, so that columns do not jump; its handle is there where there is something to scroll.
    void aScrollBarWithNothingToScrollShowsNoHandle() {
        TileView view(1);
        QStandardItemModel model(2, 1);
        view.setModel(&model);
        view.resize(600, 400);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QVERIFY(!view.verticalScrollBar()->isEnabled());
        model.setRowCount(200);
        QTRY_VERIFY(view.verticalScrollBar()->isEnabled());
        model.setRowCount(2);
        QTRY_VERIFY(!view.verticalScrollBar()->isEnabled());
    }

    void aBarIsDrawnWhereItFits() {
        BarList bars;
        bars.setBars({{QStringLiteral("car"), QStringLiteral("50 %"), 0.5, Qt::red},
                      {QStringLiteral("robot"), QStringLiteral("40 %"), 0.4, Qt::blue}});
        const auto isSecondDrawn = [&](int height) {
            bars.resize(200, height);
            const QImage drawn = bars.grab().toImage();
            for (int y = 0; y < drawn.height(); ++y)
                if (drawn.pixelColor(40, y) == QColor(Qt::blue))
                    return true;
            return false;
        };
        QVERIFY(isSecondDrawn(58)); // without the air beneath
        QVERIFY(!isSecondDrawn(54));
    }

    void theGapToTheConfidenceLiesOnPlainGround() {
        ReliabilityView diagram;
        diagram.resize(300, 300);
        diagram.setBins({{0, 1, 10, 0.3, 0.9}}); // surer than it says
        const QImage drawn = diagram.grab().toImage();
        const int x = diagram.binRect(0).center().x();
        int red = 0;
        for (int y = 0; y < drawn.height(); ++y)
            red += drawn.pixelColor(x, y).red() > drawn.pixelColor(x, y).blue() + 20;
        QVERIFY2(red > 90, qPrintable(QString::number(red))); // of the 110 from 30 to 90 %
    }

    void progressGoesBeyondABarsOwnRange() {
        ProgressBar bar("bytes", QStringLiteral("Bytes"));
        QCOMPARE(bar.maximum(), 0); // nobody knows yet how much there is
        bar.setProgress(6'000'000'000, 8'000'000'000);
        QCOMPARE(bar.value() * 4, bar.maximum() * 3);
        bar.setProgress(9, 8);
        QCOMPARE(bar.value(), bar.maximum());
    }

    void onlyOtherColorsColorTheMapAgain() {
        auto explained = std::make_shared<Explained>();
        explained->image = explained->shown = Image(8, 8, 3);
        explained->explanation.classes = {"a"};
        explained->explanation.probabilities = {1.0f};
        explained->explanation.map = FloatArray{{2, 2}, {0, 0, 0, 0}};
        HeatMapView view(HeatMapView::Layout::Stacked);
        view.setColors(ColorMap::Grey);
        view.setOpacity(1);
        view.setExplained(explained);
        const auto* shown = view.findChild<ImageView*>(QStringLiteral("explainedOverlay"));
        QCOMPARE(shown->image().pixelColor(4, 4), QColor(Qt::black));
        explained->explanation.map.values.assign(4, 1.0f); // whoever colors it again sees white
        view.setOpacity(0.5);
        view.setOverlayShown(false);
        view.setOverlayShown(true);
        view.setOpacity(1);
        QCOMPARE(shown->image().pixelColor(4, 4), QColor(Qt::black));
        view.setColors(ColorMap::Jet);
        view.setColors(ColorMap::Grey);
        QCOMPARE(shown->image().pixelColor(4, 4), QColor(Qt::white));
    }

    void aHeatMapIsSaidToWhoeverCannotSeeIt() {
        auto explained = std::make_shared<Explained>();
        explained->image = explained->shown = Image(9, 9, 3);
        explained->explanation.classes = {"a"};
        explained->explanation.probabilities = {1.0f};
        explained->explanation.target = "a";
        explained->explanation.map = FloatArray{{9, 9}, std::vector<float>(81, 0.1f)};
        explained->explanation.map.values[4 * 9 + 7] = 1;
        HeatMapView view(HeatMapView::Layout::Stacked);
        view.setExplained(explained);
        const QString said = view.findChild<QWidget*>(QStringLiteral("explainedOverlay"))->accessibleDescription();
        QVERIFY2(said.startsWith(QStringLiteral("Evidence for a")) &&
                     said.endsWith(QStringLiteral("Strongest evidence: right.")),
                 qPrintable(said));
    }

    void allColumnsOfANarrowTableAreSeen() {
        Table table({QStringLiteral("Class"), QStringLiteral("Images"), QStringLiteral("Precision"),
                     QStringLiteral("Recall"), QStringLiteral("F1"), QStringLiteral("Conf.")},
                    nullptr);
        table.setRows({{{QStringLiteral("robot")},
                        {QStringLiteral("1,500")},
                        {QStringLiteral("0.938"), 0.9, 0.9},
                        {QStringLiteral("0.938"), 0.9, 0.9},
                        {QStringLiteral("0.938"), 0.9, 0.9},
                        {QStringLiteral("0.938"), 0.9, 0.9}}});
        const std::unique_ptr<QTableView> view(tableView(&table, "classes", QStringLiteral("Classes"), true));
        view->resize(430, 200); // what a window of 1280 pixels leaves for it
        view->show();
        QVERIFY(QTest::qWaitForWindowExposed(view.get()));
        QCOMPARE(view->horizontalScrollBar()->maximum(), 0);
        QVERIFY(view->columnWidth(0) >= 60); // and the class can be read
    }

    void controlsOfAllSectionsStandInOneLine() {
        SettingsForm form;
        for (const char* label : {"Epochs", "Reduce learning rate", "Per-block learning rates of the whole network"}) {
            form.section(QLatin1String(label));
            form.toggle(
                {QLatin1String(label), QLatin1String(label), {}, {}}, [](const Experiment&) { return true; },
                [](Experiment&, bool) {});
        }
        form.resize(320, 600);
        form.show();
        QVERIFY(QTest::qWaitForWindowExposed(&form));
        std::set<int> lefts;
        for (const auto* box : form.findChildren<QCheckBox*>())
            lefts.insert(box->mapTo(&form, QPoint()).x());
        QCOMPARE(lefts.size(), std::size_t(1));
    }

    void titlesStandAtOneHeight() {
        Surface plain(QStringLiteral("Facts")), busy(QStringLiteral("Classes"));
        busy.head()->addWidget(button(QStringLiteral("Open"), {}, "open"));
        std::set<int> middles;
        for (Surface* surface : {&plain, &busy}) {
            surface->body()->addStretch(1);
            surface->resize(300, 200);
            surface->show();
            QVERIFY(QTest::qWaitForWindowExposed(surface));
            middles.insert(surface->findChild<QLabel*>()->geometry().center().y());
        }
        QCOMPARE(middles.size(), std::size_t(1));
    }

    void theMatrixIsClickedAndWalked() {
        ConfusionView view;
        view.resize(400, 400);
        view.setEvaluation(threeClasses());
        view.show();
        QSignalSpy selected(&view, &ConfusionView::selected);
        QTest::mouseClick(&view, Qt::LeftButton, {}, view.cellRect(1, 2).center());
        QCOMPARE(selected.takeFirst(), (QVariantList{1, 2}));
        QTest::mouseClick(&view, Qt::LeftButton, {}, view.cellRect(1, 2).center()); // again: clears
        QCOMPARE(selected.takeFirst(), (QVariantList{-1, -1}));
        QTest::mouseClick(&view, Qt::LeftButton, {},
                          QPoint(view.cellRect(0, 0).left() - 10, view.cellRect(2, 0).center().y()));
        QCOMPARE(selected.takeFirst(), (QVariantList{2, -1}));
        QTest::keyClick(&view, Qt::Key_Up);
        QTest::keyClick(&view, Qt::Key_Left);
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(selected.takeFirst(), (QVariantList{1, 1}));
    }

    void thumbnailsComeAndBadFilesAreMarked() {
        QVERIFY(drawFewToys(m_folder.filePath(QStringLiteral("toys")), 3, 1, 24));
        QFile text(m_folder.filePath(QStringLiteral("toys/train/car/zz.png")));
        QVERIFY(text.open(QIODevice::WriteOnly));
        text.write("not a picture");
        text.close();
        DataSettings settings;
        settings.path = m_folder.filePath(QStringLiteral("toys")).toStdString();
        auto opened = openDataset(settings, 1);
        QVERIFY(opened);
        const auto dataset = std::make_shared<const Dataset>(std::move(*opened));
        Thumbnails thumbnails;
        thumbnails.setDataset(dataset);
        SampleModel model(thumbnails, nullptr);
        model.setDataset(dataset);
        SampleModel::Filter filter;
        filter.name = QStringLiteral("TRAIN/car"); // any case
        model.setFilter(filter);
        QCOMPARE(model.rowCount(), 4);
        const auto picture = [&](int row) { return model.data(model.index(row), TileImage).value<QImage>(); };
        QTRY_VERIFY(!picture(0).isNull());
        QCOMPARE(picture(0).size(), QSize(24, 24));
        picture(3);
        QTRY_VERIFY(thumbnails.isUnreadable(model.sample(3)));
        QVERIFY(model.data(model.index(3), TileTone).isValid());
        filter = {};
        filter.subset = Subset::Test;
        filter.label = 0;
        model.setFilter(filter);
        QCOMPARE(model.rowCount(), 1);
    }

    void aCurveKeepsItsPointsAndIsSaved() {
        CurvePlot plot(QStringLiteral("Loss"), CurvePlot::Unit::Plain);
        plot.resize(500, 260);
        plot.show();
        plot.clear(3);
        plot.addBatch(0.5, 2);
        plot.addBatch(0.7, std::nan("")); // a diverging run does not break the picture
        plot.addEpoch(1, 1.5, 1.6);
        plot.addEpoch(2, 1.2, std::nullopt);
        plot.addMark(2, QStringLiteral("learning rate 1e-04"));
        plot.setBest(1);
        QCOMPARE(plot.validationPoints(), 1);
        const QString csv = m_folder.filePath(QStringLiteral("c.csv"));
        QVERIFY(plot.save(csv));
        QFile file(csv);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("epoch,training,validation\n1,1.5,1.6\n2,1.2,\n"));
        for (const char* name : {"c.png", "c.svg"}) {
            QVERIFY(plot.save(m_folder.filePath(QLatin1String(name))));
            QVERIFY(!QImage(m_folder.filePath(QLatin1String(name))).isNull());
        }
        QVERIFY(!plot.save(QStringLiteral("/nowhere/c.csv")));
        plot.setLogarithmic(true);
        plot.drawNow(2);
    }

    void aStripOffersTheNextStep() {
        MessageStrip strip;
        bool taken = false;
        strip.say(MessageStrip::Kind::Problem, QStringLiteral("Something."), QStringLiteral("Fix it"),
                  [&] { taken = true; });
        QVERIFY(strip.isVisible());
        QTest::mouseClick(strip.findChild<QPushButton*>(QStringLiteral("messageAction")), Qt::LeftButton);
        QVERIFY(taken);
        QVERIFY(!strip.isVisible());
    }

    void tablesSortByTheirNumbers() {
        Table table({QStringLiteral("n")}, nullptr);
        table.setRows(
            {{{QStringLiteral("1,000"), 1000}}, {{QStringLiteral("90"), 90}}, {{QStringLiteral("200"), 200}}});
        auto* view = tableView(&table, "t", QStringLiteral("t"), true);
        view->sortByColumn(0, Qt::AscendingOrder);
        QCOMPARE(view->model()->index(0, 0).data().toString(), QStringLiteral("90"));
        QCOMPARE(sourceRow(view, view->model()->index(0, 0)), 1);
        delete view;
    }
};

QTEST_MAIN(WidgetsTest)
#include "tst_Widgets.moc"
