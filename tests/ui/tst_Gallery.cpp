// SPDX-License-Identifier: GPL-3.0-or-later
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <set>

#include "FewPredictions.h"
#include "Test.h"
#include "models/GalleryModel.h"
#include "models/Thumbnails.h"
#include "models/Tiles.h"
#include "support/Random.h"
#include "widgets/TileView.h"

using namespace sightline;
using namespace sightline::ui;

class GalleryTest : public Test {
    Q_OBJECT

    static bool shows(TileView& view, GalleryModel& gallery, QSize size) {
        view.resize(size);
        view.setSide(96);
        view.setModel(&gallery);
        view.show();
        return QTest::qWaitForWindowExposed(&view);
    }

private Q_SLOTS:
    void theGalleryFiltersAndSorts() {
        Thumbnails thumbnails;
        GalleryModel gallery(thumbnails, nullptr);
        const auto evaluation = threeClasses();
        gallery.setEvaluation(evaluation, nullptr);
        QCOMPARE(gallery.rowCount(), 5);
        QCOMPARE(gallery.prediction(0).path, std::string("p3")); // highest loss: -log 0.2
        gallery.setSort(GalleryModel::Sort::MostConfident);
        QCOMPARE(gallery.prediction(0).path, std::string("p4"));
        gallery.setShow(GalleryModel::Show::Wrong);
        QCOMPARE(gallery.rowCount(), 2);
        gallery.setShow(GalleryModel::Show::Right);
        QCOMPARE(gallery.rowCount(), 3);
        gallery.setShow(GalleryModel::Show::All);
        gallery.setFilter(GalleryFilter::ofCell(*evaluation, 1, 2));
        QCOMPARE(gallery.rowCount(), 1);
        gallery.setFilter(GalleryFilter::ofCell(*evaluation, -1, 1));
        QCOMPARE(gallery.rowCount(), 2);
        QVERIFY(!gallery.sample(0)); // the data set is not open
    }

