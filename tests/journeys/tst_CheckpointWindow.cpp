// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>
#include <QSlider>
#include <QToolButton>

#include <set>

#include "CliProcess.h"
#include "Test.h"
#include "WindowDriver.h"
#include "engine/AskedModel.h"
#include "pages/evaluate/EvaluateGallery.h"
#include "plot/CurvePlot.h"
#include "widgets/ProbeView.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 120000, kEpochs = 4;
}

/// The time machine: one slider over the kept checkpoints of a run, in the real window with the real engine.
class CheckpointWindowJourneys : public FolderTest {
    Q_OBJECT

    QString m_home, m_run;
    std::unique_ptr<WindowDriver> m_driver;

    QSlider* slider() const { return m_driver->find<QSlider>("checkpointSlider"); }
    Questions& questions() const { return m_driver->session->questions(); }
    std::string at() const { return m_driver->session->checkpoints().at(); }

    /// What another program says of the checkpoint that is looked at.
    QJsonObject judgedElsewhere() const {
        return runCli(m_home,
                      {"evaluate", m_run, "--split", "test", "--checkpoint", QString::fromStdString(at()), "--json"})
            .json();
    }
    /// Of the pinned images; -1: not drawn then, because the epochs were too quick.
    int columnOf(int epoch) const {
        const auto& drawn = m_driver->find<ProbeView>("probeView")->table().epochs;
        const auto found =
            std::find_if(drawn.begin(), drawn.end(), [&](const auto& maps) { return maps->epoch == epoch; });
        return found == drawn.end() ? -1 : static_cast<int>(found - drawn.begin());
    }
    static QJsonArray matrixOf(const Evaluation& evaluation) {
        QJsonArray rows;
        const int classes = static_cast<int>(evaluation.classes.size());
        for (int truth = 0; truth < classes; ++truth) {
            QJsonArray row;
            for (int predicted = 0; predicted < classes; ++predicted)
                row.append(static_cast<qint64>(evaluation.confusion.at(truth, predicted)));
            rows.append(row);
        }
        return rows;
    }

private Q_SLOTS:
    void initTestCase() {
        m_home = path(QStringLiteral("home"));
        QVERIFY(drawFewToys(path(QStringLiteral("toys"))));
        m_driver = std::make_unique<WindowDriver>(m_home);
        QSignalSpy opened(&m_driver->session->data(), &DataDesk::opened);
        m_driver->window->openPath(path(QStringLiteral("toys")));
        QVERIFY(opened.wait(kLong));
        Experiment experiment = m_driver->session->document().experiment();
        experiment.data.imageHeight = experiment.data.imageWidth = 32;
        experiment.training.batchSize = 8;
        experiment.training.epochs = kEpochs;
        experiment.training.precision = Precision::Fp32;
        experiment.training.probes = {"train/boat/boat_0001.png"};
        QVERIFY(m_driver->session->document().setExperiment(experiment));
        m_driver->key(Qt::Key_4, Qt::ControlModifier);
        m_driver->type("training.checkpoint.keep", QStringLiteral("1"));
        QCOMPARE(m_driver->session->document().experiment().training.checkpoint->keepEvery, 1);
        QSignalSpy ended(&m_driver->session->runs(), &RunDesk::ended);
        m_driver->click("primaryButton");
        QVERIFY(ended.wait(kLong));
        m_run = QString::fromStdString(m_driver->session->runs().run()->folder.filename().string());
        QTRY_COMPARE_WITH_TIMEOUT(m_driver->session->checkpoints().kept().size(), std::size_t{kEpochs}, kLong);
    }
    void cleanupTestCase() { m_driver.reset(); }

    void theSliderStandsBelowThePagesThatShowTheRun() {
        for (const auto& [key, shown] :
             {std::pair(Qt::Key_4, true), std::pair(Qt::Key_7, false), std::pair(Qt::Key_6, true),
              std::pair(Qt::Key_3, false), std::pair(Qt::Key_5, true)}) {
            m_driver->key(key, Qt::ControlModifier);
            QCOMPARE(m_driver->find<QWidget>("checkpointBar")->isVisible(), shown);
        }
        QCOMPARE(slider()->maximum(), kEpochs - 1);
        QVERIFY(m_driver->text("checkpointWords").contains(QStringLiteral("best")));
        QCOMPARE(at(), std::string("best"));
    }

