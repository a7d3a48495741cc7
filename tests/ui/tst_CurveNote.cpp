// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>

#include <set>

#include "FakeEngine.h"
#include "PageTest.h"
#include "pages/Page.h"
#include "pages/train/CurveNote.h"
#include "store/RunStore.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
/// Training goes on to 1; validation stops getting better at epoch 5, and its loss rises.
EpochFinished learnedByHeart(int i) {
    EpochFinished epoch;
    epoch.metrics.epoch = i;
    epoch.metrics.loss = 1.0 / i;
    epoch.metrics.accuracy = std::min(1.0, 0.5 + 0.08 * i);
    epoch.metrics.valLoss = i < 6 ? 1.2 - 0.1 * i : 0.7 + 0.1 * (i - 5);
    epoch.metrics.valAccuracy = i < 6 ? 0.45 + 0.08 * i : 0.85;
    epoch.bestEpoch = std::min(i, 5);
    return epoch;
}

RunStarted started(const RunFolder& folder, const Experiment& experiment) {
    RunStarted begun;
    begun.folder = folder.path().string();
    begun.name = experiment.name;
    begun.classes = {"boat", "car", "duck", "robot", "train"};
    begun.epochs = experiment.training.epochs;
    return begun;
}
} // namespace

/// Plain words beside the curves, and where their links lead.
class CurveNoteTest : public PageTest {
    Q_OBJECT

    /// Trains 12 epochs; waits at the gate after the first three.
    static void train(FakeEngine& engine, Gate& gate) {
        engine.onTrain = [&](const TrainRequest& request, const std::stop_token& stop, TrainControl&,
                             const EventSink& sink) {
            const auto folder = RunStore::open(request.home)->create(request.experiment);
            sink(started(*folder, request.experiment));
            for (int i = 1; i <= 12; ++i) {
                if (i == 4)
                    gate.pass(stop);
                const TrainEvent event = learnedByHeart(i);
                static_cast<void>(folder->appendEvent(toJson(event)));
                sink(event);
            }
            RunEnded ended;
            ended.epochs = 12;
            ended.bestEpoch = 5;
            ended.folder = folder->path().string();
            return ended;
        };
    }
    /// Clicks the link where the mouse finds it.
    static void clickLink(WindowDriver& driver, const QString& link) {
        auto* note = driver.find<QLabel>("curveNote");
        QVERIFY(note && note->isVisible());
        QString under;
        const auto hovering =
            connect(note, &QLabel::linkHovered, note, [&](const QString& hovered) { under = hovered; });
        for (int y = 4; y < note->height(); y += 6)
            for (int x = 2; x < note->width(); x += 4) {
                QTest::mouseMove(note, QPoint(x, y));
                if (under == link) {
                    disconnect(hovering);
                    return QTest::mouseClick(note, Qt::LeftButton, {}, QPoint(x, y));
                }
            }
        QFAIL(qPrintable(QStringLiteral("no link to ") + link));
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24)); }

    void saysWhatTheCurvesShowAndLeadsToWhatHelps() {
        FakeEngine engine;
        Gate gate;
        train(engine, gate);
        WindowDriver driver(path(QStringLiteral("home")), engine.door());
        open(driver);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.click("pageTrainButton");
        QTRY_COMPARE(driver.session->runs().progress().history.size(), std::size_t{3});
        QVERIFY(!driver.find<QWidget>("curveNote")->isVisible()); // too early
        gate.open();
        const QString sentence = QStringLiteral(
            "Training has been far ahead of validation since epoch 6: the network is learning these images by heart.");
        QTRY_VERIFY(driver.text("curveNote").startsWith(sentence));
        QTRY_VERIFY(driver.session->runs().isIdle());
        QTRY_COMPARE(driver.text("runState"),
                     QStringLiteral("Finished after 12 epochs. Best epoch by validation accuracy: 5."));

        clickLink(driver, QStringLiteral("training.early_stopping"));
        QCOMPARE(driver.window->currentPage(), QStringLiteral("train"));
        QCOMPARE(driver.window->focusWidget()->objectName(), QStringLiteral("training.early_stopping on"));
        clickLink(driver, QStringLiteral("augmentation.rotation_range"));
        QCOMPARE(driver.window->currentPage(), QStringLiteral("augment"));
        driver.key(Qt::Key_4, Qt::ControlModifier);
        clickLink(driver, QStringLiteral("model.options.dropout"));
        QCOMPARE(driver.window->currentPage(), QStringLiteral("network"));
        QCOMPARE(driver.window->focusWidget()->objectName(), QStringLiteral("model.options.dropout"));

        const QString run = QString::fromStdString(driver.session->runs().run()->folder.string());
        driver.session->runs().close();
        driver.key(Qt::Key_4, Qt::ControlModifier);
        QVERIFY(!driver.find<QWidget>("curveNote")->isVisible());
        driver.window->openPath(run); // and it is said again
        QTRY_VERIFY(driver.text("curveNote").startsWith(sentence));
    }

    void everyProposalLeadsToAField() {
        std::set<std::string> paths;
        const auto ask = [&](const std::function<EpochMetrics(int)>& at, const Experiment& experiment) {
            std::vector<EpochMetrics> history;
            for (int i = 1; i <= 12; ++i)
                history.push_back(at(i));
            const CurveReading reading = readCurves(history, experiment, 5);
            for (const Remedy& remedy : reading.remedies)
                paths.insert(remedy.path);
            return reading.shape;
        };
        WindowDriver driver(path(QStringLiteral("home-fields")));
        open(driver);
        Experiment experiment = driver.session->document().experiment();
        experiment.training.epochs = 12;
        const auto with = [](double loss, double accuracy, double valLoss, int i) {
            EpochMetrics metrics;
            metrics.epoch = i;
            metrics.loss = loss;
            metrics.accuracy = accuracy;
            metrics.valLoss = valLoss;
            metrics.valAccuracy = accuracy;
            return metrics;
        };
        QCOMPARE(ask([](int i) { return learnedByHeart(i).metrics; }, experiment), CurveShape::Overfitting);
        QCOMPARE(ask([&](int i) { return with(i, 0.2, 1, i); }, experiment), CurveShape::Diverging);
        QCOMPARE(ask([&](int i) { return with(1.6, 0.2, 1.6, i); }, experiment), CurveShape::NotLearning);
        QCOMPARE(ask([&](int i) { return with(1.0 / i, 0.6, i == 4 ? 0.5 : 0.6, i); }, experiment),
                 CurveShape::Stalled);
        QCOMPARE(ask([&](int i) { return with(1.0 / i, 0.6, 1.0 / i, i); }, experiment), CurveShape::Unfinished);
        QVERIFY(paths.size() >= 10);
        auto* page = driver.find<Page>("trainPage");
        for (const std::string& field : paths) {
            driver.key(Qt::Key_7, Qt::ControlModifier);
            driver.find<QWidget>("runsPage")->setFocus();
            Q_EMIT page->fieldRequested(QString::fromStdString(field));
            const QWidget* found = driver.window->focusWidget();
            QVERIFY2(driver.window->currentPage() != QStringLiteral("runs") && found && found->isVisible() &&
                         (found->objectName().startsWith(QString::fromStdString(field)) ||
                          found->objectName() == QStringLiteral("zooCards")),
                     (field + " leads to " + (found ? found->objectName().toStdString() : "nothing")).c_str());
        }
    }
};

QTEST_MAIN(CurveNoteTest)
#include "tst_CurveNote.moc"
