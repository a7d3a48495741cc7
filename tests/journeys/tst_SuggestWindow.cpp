// SPDX-License-Identifier: GPL-3.0-or-later
#include "Test.h"
#include "WindowDriver.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 120000;
}

/// Suggested settings with the real engine: taken, trained with, taken back.
class SuggestWindowJourney : public FolderTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 12, 3, 40)); }

    void aSuggestionIsTakenTrainedAndUndone() {
        WindowDriver driver(path(QStringLiteral("home")));
        driver.window->resize(1280, 720);
        driver.drop(path(QStringLiteral("toys")));
        QTRY_COMPARE_WITH_TIMEOUT(driver.window->currentPage(), QStringLiteral("data"), kLong);
        const Experiment before = driver.session->document().experiment();
        const auto now = [&]() -> const Experiment& { return driver.session->document().experiment(); };

        driver.click("suggestButton");
        QTRY_VERIFY_WITH_TIMEOUT(driver.find<QWidget>("useAll")->isVisible(), kLong);
        driver.type("suggestMinutes", QStringLiteral("1"));
        driver.click("suggestAgain");
        QTRY_VERIFY_WITH_TIMEOUT(
            !driver.session->suggestions().isLooking() && driver.session->suggestions().suggestion(), kLong);
        const Experiment suggested = driver.session->suggestions().suggestion()->experiment;
        QVERIFY(now() == before); // nothing unasked
        driver.click("useAll");
        QVERIFY(now().training == suggested.training && now().augmentation == suggested.augmentation &&
                now().model == suggested.model && now().normalization == suggested.normalization);
        QVERIFY(driver.session->document().problems().empty());

        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.type("training.epochs", QStringLiteral("2")); // a person has less time still
        driver.click("primaryButton");
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().progress().ended.has_value(), kLong);
        QVERIFY2(driver.session->runs().progress().ended->outcome == RunEnded::Outcome::Completed,
                 driver.session->runs().progress().ended->reason.c_str());
        QCOMPARE(driver.session->runs().run()->experiment.training.optimizer.name, suggested.training.optimizer.name);
        QCOMPARE(driver.session->runs().progress().history.size(), std::size_t(2));

        driver.key(Qt::Key_1, Qt::ControlModifier);
        driver.key(Qt::Key_Z, Qt::ControlModifier); // the epochs
        QCOMPARE(now().training.epochs, suggested.training.epochs);
        driver.key(Qt::Key_Z, Qt::ControlModifier); // the suggestion, in one step
        QVERIFY(now() == before);
    }
};

QTEST_MAIN(SuggestWindowJourney)
#include "tst_SuggestWindow.moc"
