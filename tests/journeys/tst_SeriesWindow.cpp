// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QLabel>
#include <QTableView>

#include "Test.h"
#include "WindowDriver.h"
#include "engine/TableTraining.h"
#include "store/RunStore.h"
#include "support/Files.h"
#include "widgets/MessageStrip.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 240000;
}

/// Runs that belong together in the real window with the real engine: folds, and the toy text's table.
class SeriesWindowJourneys : public FolderTest {
    Q_OBJECT

    void open(WindowDriver& driver) const {
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.window->openPath(path(QStringLiteral("toys")));
        QVERIFY(opened.wait(kLong));
        driver.key(Qt::Key_4, Qt::ControlModifier);
    }
    static void choose(const WindowDriver& driver, const char* action) {
        const auto* found = driver.find<QAction>(action);
        QVERIFY(found && driver.find<QPushButton>("trainSeveralButton")->isEnabled());
        const_cast<QAction*>(found)->trigger();
    }
    static QStringList column(const WindowDriver& driver, int number) {
        const auto* model = driver.find<QTableView>("groupTable")->model();
        QStringList cells;
        for (int row = 0; row < model->rowCount(); ++row)
            cells << model->index(row, number).data().toString();
        return cells;
    }
    static void showGroup(const WindowDriver& driver) {
        driver.click("messageAction");
        QCOMPARE(driver.window->currentPage(), QStringLiteral("runs"));
        QTRY_VERIFY_WITH_TIMEOUT(driver.find<QWidget>("groupTable")->isVisible(), kLong);
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 40)); }
    void cleanup() { prompts() = {}; }

    void foldsShowMeanAndSpread() {
        WindowDriver driver(path(QStringLiteral("home-folds")));
        open(driver);
        driver.key(Qt::Key_3, Qt::ControlModifier);
        driver.type("data.image_size[1]", QStringLiteral("32"));
        driver.type("data.image_size", QStringLiteral("32"));
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.type("training.epochs", QStringLiteral("1"));
        const Experiment before = driver.session->document().experiment();
        prompts().line = [](auto&&...) { return QStringLiteral("one"); };
        choose(driver, "trainFolds");
        QVERIFY(driver.text("messageText").contains(QStringLiteral("“one” is not a number of folds")));
        prompts().line = [](auto&&...) { return QStringLiteral("3"); };
        QSignalSpy ended(&driver.session->series(), &SeriesDesk::ended), run(&driver.session->runs(), &RunDesk::ended);
        QStringList states;
        connect(&driver.session->runs(), &RunDesk::batchFinished, this, [&] { states << driver.text("runState"); });
        choose(driver, "trainFolds");
        QVERIFY(ended.wait(kLong));
        QVERIFY2(ended.front()[2].toBool(), qPrintable(ended.front()[1].toString()));
        QCOMPARE(run.size(), 3);
        QVERIFY(states.contains(QStringLiteral("Run 1 of 3: Epoch 1 of 1")));
        QVERIFY(driver.session->runs().isIdle());
        QVERIFY(driver.session->document().experiment() == before); // no fold is left in it
        showGroup(driver);
        QTRY_COMPARE_WITH_TIMEOUT(column(driver, 0), (QStringList{"fold 1 of 3", "fold 2 of 3", "fold 3 of 3"}), kLong);
        QVERIFY2(driver.text("groupWords").contains(QStringLiteral("over 3 folds")),
                 qPrintable(driver.text("groupWords")));
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("groupOutOfFold").contains(QStringLiteral("not trained on it")), kLong);
        QVERIFY2(driver.text("groupOutOfFold").contains(QStringLiteral("95 %")),
                 qPrintable(driver.text("groupOutOfFold")));
        QVERIFY(!driver.find<QWidget>("resumeGroupButton")->isVisible());
        prompts().saveFile = [this](auto&&...) { return path(QStringLiteral("folds")); };
        driver.click("exportGroupReport");
        const QString report = path(QStringLiteral("folds.html"));
        QTRY_COMPARE_WITH_TIMEOUT(driver.text("messageText"), QStringLiteral("Saved %1.").arg(report), kLong);
        QVERIFY(readFile(report.toStdString())->find("fold 3 of 3") != std::string::npos);
        QVERIFY(std::filesystem::exists(driver.session->home() / "groups" / ended.front()[0].toString().toStdString() /
                                        "out-of-fold.csv"));
    }

    void theTableOfTheTextIsStoppedAndGoesOnLater() {
        const QString home = path(QStringLiteral("home-table"));
        {
            WindowDriver driver(home);
            open(driver);
            QSignalSpy ended(&driver.session->series(), &SeriesDesk::ended);
            choose(driver, "trainTable toys");
            QTRY_VERIFY_WITH_TIMEOUT(driver.session->series().place() == QLatin1String("2 of 9") &&
                                         driver.session->runs().state() == RunState::Running &&
                                         !driver.session->runs().progress().history.empty(),
                                     kLong);
            QCOMPARE(driver.session->runs().progress().experiment.name, std::string("Toy robot: dropout"));
            QVERIFY(driver.text("runState").startsWith(QStringLiteral("Run 2 of 9: Epoch ")));
            driver.click("stopButton");
            QVERIFY(ended.wait(kLong));
            QVERIFY(ended.front()[1].toString().startsWith(QStringLiteral("Stopped.")));
            showGroup(driver);
            QTRY_COMPARE_WITH_TIMEOUT(driver.text("groupWords"), QStringLiteral("1 of 9 done."), kLong);
            const QStringList validation = column(driver, 2), test = column(driver, 3);
            QVERIFY(validation[0].endsWith('%') && test[0].endsWith('%'));
            QCOMPARE(validation[1], QStringLiteral("–"));
            QTRY_VERIFY_WITH_TIMEOUT(driver.find<QWidget>("resumeGroupButton")->isEnabled(), kLong);
        }
        makeTheRestSmall(home);
        WindowDriver driver(home);
        QTRY_VERIFY_WITH_TIMEOUT(driver.find<QTableView>("runTable")->model()->rowCount() == 1, kLong); // the group
        driver.key(Qt::Key_7, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(driver.text("groupWords"), QStringLiteral("1 of 9 done."), kLong);
        QSignalSpy ended(&driver.session->series(), &SeriesDesk::ended), run(&driver.session->runs(), &RunDesk::ended);
        driver.click("resumeGroupButton");
        QCOMPARE(driver.window->currentPage(), QStringLiteral("train"));
        QVERIFY(ended.wait(kLong));
        QVERIFY(!ended.front()[2].toBool()); // the weights of the ninth are nowhere
        QVERIFY2(ended.front()[1].toString().startsWith(QStringLiteral("1 model failed: ")),
                 qPrintable(ended.front()[1].toString()));
        QCOMPARE(run.size(), 8);
        showGroup(driver);
        QTRY_COMPARE_WITH_TIMEOUT(driver.text("groupWords"), QStringLiteral("8 of 9 done."), kLong);
        QCOMPARE(column(driver, 1)[8], QStringLiteral("Use MobilenetV2 base model"));
        QCOMPARE(column(driver, 3).filter(QStringLiteral("%")).size(), 8);
        const QString file = path(QStringLiteral("table.md"));
        prompts().saveFile = [file](auto&&...) { return file; };
        driver.click("exportGroupButton");
        const auto text = readFile(file.toStdString());
        QVERIFY(text.ok() && text->find("| Model | Changes made | Validation accuracy | Test accuracy |") == 0);
        QVERIFY(text->find("Model 9: ") != std::string::npos);
    }

    void imagesAreAskedForWhereNoneAreOpen() {
        WindowDriver driver(path(QStringLiteral("home-start")));
        prompts().openFolder = [this](auto&&...) { return path(QStringLiteral("toys")); };
        driver.find<QAction>("table toys")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->series().isUnderWay(), kLong);
        QCOMPARE(driver.window->currentPage(), QStringLiteral("train"));
        QSignalSpy ended(&driver.session->series(), &SeriesDesk::ended);
        driver.session->runs().stop();
        QVERIFY(ended.wait(kLong));
        QVERIFY(driver.session->runs().isIdle());
    }

private:
    /// Models that have not begun get an epoch on small images.
    static void makeTheRestSmall(const QString& home) {
        const auto groups = std::filesystem::directory_iterator(home.toStdString() + "/groups");
        auto group = readTableGroup(home.toStdString(), groups->path().filename().string());
        QVERIFY(group.ok());
        for (TableRow& row : group->rows) {
            row.experiment.training.epochs = 1;
            row.experiment.data.imageHeight = row.experiment.data.imageWidth = 32;
        }
        QVERIFY(writeTableGroup(home.toStdString(), *group).ok());
    }
};

QTEST_MAIN(SeriesWindowJourneys)
#include "tst_SeriesWindow.moc"
