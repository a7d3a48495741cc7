// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QLabel>
#include <QTableView>
#include <QTemporaryDir>

#include "Test.h"
#include "WindowDriver.h"
#include "store/RunExport.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 120000;
}

/// Transfer learning in the window: weights from a file, the base frozen, features kept, the head trained and asked.
class TransferWindowTest : public FolderTest {
    Q_OBJECT

    void prepare(WindowDriver& driver) const {
        prompts().openFolder = [this](QWidget*, const QString&, const QString&) {
            return path(QStringLiteral("toys"));
        };
        driver.click("startOpenFolder");
        QTRY_COMPARE_WITH_TIMEOUT(driver.window->currentPage(), QStringLiteral("data"), kLong);
        driver.key(Qt::Key_3, Qt::ControlModifier);
        driver.type("data.image_size[1]", QStringLiteral("48"));
        driver.type("data.image_size", QStringLiteral("48"));
        Experiment next = driver.session->document().experiment();
        next.augmentation = {};
        next.training.epochs = 2;
        next.training.batchSize = 8;
        driver.session->document().setExperiment(next);
    }

    void train(WindowDriver& driver) const {
        driver.click("primaryButton");
        QTRY_VERIFY_WITH_TIMEOUT(
            driver.session->runs().run() != nullptr && driver.session->runs().progress().ended.has_value(), kLong);
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().state(), RunState::Idle, kLong);
        QVERIFY2(driver.session->runs().progress().ended->outcome == RunEnded::Outcome::Completed,
                 driver.session->runs().progress().ended->reason.c_str());
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 8, 3)); }

    void aFrozenBaseFromAFileTrainsAHeadThatIsEvaluatedAndExplained() {
        WindowDriver driver(path(QStringLiteral("home")));
        prepare(driver);
        train(driver);
        const std::string weights = path(QStringLiteral("weights.safetensors")).toStdString();
        QVERIFY(exportWeights(RunFolder(driver.session->runs().run()->folder), "last", weights).ok());

        driver.key(Qt::Key_3, Qt::ControlModifier);
        prompts().openFile = [&](QWidget*, const QString&, const QString&, const QString&) {
            return QString::fromStdString(weights);
        };
        driver.click("chooseWeights");
        QCOMPARE(driver.session->document().experiment().model.weights, weights);
        QVERIFY2(driver.text("weightFacts").contains(QStringLiteral("All layers get pretrained weights")),
                 qPrintable(driver.text("weightFacts")));
        const QString whole = driver.text("trainableCount");
        auto* frozen = driver.find<QComboBox>("frozenUpTo");
        frozen->setFocus();
        QTest::keyClick(frozen, Qt::Key_Down); // from nothing to the base
        QCOMPARE(driver.session->document().experiment().model.freeze, std::string("base"));
        QVERIFY(driver.text("trainableCount") != whole);
        QVERIFY(!driver.find<QLabel>("freezingProblem")->isVisible());
        driver.click("section Feature extraction and fine-tuning");
        driver.toggle("training.cache_features");
        QVERIFY(driver.session->document().experiment().training.cacheFeatures);

        QSignalSpy noted(&driver.session->runs(), &RunDesk::noted);
        train(driver);
        const auto said = [&](const char* words) {
            return std::any_of(noted.begin(), noted.end(), [&](const QList<QVariant>& note) {
                return note[0].toString().contains(QLatin1String(words));
            });
        };
        QVERIFY(said("were computed and cached"));

        driver.session->questions().evaluate();
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->questions().evaluation() != nullptr, kLong);
        QCOMPARE(driver.session->questions().evaluation()->predictions.size(), std::size_t(15));
        QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
        driver.session->questions().explain({0u, {}});
        QTRY_COMPARE_WITH_TIMEOUT(explained.count(), 1, kLong);
        QVERIFY(driver.session->questions().answer()->explanation.mapHeight > 1);
    }

    void aHeadAndFineTuningAreSetOnThePage() {
        WindowDriver driver(path(QStringLiteral("settings")));
        prepare(driver);
        const auto experiment = [&]() -> const Experiment& { return driver.session->document().experiment(); };
        driver.click("section Custom classifier");
        driver.toggle("model.head.replaced");
        QVERIFY(experiment().model.head.has_value());
        driver.type("model.head.dense", QStringLiteral("64, 16"));
        QCOMPARE(experiment().model.head->dense, (std::vector<int>{64, 16}));
        QVERIFY(driver.text("networkSummary").contains(QStringLiteral("parameters")));
        driver.type("model.head.dense", QStringLiteral("64, many"));
        QVERIFY2(!driver.text("model.head.dense note").contains(QStringLiteral("Units per layer")),
                 qPrintable(driver.text("model.head.dense note"))); // the problem is said there
        driver.type("model.head.dense", QStringLiteral("64"));

        auto* frozen = driver.find<QComboBox>("frozenUpTo");
        frozen->setFocus();
        QTest::keyClick(frozen, Qt::Key_Down);
        driver.click("section Feature extraction and fine-tuning");
        driver.toggle("training.fine_tune.planned");
        QVERIFY(experiment().training.fineTune.has_value());
        driver.type("training.fine_tune.at_epoch", QStringLiteral("2"));
        auto* thaws = driver.find<QComboBox>("training.fine_tune.unfreeze");
        thaws->setFocus();
        QTest::keyClick(thaws, Qt::Key_Down);
        QVERIFY(experiment().training.fineTune->unfreeze != "all");
        driver.type("training.fine_tune.per_block",
                    QString::fromStdString(experiment().training.fineTune->unfreeze) + QStringLiteral(": 0.5"));
        QCOMPARE(experiment().training.fineTune->perBlock.begin()->second, 0.5);
        QSignalSpy noted(&driver.session->runs(), &RunDesk::noted);
        train(driver);
        QVERIFY(std::any_of(noted.begin(), noted.end(), [](const QList<QVariant>& note) {
            return note[0].toString().contains(QStringLiteral("Fine-tuning from epoch 2"));
        }));

        driver.key(Qt::Key_3, Qt::ControlModifier);
        driver.clickRow("zooCards", 1); // another network: none of this is about its layers
        QVERIFY(!experiment().model.head.has_value() && !experiment().training.fineTune.has_value());
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(experiment().training.fineTune.has_value());
    }

    void costsAreShownBeforeTraining() {
        WindowDriver driver(path(QStringLiteral("costs")));
        prepare(driver);
        const QString before = driver.text("trainingMemory");
        QVERIFY(before.contains(QStringLiteral("batch size 8")));
        Experiment next = driver.session->document().experiment();
        next.training.batchSize = 512;
        driver.session->document().setExperiment(next);
        QVERIFY(driver.text("trainingMemory").contains(QStringLiteral("batch size 512")));
        next.training.batchSize = 8;
        driver.session->document().setExperiment(next);
        driver.click("measureEpoch");
        QVERIFY(!driver.find<QPushButton>("measureEpoch")->isEnabled()); // one at a time, and the window goes on
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("epochTime").contains(QStringLiteral("per epoch")), kLong);
        QVERIFY(driver.find<QPushButton>("measureEpoch")->isEnabled());
        driver.type("data.image_size", QStringLiteral("40"));
        QCOMPARE(driver.text("epochTime"), QString()); // of another size it says nothing
    }
};

QTEST_MAIN(TransferWindowTest)
#include "tst_TransferWindow.moc"
