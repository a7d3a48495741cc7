// SPDX-License-Identifier: GPL-3.0-or-later
#include <QListView>
#include <QSlider>

#include "QuestionTest.h"

using namespace sightline;
using namespace sightline::ui;

/// Patterns and first kernels, as the run in view changes.
class FiltersTabTest : public QuestionTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24)); }

    void whyThereAreNoKernelsIsSaidOnce() {
        const auto run = storeRun(QStringLiteral("home-kernels"), m_classes, "toy_cnn");
        FakeEngine engine;
        std::atomic<int> asked{0}, others{0};
        std::atomic<bool> isSeen{true}, unseen{false};
        engine.onExplain = [&](const HeatMapQuestion& request, std::stop_token) {
            return Result<HeatMap>(explanationOf(request, m_classes, 0));
        };
        engine.onAsk = [&](const Question& question, auto&&...) -> Result<Answer> {
            if (!std::holds_alternative<KernelsQuestion>(question)) {
                ++others;
                return cancelled();
            }
            unseen = unseen || !isSeen;
            ++asked;
            return badInput("The network has no convolution of the image itself, so no kernels to show.");
        };
        WindowDriver driver(path(QStringLiteral("home-kernels")), engine.door());
        explain(driver, run);
        showTab(driver, QStringLiteral("Filters"));
        driver.click("showKernels");
        QTRY_VERIFY2(driver.text("filterNote").contains(QStringLiteral("no kernels to show")),
                     qPrintable(driver.text("filterNote")));
        QVERIFY(!driver.find<QWidget>("saveFilter")->isEnabled());
        driver.click("showPatterns");
        QVERIFY(!driver.text("filterNote").contains(QStringLiteral("no kernels to show")));
        driver.click("showKernels");
        QVERIFY(driver.text("filterNote").contains(QStringLiteral("no kernels to show")));
        driver.click("showPatterns");
        driver.click("drawFilters");
        QTRY_VERIFY(others > 0);
        driver.click("showKernels");
        Q_EMIT driver.session->checkpoints().bestChanged(); // one more question, on the lane of all before
        QTRY_VERIFY(asked >= 2);
        QCOMPARE(asked.load(), 2);

        // nor for a tab that nobody looks at
        showTab(driver, QStringLiteral("Heat map"));
        isSeen = false;
        Q_EMIT driver.session->checkpoints().bestChanged();
        QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
        driver.click("nextExplained"); // time enough to ask
        QVERIFY(explained.wait());
        isSeen = true;
        showTab(driver, QStringLiteral("Filters"));
        QTRY_COMPARE(asked.load(), 3);
        QVERIFY(!unseen);
    }

    /// While a run goes on its best is soon another one: the kernel that a person looks at stays the one in view.
    void theKernelInViewIsReadAnew() {
        const auto run = storeRun(QStringLiteral("home-same-kernel"), m_classes, "toy_cnn");
        FakeEngine engine;
        std::atomic<std::size_t> kernels{2};
        engine.onExplain = [&](const HeatMapQuestion& request, std::stop_token) {
            return Result<HeatMap>(explanationOf(request, m_classes, 0));
        };
        engine.onAsk = [&](const Question& question, auto&&...) -> Result<Answer> {
            if (!std::holds_alternative<KernelsQuestion>(question))
                return cancelled();
            return Answer(Kernels{"conv1", std::vector<Image>(kernels, Image(3, 3, 3))});
        };
        WindowDriver driver(path(QStringLiteral("home-same-kernel")), engine.door());
        explain(driver, run);
        showTab(driver, QStringLiteral("Filters"));
        driver.click("showKernels");
        QTRY_VERIFY(driver.text("filterWords").startsWith(QStringLiteral("Filter 0 (of 2)")));
        driver.clickRow("filterTiles", 1);
        QVERIFY(driver.text("filterWords").startsWith(QStringLiteral("Filter 1 (of 2)")));
        kernels = 3;
        Q_EMIT driver.session->checkpoints().bestChanged();
        QVERIFY(driver.text("filterWords").startsWith(QStringLiteral("Filter 1 (of 2)")));
        QTRY_VERIFY2(driver.text("filterWords").startsWith(QStringLiteral("Filter 1 (of 3)")),
                     qPrintable(driver.text("filterWords")));
    }

    /// What was enlarged is of the run before: nothing of it is drawn where nobody looks.
    void anotherRunTakesThePatternsAway() {
        const auto first = storeRun(QStringLiteral("home-patterns"), m_classes, "toy_cnn");
        const auto second = storeRun(QStringLiteral("home-patterns"), m_classes, "toy_cnn");
        FakeEngine engine;
        engine.onExplain = [&](const HeatMapQuestion& request, std::stop_token) {
            return Result<HeatMap>(explanationOf(request, m_classes, 0));
        };
        engine.onAsk = [](const Question& question, auto&&...) { return patternsFor(question); };
        WindowDriver driver(path(QStringLiteral("home-patterns")), engine.door());
        explain(driver, first);
        showTab(driver, QStringLiteral("Filters"));
        driver.click("drawFilters");
        QTRY_VERIFY(driver.text("filterWords").contains(QStringLiteral("7.25")));
        showTab(driver, QStringLiteral("Heat map"));
        openRun(*driver.session, second);
        driver.key(Qt::Key_6, Qt::ControlModifier);
        auto* slider = driver.find<QSlider>("explainOpacity");
        slider->setFocus();
        const int before = slider->value();
        QTest::keyClick(slider, Qt::Key_Left);
        QVERIFY(slider->value() < before);
        showTab(driver, QStringLiteral("Filters"));
        QCOMPARE(driver.find<QListView>("filterTiles")->model()->rowCount(), 0);
        QVERIFY(driver.text("filterWords").isEmpty());
        QVERIFY(!driver.find<QWidget>("saveFilter")->isEnabled());
    }
};

QTEST_MAIN(FiltersTabTest)
#include "tst_FiltersTab.moc"
