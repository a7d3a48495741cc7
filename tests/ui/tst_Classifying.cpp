// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QElapsedTimer>
#include <QTableView>

#include "FakeEngine.h"
#include "Test.h"
#include "WindowDriver.h"
#include "pages/Page.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
/// "cat.png" is a cat, what else there is a dog, and "broken" cannot be read.
Predictions said(const PredictionsQuestion& question) {
    Predictions predictions;
    for (const auto& file : question.images) {
        ImagePrediction prediction{file.string(), {}, {}};
        if (file.stem() == "broken")
            prediction.error = file.string() + " is a text file.";
        else
            prediction.probabilities = file.stem() == "cat" ? std::vector{0.9f, 0.1f} : std::vector{0.25f, 0.75f};
        predictions.images.push_back(std::move(prediction));
    }
    return predictions;
}
} // namespace

/// Images put to a run in their window; the engine says what the test gives it to say.
class ClassifyingTest : public FolderTest {
    Q_OBJECT

    struct Opened {
        FakeEngine engine;
        std::unique_ptr<WindowDriver> driver;
    };
    /// The window is open for a run that knows cats and dogs.
    std::unique_ptr<Opened> open(const char* home) const {
        auto opened = std::make_unique<Opened>();
        opened->engine.onPredict = [](const PredictionsQuestion& question, const std::stop_token&, const Progress&) {
            return Result<Predictions>(said(question));
        };
        opened->driver = std::make_unique<WindowDriver>(path(QLatin1String(home)), opened->engine.door());
        auto* page = opened->driver->find<Page>("runsPage");
        Q_EMIT page->classifyRequested(path(QStringLiteral("run")), QStringLiteral("pets"));
        return opened;
    }
    void choose(const Opened& opened, const QString& folder) const {
        prompts().openFolder = [folder](QWidget*, const QString&, const QString&) { return folder; };
        opened.driver->click("classifyFolder");
    }
    static int rows(const Opened& opened, const char* table) {
        return opened.driver->find<QTableView>(table)->model()->rowCount();
    }

private Q_SLOTS:
    void initTestCase() {
        write(QStringLiteral("run/classes.json"), R"(["cat", "dog"])");
        for (const char* name : {"pets/cat.png", "pets/rex.png", "pets/below/cat.png", "pets/broken.jpg",
                                 "pets/notes.txt", "nothing/readme.md"})
            write(QLatin1String(name), name);
    }

    void showsClassesAndWhatWasPassedOver() {
        const auto opened = open("home-table");
        const WindowDriver& driver = *opened->driver;
        QCOMPARE(driver.text("classifyTitle"), QStringLiteral("Classify images with “pets”"));
        QVERIFY(!driver.find<QWidget>("saveClassified")->isEnabled());
        choose(*opened, path(QStringLiteral("pets")));
        QTRY_COMPARE(rows(*opened, "classifiedTable"), 3);
        QCOMPARE(driver.text("classifyStatus"),
                 QStringLiteral("3 images classified · 1 file is not named like an image · 1 image could not be read · "
                                "unknown images are not told apart"));
        const auto* table = driver.find<QTableView>("classifiedTable")->model();
        QCOMPARE(table->index(0, 0).data().toString(), QStringLiteral("cat.png"));
        QCOMPARE(table->index(1, 1).data().toString(), QStringLiteral("dog"));
        QCOMPARE(table->index(1, 2).data().toString(), QStringLiteral("75.0 %"));
        QCOMPARE(table->index(2, 0).data().toString(), QStringLiteral("below/cat.png"));

        auto* filter = driver.find<QComboBox>("classifyFilter");
        filter->setFocus();
        QTest::keyClick(filter, Qt::Key_Down);
        QCOMPARE(filter->currentText(), QStringLiteral("cat (2)"));
        QCOMPARE(rows(*opened, "classifiedTable"), 2);
        QTest::keyClick(filter, Qt::Key_End);
        QCOMPARE(filter->currentText(), QStringLiteral("Passed over (2)"));
        const auto* passed = driver.find<QTableView>("passedOverTable");
        QVERIFY(passed->isVisible());
        QCOMPARE(passed->model()->index(0, 0).data().toString(), QStringLiteral("notes.txt"));
        QCOMPARE(passed->model()->index(1, 1).data().toString(), QStringLiteral("is a text file."));
    }

