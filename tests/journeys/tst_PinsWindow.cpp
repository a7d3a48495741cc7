// SPDX-License-Identifier: GPL-3.0-or-later
#include <QListView>
#include <QToolButton>

#include "Test.h"
#include "WindowDriver.h"
#include "pages/explain/TrustLine.h"
#include "store/RunEvents.h"
#include "widgets/ProbeView.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 120000;
}

/// Images are pinned, a network is trained, and the page shows how it came to look at them.
class PinsWindowJourney : public FolderTest {
    Q_OBJECT

    static void clickTile(const WindowDriver& driver, int row) {
        auto* grid = driver.find<QListView>("sampleGrid");
        const QModelIndex index = grid->model()->index(row, 0);
        grid->scrollTo(index);
        QTest::mouseClick(grid->viewport(), Qt::LeftButton, {}, grid->visualRect(index).center());
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 12, 2, 32)); }

    void pinnedImagesAreFollowedFromTheGridToTheirExplanation() {
        WindowDriver driver(path(QStringLiteral("home")));
        driver.window->resize(1280, 720);
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.drop(path(QStringLiteral("toys")));
        QVERIFY(opened.wait(kLong));
        auto* grid = driver.find<QListView>("sampleGrid");
        clickTile(driver, 0);
        QTest::keyClick(grid, Qt::Key_P);
        driver.key(Qt::Key_3, Qt::ControlModifier);
        driver.type("data.image_size[1]", QStringLiteral("32"));
        driver.type("data.image_size", QStringLiteral("32"));
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.type("training.epochs", QStringLiteral("400")); // until it is stopped
        driver.type("training.batch_size", QStringLiteral("8"));
        auto* view = driver.find<ProbeView>("probeView");
        QVERIFY(!view->isVisible());
        driver.click("primaryButton");
        QTRY_VERIFY_WITH_TIMEOUT(view->columnCount() >= 1, kLong);
        QVERIFY(view->isVisible());
        QCOMPARE(view->rowCount(), 1);

        // another one while it goes on: it is drawn after the epoch
        driver.key(Qt::Key_1, Qt::ControlModifier);
        clickTile(driver, 13);
        QTest::keyClick(grid, Qt::Key_P);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(view->rowCount(), 2, kLong);
        QTRY_VERIFY_WITH_TIMEOUT(!view->table().rows[1].picture.empty(), kLong);
        const int before = view->columnCount();
        driver.click("stopAfterEpochButton");
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().isIdle(), kLong);
        const std::filesystem::path folder = driver.session->runs().run()->folder;
        QCOMPARE(readRunEdits(folder / "events.jsonl").size(), std::size_t(1));
        QTRY_COMPARE_WITH_TIMEOUT(view->columnCount(), static_cast<int>(probeEpochs(folder).size()), kLong);
        QVERIFY(view->columnCount() > before); // the last epoch is drawn
        QCOMPARE(view->table().epochs.back()->epoch, driver.session->runs().progress().ended->epochs);

        const auto& kept = driver.session->checkpoints().kept();
        QTRY_VERIFY_WITH_TIMEOUT(!kept.empty() && kept.back().epoch == view->table().epochs.back()->epoch, kLong);
        const auto last = [&] { return view->cellRect(0, view->columnCount() - 1).center(); };
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, last()); // whether it can be believed stands under it
        const auto* trust = driver.find<TrustLine>("probeTrustLine");
        QTRY_VERIFY_WITH_TIMEOUT(trust->trust() != nullptr, kLong);
        QCOMPARE(driver.text("probeTrustWords"), QString::fromStdString(sentenceOn(*trust->trust())));

        QCOMPARE(driver.window->currentPage(), QStringLiteral("train"));
        QTest::mouseDClick(view->viewport(), Qt::LeftButton, {}, last());
        QTRY_COMPARE(driver.window->currentPage(), QStringLiteral("explain"));
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->questions().answer() != nullptr, kLong);
        QVERIFY(driver.find<QToolButton>("pinExplained")->isChecked());

        // another window on the same home shows it again
        const int columns = view->columnCount();
        WindowDriver second(path(QStringLiteral("home")));
        QSignalSpy images(&second.session->data(), &DataDesk::opened);
        second.session->runs().open(QString::fromStdString(folder.string()));
        QVERIFY(images.wait(kLong));
        second.key(Qt::Key_4, Qt::ControlModifier);
        auto* again = second.find<ProbeView>("probeView");
        QTRY_COMPARE_WITH_TIMEOUT(again->columnCount(), columns, kLong);
        // the place that was kept may open the run once more meanwhile
        QTRY_VERIFY_WITH_TIMEOUT(again->rowCount() > 0 && !again->table().rows[0].picture.empty(), kLong);
    }
};

QTEST_MAIN(PinsWindowJourney)
#include "tst_PinsWindow.moc"
