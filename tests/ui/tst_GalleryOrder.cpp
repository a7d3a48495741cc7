// SPDX-License-Identifier: GPL-3.0-or-later
#include <QListView>
#include <QStandardItemModel>

#include "FakeEngine.h"
#include "MadeUpEvaluation.h"
#include "RunTest.h"
#include "metrics/LearningOrder.h"
#include "models/Tiles.h"
#include "store/LearningFile.h"
#include "support/Files.h"

using namespace sightline;
using namespace sightline::ui;

/// The gallery of the page Evaluate, sorted by what the epochs of the run say, in the real window without torch.
class GalleryOrderTest : public RunTest {
    Q_OBJECT
    static constexpr int kForgottenMost = 5, kLearnedLast = 6, kNeverLearned = 7; ///< places in the list of orders

    /// A network that is right about every image.
    static Evaluation evaluationOf(const Dataset& dataset, const std::string& split) {
        return madeUpEvaluation(dataset, split == "val" ? Subset::Validation : Subset::Test, dataset.classes,
                                [](Prediction&, std::size_t) {});
    }
    struct Opened {
        FakeEngine engine;
        std::unique_ptr<WindowDriver> driver;
    };
    /// With the toys' run open; `epochs` are those of the first validation images: one digit an epoch, 1 right, 0
    /// wrong.
    void open(Opened& on, const QString& home, const std::vector<std::string>& epochs) const {
        const RunFolder run = storeRun(home, m_classes, "toy_cnn");
        on.driver = std::make_unique<WindowDriver>(path(home), on.engine.door());
        on.driver->window->resize(1280, 720);
        openRun(*on.driver->session, run);
        on.engine.onEvaluate = [&on](const EvaluationQuestion& question, const std::stop_token&, const Progress&) {
            return Result<Evaluation>(evaluationOf(*on.driver->session->data().dataset(), question.split));
        };
        on.engine.onExplain = [](const HeatMapQuestion& question, const std::stop_token&) {
            return Result<HeatMap>(explanationOf(question, {"boat", "car", "duck", "robot", "train"}, 1));
        };
        const auto dataset = on.driver->session->data().dataset();
        const auto validation = dataset->indices(Subset::Validation);
        LearningHistory history;
        for (std::size_t i = 0; i < epochs.size(); ++i)
            for (std::size_t epoch = 0; epoch < epochs[i].size(); ++epoch)
                history.record(dataset->samples[validation[i]].path, static_cast<int>(epoch) + 1,
                               {epochs[i][epoch] == '1', 3 - 0.1f * static_cast<float>(i)});
        if (!epochs.empty())
            QVERIFY(writeLearning(run.path(), history));
    }
    static void evaluate(const WindowDriver& driver, int split) {
        driver.key(Qt::Key_5, Qt::ControlModifier);
        driver.find<QComboBox>("evaluateSplit")->setCurrentIndex(split);
        driver.click("evaluateButton");
        QTRY_VERIFY(!driver.session->questions().isEvaluating() && driver.session->questions().evaluation());
    }
    static QModelIndex tile(const WindowDriver& driver, int row) {
        return driver.find<QListView>("gallery")->model()->index(row, 0);
    }
    static QString words(const WindowDriver& driver, int row) {
        return tile(driver, row).data(Qt::ToolTipRole).toString().section('\n', 1);
    }
    static bool isOffered(const WindowDriver& driver, int order) {
        auto* box = driver.find<QComboBox>("gallerySort");
        return qobject_cast<QStandardItemModel*>(box->model())->item(order)->isEnabled();
    }
    static QString hint(const WindowDriver& driver, int order) {
        return driver.find<QComboBox>("gallerySort")->itemData(order, Qt::ToolTipRole).toString();
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 2, 6, 48)); }

    void imagesAreSortedByWhatTheEpochsSay() {
        Opened on;
        open(on, QStringLiteral("home-sorted"), {"1111", "0000", "1010", "0011", "0110"});
        const WindowDriver& driver = *on.driver;
        evaluate(driver, 1);
        QTRY_VERIFY(isOffered(driver, kForgottenMost));
        driver.find<QComboBox>("gallerySort")->setCurrentIndex(kForgottenMost);
        QCOMPARE(words(driver, 0), QStringLiteral("right in 2 of 4 epochs, forgotten twice"));
        QCOMPARE(words(driver, 1), QStringLiteral("right in 2 of 4 epochs, forgotten once"));
        QVERIFY(tile(driver, 0).data(Qt::AccessibleTextRole).toString().endsWith(words(driver, 0)));
        driver.find<QComboBox>("gallerySort")->setCurrentIndex(kLearnedLast);
        QCOMPARE(words(driver, 0), QStringLiteral("right in 2 of 4 epochs, never forgotten"));
        driver.find<QComboBox>("gallerySort")->setCurrentIndex(kNeverLearned);
        QCOMPARE(words(driver, 0), QStringLiteral("right in none of 4 epochs"));
        QCOMPARE(words(driver, 29), QStringLiteral("not followed while training")); // what nothing is known of, last
        driver.find<QListView>("gallery")->setFocus();
        picture(driver, QStringLiteral("gallery-learning"));
    }

    void theStripTellsRightFromWrongByItsHeight() {
        Opened on;
        open(on, QStringLiteral("home-strip"), {"0101"});
        const WindowDriver& driver = *on.driver;
        evaluate(driver, 1);
        QTRY_VERIFY(isOffered(driver, kNeverLearned));
        driver.find<QComboBox>("gallerySort")->setCurrentIndex(kNeverLearned);
        const auto strip = tile(driver, 0).data(TileStrip).value<std::vector<LearningCell>>();
        QCOMPARE(strip.size(), std::size_t(4));
        QCOMPARE(strip[0].right, 0);
        QCOMPARE(strip[1].right, 1);
        auto* gallery = driver.find<QListView>("gallery");
        const QImage drawn = gallery->viewport()->grab(gallery->visualRect(tile(driver, 0))).toImage();
        const auto painted = [&](Role role) { // rows with a pixel of this color, however faint over the surface
            int rows = 0;
            for (int y = 0; y < drawn.height(); ++y)
                for (int x = 0; x < drawn.width(); ++x)
                    if (drawn.pixelColor(x, y) == theme::color(role)) {
                        ++rows;
                        break;
                    }
            return rows;
        };
        QCOMPARE(painted(Role::Training), 2);
        QCOMPARE(painted(Role::Validation), 8); // a loss of 3 is drawn in full
    }

    void runsWithoutAHistorySayWhyTheyDoNotOfferIt() {
        Opened on;
        open(on, QStringLiteral("home-older"), {});
        const WindowDriver& driver = *on.driver;
        evaluate(driver, 1);
        for (const int order : {kForgottenMost, kLearnedLast, kNeverLearned}) {
            QVERIFY(!isOffered(driver, order));
            QTRY_VERIFY2(hint(driver, order).startsWith(QStringLiteral("This run keeps no learning history")),
                         qPrintable(hint(driver, order)));
        }
        QVERIFY(driver.text("galleryNote").isEmpty());
        QVERIFY(!tile(driver, 0).data(TileStrip).isValid());
    }

    void imagesThatWereNotFollowedAreSaidAndTheOrderFallsBack() {
        Opened on;
        open(on, QStringLiteral("home-test"), {"0101"});
        const WindowDriver& driver = *on.driver;
        evaluate(driver, 1);
        QTRY_VERIFY(isOffered(driver, kLearnedLast));
        driver.find<QComboBox>("gallerySort")->setCurrentIndex(kLearnedLast);
        evaluate(driver, 0);
        QTRY_VERIFY2(driver.text("galleryNote").contains(QStringLiteral("Test images have no learning history")),
                     qPrintable(driver.text("galleryNote")));
        QVERIFY(!isOffered(driver, kLearnedLast));
        QCOMPARE(hint(driver, kLearnedLast), driver.text("galleryNote"));
        QCOMPARE(driver.find<QComboBox>("gallerySort")->currentIndex(), 0);
    }

    void aDamagedHistoryIsSaid() {
        Opened on;
        open(on, QStringLiteral("home-damaged"), {"0101"});
        const WindowDriver& driver = *on.driver;
        const auto file = driver.session->runs().run()->folder / kLearningFile;
        QVERIFY(writeFileAtomically(file, "no gzip"));
        evaluate(driver, 1);
        QTRY_VERIFY2(hint(driver, kForgottenMost).contains(QStringLiteral("is damaged")),
                     qPrintable(hint(driver, kForgottenMost)));
        QVERIFY(!isOffered(driver, kForgottenMost));
    }
};

QTEST_MAIN(GalleryOrderTest)
#include "tst_GalleryOrder.moc"