    void cancelIsFollowedAtOnce() {
        Gate gate; // outlives the worker that waits at it
        const auto opened = open("home-cancel");
        opened->engine.onPredict = [&](const PredictionsQuestion& question, const std::stop_token&,
                                       const Progress& progress) {
            progress(1, 4);
            gate.passStubbornly(); // a batch that takes long
            return Result<Predictions>(said(question));
        };
        choose(*opened, path(QStringLiteral("pets")));
        QTRY_VERIFY(gate.isWaitedAt());
        QVERIFY(opened->driver->text("activity").startsWith(QStringLiteral("Classifying images")));
        opened->driver->click("classifyCancel");
        QCOMPARE(opened->driver->text("classifyStatus"), QStringLiteral("Canceled."));
        QVERIFY(!opened->driver->session->classifying().isBusy());
        QVERIFY(opened->driver->find<QWidget>("classifyFolder")->isEnabled());
        gate.open();
        choose(*opened, path(QStringLiteral("pets/below"))); // and what was cancelled does not come
        QTRY_COMPARE(rows(*opened, "classifiedTable"), 1);
    }

    void closingTheWindowCancels() {
        Gate gate; // outlives the worker that waits at it
        const auto opened = open("home-close");
        opened->engine.onPredict = [&](auto&&, const std::stop_token& stop, auto&&) -> Result<Predictions> {
            gate.pass(stop);
            return cancelled();
        };
        choose(*opened, path(QStringLiteral("pets")));
        QTRY_VERIFY(gate.isWaitedAt());
        QTest::keyClick(opened->driver->find<QWidget>("classifyWindow"), Qt::Key_Escape);
        QVERIFY(!opened->driver->session->classifying().isBusy());
        QVERIFY(!opened->driver->find<QWidget>("classifyWindow")->isVisible());
    }

    void whatCannotBeDoneIsSaid() {
        const auto opened = open("home-errors");
        const WindowDriver& driver = *opened->driver;
        choose(*opened, path(QStringLiteral("nothing")));
        QTRY_VERIFY(driver.text("classifyStatus").contains(QStringLiteral("nothing contains no images")));
        QVERIFY(driver.find<QWidget>("classifyStatus")->property("bad").toBool());
        choose(*opened, path(QStringLiteral("gone")));
        QTRY_VERIFY(driver.text("classifyStatus").endsWith(QStringLiteral("gone does not exist.")));
        choose(*opened, path(QStringLiteral("pets")));
        QTRY_COMPARE(rows(*opened, "classifiedTable"), 3);
        const QString blocked = path(QStringLiteral("nothing/readme.md"));
        prompts().saveFile = [&](auto&&...) { return blocked + QStringLiteral("/table.csv"); };
        driver.click("saveClassified");
        QTRY_VERIFY(driver.text("classifyStatus").startsWith(QStringLiteral("Writing ")));
        prompts().openFolder = [&](QWidget*, const QString&, const QString&) { return blocked; };
        driver.click("sortCopies");
        QTRY_VERIFY2(driver.text("classifyStatus").startsWith(QStringLiteral("The folder ")),
                     qPrintable(driver.text("classifyStatus")));
        prompts().openFolder = [&](auto&&...) { return path(QStringLiteral("pets/below")); };
        driver.click("sortCopies");
        QTRY_VERIFY(driver.text("classifyStatus").contains(QStringLiteral("lies in the folder that is classified")));
        QCOMPARE(rows(*opened, "classifiedTable"), 3); // what was found stays
    }

    void anotherRunForgetsWhatWasFound() {
        const auto opened = open("home-other");
        choose(*opened, path(QStringLiteral("pets")));
        QTRY_COMPARE(rows(*opened, "classifiedTable"), 3);
        auto* page = opened->driver->find<Page>("runsPage");
        Q_EMIT page->classifyRequested(path(QStringLiteral("run")), QStringLiteral("pets"));
        QCOMPARE(rows(*opened, "classifiedTable"), 3);
        Q_EMIT page->classifyRequested(path(QStringLiteral("other")), QStringLiteral("others"));
        QCOMPARE(rows(*opened, "classifiedTable"), 0);
        QVERIFY(!opened->driver->find<QWidget>("sortCopies")->isEnabled());
    }
};

QTEST_MAIN(ClassifyingTest)
#include "tst_Classifying.moc"
