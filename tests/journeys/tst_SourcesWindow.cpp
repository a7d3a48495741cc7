// SPDX-License-Identifier: GPL-3.0-or-later
#include <QListView>
#include <QTableView>
#include <QTemporaryDir>

#include "Test.h"
#include "WindowDriver.h"
#include "data/Fixtures.h"
#include "data/Overlay.h"
#include "models/SampleModel.h"
#include "models/Tiles.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;
using namespace sightline::fixtures;

namespace {
constexpr int kLong = 120000;
}

/// Archives, tables and single files in the real window with the real engine.
class SourcesWindow : public FolderTest {
    Q_OBJECT

    /// The first tile has a picture.
    static void showsPictures(WindowDriver& driver) {
        auto* grid = driver.find<QListView>("sampleGrid");
        QTRY_VERIFY_WITH_TIMEOUT(!grid->model()->index(0, 0).data(TileImage).value<QImage>().isNull(), kLong);
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(drawFewToys(path(QStringLiteral("toys")), 8, 2, 32));
        Files files;
        const fs::path toys = path(QStringLiteral("toys")).toStdString();
        for (const auto& item : fs::recursive_directory_iterator(toys))
            if (item.is_regular_file())
                files.emplace_back(fs::relative(item.path(), toys).string(), *readFile(item.path()));
        QVERIFY(writeZip(path(QStringLiteral("toys.zip")).toStdString(), files));
    }

    void anArchiveDroppedOnTheWindowIsShownAndTrainedOn() {
        WindowDriver driver(path(QStringLiteral("home1")));
        driver.drop(path(QStringLiteral("toys.zip")));
        QTRY_COMPARE_WITH_TIMEOUT(driver.window->currentPage(), QStringLiteral("data"), kLong);
        QCOMPARE(driver.find<QTableView>("classTable")->model()->rowCount(), 5);
        QCOMPARE(driver.find<QListView>("sampleGrid")->model()->rowCount(), 5 * (8 + 2 + 2));
        showsPictures(driver);
        driver.trainAnEpoch();
    }

    void whatIsRelabelledAndExcludedHereIsTrainedOnAndUndone() {
        WindowDriver driver(path(QStringLiteral("home-overlay")));
        driver.drop(path(QStringLiteral("toys")));
        QTRY_COMPARE_WITH_TIMEOUT(driver.window->currentPage(), QStringLiteral("data"), kLong);
        auto* grid = driver.find<QListView>("sampleGrid");
        const auto click = [&](int row) {
            QTest::mouseClick(grid->viewport(), Qt::LeftButton, {},
                              grid->visualRect(grid->model()->index(row, 0)).center());
        };
        for (const auto& [row, key] : {std::pair{0, Qt::Key_3}, std::pair{1, Qt::Key_X}, std::pair{2, Qt::Key_X}}) {
            click(row);
            QTest::keyClick(grid, key);
        }
        driver.key(Qt::Key_Z, Qt::ControlModifier); // the last exclusion
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->data().dataset()->countsPerClass(Subset::Train),
                                  (std::vector<std::size_t>{6, 8, 9, 8, 8}), kLong);
        driver.trainAnEpoch();
        const auto kept = readOverlay(driver.session->runs().run()->folder / "overlay.json");
        QVERIFY(kept);
        QCOMPARE(kept->entries.size(), std::size_t{2});
        QVERIFY(readFile(driver.session->runs().run()->folder / "events.jsonl")->find("\"train_images\":39") !=
                std::string::npos);
        QVERIFY(
            fs::exists(path(QStringLiteral("toys/train/boat/boat_0002.png")).toStdString())); // a person's files stay
    }

    void aTableChosenOnTheFirstScreenIsOpened() {
        std::string table = "file,label\n";
        for (int i = 0; i < 12; ++i) {
            const std::string name = "p" + std::to_string(i) + ".png";
            fixtures::write(path(QStringLiteral("table")).toStdString() + "/" + name,
                            png(static_cast<std::uint8_t>(20 * i)));
            table += name + (i % 2 ? ",odd\n" : ",even\n");
        }
        fixtures::write(path(QStringLiteral("table/labels.csv")).toStdString(), table);
        WindowDriver driver(path(QStringLiteral("home2")));
        prompts().openFile = [this](QWidget*, const QString&, const QString&, const QString& filter) {
            return filter.contains(QStringLiteral("*.csv")) ? path(QStringLiteral("table/labels.csv")) : QString();
        };
        driver.click("startOpenFile");
        QTRY_COMPARE_WITH_TIMEOUT(driver.window->currentPage(), QStringLiteral("data"), kLong);
        QCOMPARE(driver.find<QTableView>("classTable")->model()->rowCount(), 2);
        showsPictures(driver);
    }

    void oneOfMnistsFilesOpensThemAll() {
        for (const auto& [name, bytes] : digits())
            fixtures::write(path(QStringLiteral("idx")).toStdString() / fs::path(name), bytes);
        WindowDriver driver(path(QStringLiteral("home3")));
        driver.window->openPath(path(QStringLiteral("idx/train-images-idx3-ubyte")));
        QTRY_COMPARE_WITH_TIMEOUT(driver.window->currentPage(), QStringLiteral("data"), kLong);
        QCOMPARE(driver.find<QListView>("sampleGrid")->model()->rowCount(), 40);
        showsPictures(driver);
        driver.trainAnEpoch();
    }

    void namesThatSuggestGroupsAreKeptTogetherOrApartOnAClick() {
        for (int p = 0; p < 16; ++p)
            for (int i = 0; i < 3; ++i)
                fixtures::write(path(QStringLiteral("patients")).toStdString() + (p % 2 ? "/ill/p" : "/well/p") +
                                    std::to_string(10 + p) + "_" + std::to_string(i) + ".png",
                                png(3));
        WindowDriver driver(path(QStringLiteral("home5")));
        driver.window->openPath(path(QStringLiteral("patients")));
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("messageText").contains(QStringLiteral("p10")), kLong);
        QCOMPARE(driver.session->data().dataset()->groups.size(), std::size_t{16});
        QVERIFY(driver.session->data().dataset()->count(Subset::Validation) > 0);
        driver.click("messageAction");
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->data().dataset()->groups.empty(), kLong);
        QVERIFY(driver.session->data().dataset()->count(Subset::Validation) > 0);
        driver.session->document().undo();
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->data().dataset()->groups.size(), std::size_t{16}, kLong);
    }

    void anArchiveThatIsNoneIsASentence() {
        fixtures::write(path(QStringLiteral("bad.zip")).toStdString(), "nothing");
        WindowDriver driver(path(QStringLiteral("home4")));
        driver.window->openPath(path(QStringLiteral("bad.zip")));
        QTRY_VERIFY_WITH_TIMEOUT(driver.find<QWidget>("messageStrip")->isVisible(), kLong);
        QVERIFY2(driver.text("messageText").contains(QStringLiteral("bad.zip cannot be read as a .zip")),
                 qPrintable(driver.text("messageText")));
    }
};

QTEST_MAIN(SourcesWindow)
#include "tst_SourcesWindow.moc"
