// SPDX-License-Identifier: GPL-3.0-or-later
#include <QListView>
#include <QTableView>

#include "MadeUpEvaluation.h"
#include "QuestionTest.h"

using namespace sightline;
using namespace sightline::ui;

/// Whose labels are in doubt, and what a person does about it.
class SuspectsTabTest : public QuestionTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24)); }

    /// The last image is a train that looks like a boat; the second run knows no train.
    void suspectsOfOneRunAreNotThoseOfAnother() {
        const auto first = storeRun(QStringLiteral("home-suspects"), m_classes, "toy_cnn");
        const auto second = storeRun(QStringLiteral("home-suspects"), {"boat", "car"}, "toy_cnn");
        FakeEngine engine;
        std::unique_ptr<WindowDriver> driver;
        engine.onEvaluateOf = [&](const ModelSource& source, auto&&...) {
            const bool isFirst = source.runFolder == first.path();
            return Result<Evaluation>(madeUpEvaluation(
                *driver->session->data().dataset(), Subset::Test,
                isFirst ? m_classes : std::vector<std::string>{"boat", "car"},
                [](Prediction& prediction, std::size_t n) {
                    prediction.predicted = n == 9 ? 0 : prediction.truth;
                    prediction.probabilities[static_cast<std::size_t>(prediction.predicted)] = n == 9 ? 0.95f : 0.9f;
                }));
        };
        driver = std::make_unique<WindowDriver>(path(QStringLiteral("home-suspects")), engine.door());
        openRun(*driver->session, first);
        driver->key(Qt::Key_5, Qt::ControlModifier);
        driver->click("evaluateButton");
        QTRY_VERIFY(driver->session->questions().evaluation() != nullptr);
        showTab(*driver, QStringLiteral("Suspects"), "evaluateTabs");
        const auto* table = driver->find<QTableView>("suspectTable")->model();
        QCOMPARE(table->rowCount(), 1);
        QCOMPARE(table->index(0, 1).data().toString(), QStringLiteral("train"));
        showTab(*driver, QStringLiteral("Classes"), "evaluateTabs");
        openRun(*driver->session, second);
        driver->click("evaluateButton");
        QTRY_VERIFY(driver->session->questions().evaluation() != nullptr);
        QCOMPARE(table->rowCount(), 0);
        driver->key(Qt::Key_1, Qt::ControlModifier);
        driver->clickRow("sampleGrid", 0);
        QSignalSpy edited(&driver->session->data(), &DataDesk::edited);
        QTest::keyClick(driver->find<QWidget>("sampleGrid"), Qt::Key_X);
        QVERIFY(edited.wait());
        QCOMPARE(table->rowCount(), 0);
    }

    /// Whoever puts right another image than the suspect that was chosen goes on looking at it.
    void aLabelThatIsPutRightChoosesNothing() {
        const auto run = storeRun(QStringLiteral("home-put-right"), m_classes, "toy_cnn");
        FakeEngine engine;
        std::unique_ptr<WindowDriver> driver;
        engine.onExplain = [&](const HeatMapQuestion& request, std::stop_token) {
            return Result<HeatMap>(explanationOf(request, m_classes, 0));
        };
        engine.onEvaluate = [&](auto&&...) { // both trains look like boats
            return Result<Evaluation>(madeUpEvaluation(
                *driver->session->data().dataset(), Subset::Test, m_classes, [](Prediction& prediction, std::size_t) {
                    const bool isTrain = prediction.truth == 4;
                    prediction.predicted = isTrain ? 0 : prediction.truth;
                    prediction.probabilities[static_cast<std::size_t>(prediction.predicted)] = isTrain ? 0.95f : 0.9f;
                }));
        };
        driver = std::make_unique<WindowDriver>(path(QStringLiteral("home-put-right")), engine.door());
        openRun(*driver->session, run);
        driver->key(Qt::Key_5, Qt::ControlModifier);
        driver->click("evaluateButton");
        QTRY_VERIFY(driver->session->questions().evaluation() != nullptr);
        showTab(*driver, QStringLiteral("Suspects"), "evaluateTabs");
        driver->clickRow("suspectTable", 0);
        auto* gallery = driver->find<QListView>("gallery");
        QCOMPARE(gallery->model()->rowCount(), 2);
        const int other = 1 - gallery->currentIndex().row();
        driver->clickRow("gallery", other);
        QSignalSpy edited(&driver->session->data(), &DataDesk::edited);
        QTest::keyClick(gallery, Qt::Key_X);
        QVERIFY(edited.wait());
        QCOMPARE(gallery->currentIndex().row(), other);
    }
};

QTEST_MAIN(SuspectsTabTest)
#include "tst_SuspectsTab.moc"