    void theGalleryOfAHundredThousandAsksOnlyForWhatIsSeen() {
        constexpr std::uint32_t kMany = 100000;
        auto evaluation = std::make_shared<Evaluation>();
        evaluation->classes = {"a", "b", "c"};
        auto dataset = std::make_shared<Dataset>();
        for (std::uint32_t i = 0; i < kMany; ++i) {
            Prediction prediction;
            prediction.path = "p" + std::to_string(i);
            prediction.sample = i;
            prediction.truth = static_cast<int>(i % 3);
            prediction.predicted = static_cast<int>(i % 4 == 0 ? (i + 1) % 3 : i % 3);
            prediction.confidence = 0.4 + 0.6 * ((i * 7919) % kMany) / kMany;
            prediction.loss = i == 5 ? std::nan("") : 1 - prediction.confidence;
            prediction.probabilities = {0.5f, 0.3f + 0.1f * static_cast<float>(i % 3), 0.1f};
            dataset->samples.push_back({prediction.path, prediction.truth});
            evaluation->predictions.push_back(std::move(prediction));
        }
        /// Counts what a view asks for.
        struct Counted : GalleryModel {
            using GalleryModel::GalleryModel;
            QVariant data(const QModelIndex& index, int role) const override {
                rows.insert(index.row());
                return GalleryModel::data(index, role);
            }
            mutable std::set<int> rows;
        };
        Thumbnails thumbnails;
        Counted gallery(thumbnails, nullptr);
        TileView view(2);
        QVERIFY(shows(view, gallery, {400, 500}));
        gallery.setEvaluation(evaluation, dataset);
        QCOMPARE(gallery.rowCount(), static_cast<int>(kMany));
        QVERIFY(gallery.rows.empty()); // a reset asks for no row
        QTRY_VERIFY(!gallery.rows.empty());
        const auto seesTheLast = [&] { // there once all of it is laid out, a batch at a time
            view.scrollToBottom();
            return gallery.rows.contains(static_cast<int>(kMany) - 1);
        };
        QTRY_VERIFY(seesTheLast());
        QVERIFY2(gallery.rows.size() < 100, qPrintable(QString::number(gallery.rows.size())));
        QCOMPARE(gallery.prediction(0).path, std::string("p5")); // a loss that is no number stands first
        QSignalSpy changed(&gallery, &QAbstractItemModel::dataChanged);
        gallery.data(gallery.index(7), TileImage);
        Q_EMIT thumbnails.thumbnailReady(*gallery.sample(7));
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed.first().first().toModelIndex().row(), 7);
        gallery.setSort(GalleryModel::Sort::ClosestCall);
        QVERIFY(std::abs(marginOf(gallery.prediction(0))) < 1e-6);
        QVERIFY(std::abs(marginOf(gallery.prediction(static_cast<int>(kMany) - 1)) - 0.2) < 1e-6);
        gallery.setFilter(GalleryFilter::ofCell(*evaluation, 0, 1));
        QCOMPARE(gallery.rowCount(), static_cast<int>(kMany / 12) + 1);
        gallery.setShow(GalleryModel::Show::Right);
        QCOMPARE(gallery.rowCount(), 0);
    }

    void scrollingTheGalleryAsksForAsMuchHoweverManyImagesThereAre() {
        struct Counted : GalleryModel {
            using GalleryModel::GalleryModel;
            QVariant data(const QModelIndex& index, int role) const override {
                ++asked;
                return GalleryModel::data(index, role);
            }
            mutable int asked = 0;
        };
        const auto askedOf = [](std::uint32_t images) {
            auto evaluation = std::make_shared<Evaluation>();
            evaluation->classes = {"a", "b"};
            evaluation->predictions.resize(images);
            for (Prediction& prediction : evaluation->predictions)
                prediction.truth = 1;
            Thumbnails thumbnails;
            Counted gallery(thumbnails, nullptr);
            TileView view(2);
            const bool isShown = shows(view, gallery, {400, 500});
            gallery.setEvaluation(evaluation, nullptr);
            const auto rows = static_cast<int>(images);
            const bool laidOut = isShown && QTest::qWaitFor([&] { // a batch at a time
                                     return view.visualRect(gallery.index(rows - 1)).isValid();
                                 });
            QScrollBar& bar = *view.verticalScrollBar();
            bar.setValue(bar.maximum() / 2);
            view.repaint();
            gallery.asked = 0;
            for (int step = 0; step < 20; ++step) {
                bar.triggerAction(QAbstractSlider::SliderSingleStepAdd);
                view.repaint();
            }
            return laidOut ? gallery.asked : -1;
        };
        const int few = askedOf(1000);
        QVERIFY2(few > 20, qPrintable(QString::number(few)));
        QCOMPARE(askedOf(100000), few);
    }

    void predictionsFindTheirImageByPath() {
        Dataset dataset;
        dataset.samples = {{"p2", 0}, {"p0", 0}, {"other", 0}};
        Thumbnails thumbnails;
        GalleryModel gallery(thumbnails, nullptr);
        gallery.setSort(GalleryModel::Sort::LowestLoss);
        gallery.setEvaluation(threeClasses(), std::make_shared<const Dataset>(dataset));
        int found = 0;
        for (int row = 0; row < gallery.rowCount(); ++row) {
            if (const auto sample = gallery.sample(row)) {
                ++found;
                QCOMPARE(dataset.samples[*sample].path, gallery.prediction(row).path);
            }
        }
        QCOMPARE(found, 2);
    }

    void aHundredThousandAreScrolled_data() {
        QTest::addColumn<int>("sort");
        QTest::newRow("scrolled") << -1;
        QTest::newRow("sorted") << static_cast<int>(GalleryModel::Sort::ClosestCall);
    }
    /// Prints how long a step of the scroll bar takes with its frame, and how long another order does.
    void aHundredThousandAreScrolled() {
        constexpr int kMany = 100000;
        auto evaluation = std::make_shared<Evaluation>();
        evaluation->classes = {"a", "b"};
        CounterRandom random(1, RandomPurpose::Test);
        for (int i = 0; i < kMany; ++i) {
            Prediction prediction;
            prediction.truth = i % 2;
            prediction.loss = random.uniform();
            prediction.probabilities = {static_cast<float>(prediction.loss), 1 - static_cast<float>(prediction.loss)};
            evaluation->predictions.push_back(std::move(prediction));
        }
        Thumbnails thumbnails;
        GalleryModel gallery(thumbnails, nullptr);
        TileView view(2);
        QVERIFY(shows(view, gallery, {800, 500}));
        gallery.setEvaluation(evaluation, nullptr);
        QTRY_VERIFY(view.visualRect(gallery.index(kMany - 1)).isValid()); // laid out, a batch at a time
        QFETCH(int, sort);
        if (sort < 0) {
            QScrollBar& bar = *view.verticalScrollBar();
            const int before = bar.value();
            QBENCHMARK {
                bar.triggerAction(QAbstractSlider::SliderSingleStepAdd);
                view.repaint();
            }
            QVERIFY(bar.value() > before);
        } else {
            const double before = gallery.prediction(0).loss;
            QBENCHMARK {
                gallery.setSort(GalleryModel::Sort::LowestLoss);
                gallery.setSort(static_cast<GalleryModel::Sort>(sort));
            }
            QVERIFY(gallery.prediction(0).loss != before);
        }
    }
};

QTEST_MAIN(GalleryTest)
#include "tst_Gallery.moc"
