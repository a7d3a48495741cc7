// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QDoubleSpinBox>
#include <QImage>
#include <QListView>
#include <QTableView>

#include <atomic>
#include <cmath>

#include "FakeEngine.h"
#include "RunTest.h"
#include "StoredWeights.h"
#include "models/Tiles.h"
#include "pages/explain/UnknownLine.h"
#include "support/Csv.h"
#include "support/Files.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kPatience = 30000; ///< milliseconds: sanitizers are slow

/// One feature; of the known images it lies between 1 and 40.
UnknownRule ruleOfBrightness() {
    UnknownRule rule{"pool", {{{1, 1}, {0}}, {{1, 1}, {1}}, {1, 1}}, {}};
    for (int i = 1; i <= 40; ++i)
        rule.known.push_back({0, static_cast<float>(i * i)});
    return rule;
}
} // namespace

/// Images of none of the network's classes, in the real window without torch: to the network of these tests an image is
/// as strange as it is bright.
class NoneOfTheseTest : public RunTest {
    Q_OBJECT

    struct Opened {
        FakeEngine engine;
        std::atomic<int> learned{0}, predicted{0};
        std::unique_ptr<WindowDriver> driver;
    };
    std::unique_ptr<Opened> open(const char* home, bool canTell = true) {
        auto opened = std::make_unique<Opened>();
        opened->engine.onExplain = [this](const HeatMapQuestion& request, std::stop_token) {
            return Result<HeatMap>(explanationOf(request, m_classes, 0));
        };
        opened->engine.onUnknown = [canTell, &learned = opened->learned]() -> Result<UnknownRule> {
            ++learned;
            return canTell ? Result<UnknownRule>(ruleOfBrightness()) : badInput("The run has no val images.");
        };
        opened->engine.onAsk = [](const Question& question, auto&&...) -> Result<Answer> {
            const auto* kind = std::get_if<FeaturesQuestion>(&question);
            if (!kind || !kind->image)
                return cancelled();
            Features found;
            found.layer = "pool";
            found.values = {{1, 1}, {static_cast<float>(kind->image->pixels.front())}};
            found.logits = {{1, 1}, {0}};
            return Answer(found);
        };
        opened->engine.onPredict = [&predicted = opened->predicted](const PredictionsQuestion& question, auto&&...) {
            ++predicted;
            Predictions predictions;
            for (const auto& file : question.images) {
                ImagePrediction one{file.string(), {}, {0.1f, 0.6f, 0.1f, 0.1f, 0.1f}};
                const float bright = readImage(file)->pixels.front();
                if (question.judge)
                    one.unknownScore = question.judge->score(std::vector{bright}, std::vector{0.0f});
                predictions.images.push_back(std::move(one));
            }
            return Result<Predictions>(predictions);
        };
        const auto run = storeRun(QLatin1String(home), m_classes, "toy_cnn");
        opened->driver = std::make_unique<WindowDriver>(path(QLatin1String(home)), opened->engine.door());
        openRun(*opened->driver->session, run);
        opened->driver->key(Qt::Key_6, Qt::ControlModifier);
        return opened;
    }
    /// Drops an image and waits until it is explained.
    void drop(const Opened& opened, const char* image) const {
        QSignalSpy ready(&opened.driver->session->questions(), &Questions::explanationReady);
        opened.driver->drop(path(QLatin1String(image)));
        QVERIFY(ready.wait(kPatience));
    }
    static QString words(const Opened& opened) { return opened.driver->text("unknownWords"); }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24));
        QVERIFY(QDir().mkpath(path(QStringLiteral("dropped"))));
        for (const auto& [name, gray] : {std::pair{"known", 10}, std::pair{"other", 30}, std::pair{"alien", 200}}) {
            QImage image(24, 24, QImage::Format_Grayscale8);
            image.fill(gray);
            QVERIFY(image.save(path(QStringLiteral("dropped/%1.png").arg(QLatin1String(name)))));
        }
    }

    void anAlienImageIsSaidToBeNoneOfTheClasses() {
        const auto opened = open("home-drop");
        drop(*opened, "dropped/alien.png");
        QTRY_COMPARE_WITH_TIMEOUT(words(*opened), QStringLiteral("Probably none of these classes."), kPatience);
        picture(*opened->driver, QStringLiteral("explain-unknown"));
        drop(*opened, "dropped/known.png");
        QCOMPARE(words(*opened), QString()); // it was another image's
        drop(*opened, "dropped/alien.png");
        QTRY_VERIFY_WITH_TIMEOUT(!words(*opened).isEmpty(), kPatience);
        QCOMPARE(opened->learned.load(), 1); // once for the run
    }

    void aKnownImageIsNot() {
        const auto opened = open("home-known");
        for (const char* image : {"dropped/known.png", "dropped/other.png"}) {
            drop(*opened, image);
            QTRY_COMPARE_WITH_TIMEOUT(opened->driver->find<UnknownLine>("unknownLine")->isUnknown(),
                                      std::optional(false), kPatience);
            QCOMPARE(words(*opened), QString());
        }
    }

    void theShareOfWronglyRefusedIsChosen() {
        const auto opened = open("home-share");
        const WindowDriver& driver = *opened->driver;
        drop(*opened, "dropped/other.png");
        QTRY_COMPARE_WITH_TIMEOUT(driver.find<UnknownLine>("unknownLine")->isUnknown(), std::optional(false),
                                  kPatience);
        driver.key(Qt::Key_5, Qt::ControlModifier);
        driver.click("classifyButton");
        prompts().openFolder = [this](auto&&...) { return path(QStringLiteral("dropped")); };
        driver.click("classifyFolder");
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("classifyStatus").contains(QStringLiteral("1 probably")), kPatience);
        QCOMPARE(driver.find<QDoubleSpinBox>("refuseShare")->value(), 5.0);
        driver.type("refuseShare", QStringLiteral("50")); // more than half of the known images are darker than this one
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("classifyStatus").contains(QStringLiteral("2 probably")), kPatience);
        QCOMPARE(opened->predicted.load(), 1); // what the network said is only judged again
        QVERIFY(driver.find<QWidget>("refuseShare")->isEnabled());
        QTRY_COMPARE_WITH_TIMEOUT(driver.find<UnknownLine>("unknownLine")->isUnknown(), std::optional(true), kPatience);
    }

    void whereNobodyCanTellNothingIsSaid() {
        const auto opened = open("home-refused", false);
        drop(*opened, "dropped/alien.png");
        const UnknownDesk& desk = opened->driver->session->unknown();
        QTRY_COMPARE_WITH_TIMEOUT(desk.refusal(), QStringLiteral("The run has no val images."), kPatience);
        drop(*opened, "dropped/alien.png");
        QCOMPARE(words(*opened), QString());
        Q_EMIT opened->driver->session->runs().checkpointSaved(bestOf(2));
        drop(*opened, "dropped/alien.png");
        QCOMPARE(desk.refusal(), QStringLiteral("The run has no val images."));
        QCOMPARE(opened->learned.load(), 1); // and is not asked again
    }

    void theGalleryShowsThemAndSortsByThem() {
        const auto opened = open("home-gallery");
        const auto dataset = opened->driver->session->data().dataset();
        const auto images = dataset->indices(Subset::Test);
        opened->engine.onEvaluate = [dataset, images](auto&&...) {
            Evaluation evaluation;
            evaluation.split = "test";
            evaluation.classes = dataset->classes;
            for (const std::uint32_t i : images) {
                Prediction one;
                one.path = dataset->samples[i].path;
                one.sample = i;
                one.truth = one.predicted = dataset->samples[i].label;
                one.probabilities.assign(dataset->classes.size(), 0.05f);
                one.confidence = 0.8;
                one.loss = 0.2;
                evaluation.predictions.push_back(one);
            }
            summarize(evaluation);
            return Result<Evaluation>(evaluation);
        };
        std::atomic<int> asked{0};
        opened->engine.onAsk = [&](const Question& question, auto&&...) -> Result<Answer> {
            if (!std::get_if<FeaturesQuestion>(&question))
                return cancelled();
            ++asked;
            Features found; // in another order than the evaluation's
            found.layer = "pool";
            for (std::size_t i = images.size(); i-- > 0;) {
                found.paths.push_back(dataset->samples[images[i]].path);
                found.values.values.push_back(i == 3 ? 200.0f : i == 5 ? 30.0f : static_cast<float>(i));
                found.logits.values.push_back(0);
            }
            found.values.shape = found.logits.shape = {static_cast<std::int64_t>(images.size()), 1};
            return Answer(found);
        };
        const WindowDriver& driver = *opened->driver;
        driver.key(Qt::Key_5, Qt::ControlModifier);
        driver.find<QComboBox>("evaluateSplit")->setCurrentIndex(0);
        driver.click("evaluateButton");
        const auto* gallery = driver.find<QListView>("gallery")->model();
        QTRY_COMPARE_WITH_TIMEOUT(gallery->index(3, 0).data(TileDetail).toString(), QStringLiteral("none of these?"),
                                  kPatience);
        QCOMPARE(gallery->index(2, 0).data(TileDetail).toString(), QStringLiteral("80.0 % · loss 0.200"));
        QVERIFY(gallery->index(3, 0)
                    .data(Qt::AccessibleTextRole)
                    .toString()
                    .contains(QStringLiteral("probably none of these classes")));
        auto* order = driver.find<QComboBox>("gallerySort");
        order->setFocus();
        QTest::keyClick(order, Qt::Key_End);
        QCOMPARE(order->currentText(), QStringLiteral("Strangest first"));
        const auto pathAt = [&](int row) {
            return gallery->index(row, 0).data(Qt::ToolTipRole).toString().section('\n', 0, 0).toStdString();
        };
        QCOMPARE(pathAt(0), dataset->samples[images[3]].path);
        QCOMPARE(pathAt(1), dataset->samples[images[5]].path);
        QCOMPARE(pathAt(2), dataset->samples[images.back()].path);
        QCOMPARE(asked.load(), 1);
        picture(driver, QStringLiteral("gallery-unknown"));

        driver.type("galleryRefuseShare", QStringLiteral("50"));
        const auto unknown = [&] {
            int count = 0;
            for (int row = 0; row < gallery->rowCount(); ++row)
                count += gallery->index(row, 0).data(TileDetail).toString() == QStringLiteral("none of these?");
            return count;
        };
        QTRY_COMPARE_WITH_TIMEOUT(unknown(), 2, kPatience);
        driver.click("classifyButton");
        QCOMPARE(driver.find<QDoubleSpinBox>("refuseShare")->value(), 50.0); // one setting
        driver.type("refuseShare", QStringLiteral("5"));
        QTRY_COMPARE_WITH_TIMEOUT(unknown(), 1, kPatience);
        QCOMPARE(driver.find<QDoubleSpinBox>("galleryRefuseShare")->value(), 5.0);

        Q_EMIT driver.session->runs().checkpointSaved(bestOf(2));
        driver.session->unknown().want(); // learned of other weights: all are judged anew
        QTRY_COMPARE_WITH_TIMEOUT(asked.load(), 2, kPatience);
    }

    void aFolderIsClassifiedWithThem() {
        const auto opened = open("home-classify");
        const WindowDriver& driver = *opened->driver;
        driver.key(Qt::Key_5, Qt::ControlModifier);
        driver.click("classifyButton");
        prompts().openFolder = [this](auto&&...) { return path(QStringLiteral("dropped")); };
        driver.click("classifyFolder");
        const auto* table = driver.find<QTableView>("classifiedTable")->model();
        QTRY_COMPARE_WITH_TIMEOUT(table->rowCount(), 3, kPatience);
        QCOMPARE(driver.text("classifyStatus"),
                 QStringLiteral("3 images classified · 1 probably of none of these classes"));
        QCOMPARE(table->index(0, 1).data().toString(), QStringLiteral("none of these? (car)")); // alien.png
        QCOMPARE(table->index(1, 1).data().toString(), QStringLiteral("car"));
        driver.clickRow("classifiedTable", 0);
        QCOMPARE(driver.text("classifiedUnknown"), QStringLiteral("Probably none of these classes."));
        driver.clickRow("classifiedTable", 1);
        QCOMPARE(driver.text("classifiedUnknown"), QString());
        auto* filter = driver.find<QComboBox>("classifyFilter");
        filter->setFocus();
        QTest::keyClick(filter, Qt::Key_End);
        QCOMPARE(filter->currentText(), QStringLiteral("None of these (1)"));
        QCOMPARE(table->rowCount(), 1);

        const QString csv = path(QStringLiteral("table.csv"));
        prompts().saveFile = [&](auto&&...) { return csv; };
        driver.click("saveClassified");
        QTRY_COMPARE_WITH_TIMEOUT(driver.text("classifyStatus"), QStringLiteral("Saved %1.").arg(csv), kPatience);
        const auto rows = csvRows(*readFile(csv.toStdString()));
        QCOMPARE(rows[1][3], std::string("true"));
        QCOMPARE(rows[2][3], std::string("false"));
    }

    void whyNobodyCanTellIsSaidAboutAFolder() {
        const auto opened = open("home-classify-refused", false);
        const WindowDriver& driver = *opened->driver;
        driver.key(Qt::Key_5, Qt::ControlModifier);
        driver.click("classifyButton");
        prompts().openFolder = [this](auto&&...) { return path(QStringLiteral("dropped")); };
        driver.click("classifyFolder");
        QTRY_COMPARE_WITH_TIMEOUT(driver.text("classifyStatus"),
                                  QStringLiteral("3 images classified · unknown images are not told apart"), kPatience);
        QCOMPARE(driver.find<QWidget>("classifyStatus")->toolTip(), QStringLiteral("The run has no val images."));
    }
};

QTEST_MAIN(NoneOfTheseTest)
#include "tst_NoneOfThese.moc"