    void everythingThatShowsTheRunIsOfThatEpoch() {
        m_driver->key(Qt::Key_5, Qt::ControlModifier);
        m_driver->click("evaluateButton");
        QTRY_VERIFY_WITH_TIMEOUT(questions().evaluation() != nullptr, kLong);
        QTRY_VERIFY_WITH_TIMEOUT(!questions().isEvaluating(), kLong);
        questions().explain({0, {}});
        QTRY_VERIFY_WITH_TIMEOUT(questions().answer() != nullptr, kLong);
        std::set<std::string> seen;
        for (int place : {0, 2, 1, 3}) {
            QSignalSpy explained(&questions(), &Questions::explanationReady);
            const bool moves = slider()->value() != place;
            slider()->setValue(place);
            QTRY_VERIFY_WITH_TIMEOUT(!questions().isEvaluating(), kLong);
            if (moves)
                QVERIFY(!explained.isEmpty() || explained.wait(kLong));
            const Evaluation& shown = *questions().evaluation();
            const QJsonObject judged = judgedElsewhere();
            QCOMPARE(shown.accuracy, judged["accuracy"].toDouble());
            QCOMPARE(matrixOf(shown), judged["confusion"].toObject()["matrix"].toArray());
            seen.insert(std::to_string(shown.loss));
            const auto* gallery = m_driver->window->findChild<EvaluateGallery*>();
            QCOMPARE(gallery->model().prediction(0).loss,
                     std::find_if(shown.predictions.begin(), shown.predictions.end(), [&](const Prediction& one) {
                         return one.path == gallery->model().prediction(0).path;
                     })->loss);
            const HeatMapAnswer& answer = *questions().answer();
            QCOMPARE(answer.source.checkpoint, at());
            const auto again = ask(**loadEngine(), ofRun(m_driver->session->runs().run()->folder, at()),
                                   answer.questionAbout(*answer.decoded));
            QVERIFY(again.ok() && again->map.values == answer.explanation.map.values);
            const int epoch = m_driver->session->checkpoints().kept()[static_cast<std::size_t>(place)].epoch;
            QCOMPARE(epoch, place + 1);
            for (const char* plot : {"lossPlot", "accuracyPlot"})
                QCOMPARE(m_driver->find<CurvePlot>(plot)->cursor(),
                         m_driver->session->checkpoints().isChosen() ? epoch : 0);
            QCOMPARE(m_driver->find<ProbeView>("probeView")->markedColumn(),
                     m_driver->session->checkpoints().isChosen() ? columnOf(epoch) : -1);
            QVERIFY(m_driver->text("checkpointWords").startsWith(QStringLiteral("Epoch %1").arg(epoch)));
        }
        QCOMPARE(seen.size(), std::size_t{kEpochs}); // they differ: the network has learned
    }

    void whatWasJudgedOnceFollowsTheHand() {
        QTRY_VERIFY_WITH_TIMEOUT(m_driver->session->activities().works().empty(), kLong);
        for (int place : {0, 1, 2, 3, 2, 1}) {
            slider()->setValue(place);
            QVERIFY(!questions().isEvaluating()); // there at once
        }
        const auto tables = std::filesystem::path(m_driver->session->runs().run()->folder) / "predictions";
        std::size_t kept = 0;
        for (const auto& file : std::filesystem::directory_iterator(tables))
            kept += file.path().filename().string().starts_with("test-") && file.path().extension() == ".csv";
        QVERIFY(kept >= kEpochs);
    }

    void keysStepAndGoBackToTheBest() {
        slider()->setValue(1);
        m_driver->key(Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(slider()->value(), 0);
        m_driver->key(Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(slider()->value(), 0);
        QVERIFY(!m_driver->find<QToolButton>("checkpointBefore")->isEnabled());
        m_driver->key(Qt::Key_Right, Qt::AltModifier);
        QCOMPARE(slider()->value(), 1);
        m_driver->click("checkpointRelease");
        QVERIFY(!m_driver->session->checkpoints().isChosen());
        QVERIFY(m_driver->text("checkpointWords").contains(QStringLiteral("best")));
        QCOMPARE(m_driver->find<CurvePlot>("lossPlot")->cursor(), 0.0);
        QTRY_COMPARE_WITH_TIMEOUT(questions().answer()->source.checkpoint, std::string("best"), kLong);
    }

    void aRunThatIsOpenedBeginsAtItsBest() {
        slider()->setValue(0);
        QSignalSpy changed(&m_driver->session->runs(), &RunDesk::runChanged);
        m_driver->session->runs().open(m_run);
        QVERIFY(changed.wait(kLong));
        QVERIFY(!m_driver->session->checkpoints().isChosen());
        QTRY_COMPARE_WITH_TIMEOUT(m_driver->session->checkpoints().kept().size(), std::size_t{kEpochs}, kLong);
    }
};

QTEST_MAIN(CheckpointWindowJourneys)
#include "tst_CheckpointWindow.moc"
