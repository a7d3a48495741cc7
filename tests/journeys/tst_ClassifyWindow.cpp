// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QTableView>

#include <map>

#include "Test.h"
#include "WindowDriver.h"
#include "engine/AskedModel.h"
#include "store/RunFolder.h"
#include "support/Csv.h"
#include "support/Files.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 120000;
}

/// A person has a trained network and a folder of images in no order.
class ClassifyWindowJourney : public FolderTest {
    Q_OBJECT

    RunEnded train(const QString& home) const {
        TrainRequest request;
        request.home = home.toStdString();
        request.experiment.name = "toys";
        request.experiment.data.path = path(QStringLiteral("toys")).toStdString();
        request.experiment.data.imageHeight = request.experiment.data.imageWidth = 48;
        request.experiment.training.epochs = 1;
        request.experiment.training.batchSize = 8;
        TrainControl control;
        return (*loadEngine())->train(request, {}, control, [](const TrainEvent&) {});
    }
    void mixUp(const QString& folder) const {
        QVERIFY(QDir().mkpath(folder + QStringLiteral("/more")));
        int number = 0;
        for (const char* name : {"boat", "duck", "robot"}) {
            const QDir images(path(QStringLiteral("toys/test/")) + QLatin1String(name));
            for (const QString& file : images.entryList({QStringLiteral("*.png")}))
                QVERIFY(QFile::copy(images.filePath(file),
                                    QStringLiteral("%1/%2image %3.png")
                                        .arg(folder, number % 2 ? QStringLiteral("more/") : QString())
                                        .arg(number)) &&
                        ++number);
        }
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")))); }

    void aFolderBecomesATableAndSortedCopies() {
        const QString home = path(QStringLiteral("home")), folder = path(QStringLiteral("mixed"));
        const RunEnded ended = train(home);
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        mixUp(folder);
        write(QStringLiteral("mixed/notes.txt"), "no image");
        write(QStringLiteral("mixed/torn.png"), "nor this");

        WindowDriver driver(home);
        driver.key(Qt::Key_7, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(driver.find<QTableView>("runTable")->model()->rowCount(), 1, kLong);
        driver.click("classifyRunButton");
        prompts().openFolder = [&](QWidget*, const QString&, const QString&) { return folder; };
        driver.click("classifyFolder");
        const auto* table = driver.find<QTableView>("classifiedTable")->model();
        QTRY_COMPARE_WITH_TIMEOUT(table->rowCount(), 12, kLong);
        QVERIFY(driver.text("classifyStatus").contains(QStringLiteral("1 image could not be read")));
        QVERIFY(!driver.find<QWidget>("explainClassified")->isEnabled()); // its run is not in view

        const QString csv = path(QStringLiteral("table.csv"));
        prompts().saveFile = [&](auto&&...) { return csv; };
        driver.click("saveClassified");
        QTRY_COMPARE_WITH_TIMEOUT(driver.text("classifyStatus"), QStringLiteral("Saved %1.").arg(csv), kLong);
        const auto rows = csvRows(*readFile(csv.toStdString()));
        QCOMPARE(rows.size(), std::size_t{13});
        std::vector<std::string> head{"path", "predicted", "confidence", "unknown"};
        const auto classes = RunFolder(ended.folder).classes();
        head.insert(head.end(), classes->begin(), classes->end());
        QCOMPARE(rows[0], head);
        // The same as `predict --out`: of the engine, asked directly.
        PredictionsQuestion question;
        std::map<std::string, int> perClass;
        for (std::size_t i = 1; i < rows.size(); ++i) {
            question.images.emplace_back(rows[i][0]);
            ++perClass[rows[i][1]];
            const QString said = table->index(static_cast<int>(i) - 1, 1).data().toString();
            const QString name = QString::fromStdString(rows[i][1]);
            QCOMPARE(said, rows[i][3] == "true" ? QStringLiteral("none of these? (%1)").arg(name) : name);
        }
        const auto asked = ask(**loadEngine(), ofRun(ended.folder), question);
        QVERIFY(asked.ok());
        for (std::size_t i = 1; i < rows.size(); ++i)
            for (std::size_t label = 0; label < 5; ++label)
                QVERIFY(std::abs(std::stof(rows[i][4 + label]) - asked->images[i - 1].probabilities[label]) < 1e-5f);

        const QString sorted = path(QStringLiteral("sorted"));
        prompts().openFolder = [&](QWidget*, const QString&, const QString&) { return sorted; };
        driver.click("sortCopies");
        QTRY_COMPARE_WITH_TIMEOUT(driver.text("classifyStatus"),
                                  QStringLiteral("12 images were copied into %1.").arg(sorted), kLong);
        for (const auto& [name, count] : perClass)
            QCOMPARE(QDir(sorted + QLatin1Char('/') + QString::fromStdString(name)).entryList(QDir::Files).size(),
                     count);
        for (std::size_t i = 1; i < rows.size(); ++i) {
            const std::filesystem::path file = rows[i][0];
            const auto copy = std::filesystem::path(sorted.toStdString()) / rows[i][1] / file.filename();
            QVERIFY(*readFile(copy) == *readFile(file));
        }
    }

    void theRunInViewExplainsWhatItClassified() {
        const QString home = path(QStringLiteral("home-view")), folder = path(QStringLiteral("few"));
        const RunEnded ended = train(home);
        mixUp(folder);
        WindowDriver driver(home);
        driver.window->openPath(QString::fromStdString(ended.folder));
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->data().dataset() != nullptr, kLong);
        driver.key(Qt::Key_5, Qt::ControlModifier);
        driver.click("classifyButton");
        prompts().openFolder = [&](QWidget*, const QString&, const QString&) { return folder; };
        driver.click("classifyFolder");
        QTRY_COMPARE_WITH_TIMEOUT(driver.find<QTableView>("classifiedTable")->model()->rowCount(), 12, kLong);
        driver.clickRow("classifiedTable", 3);
        driver.click("explainClassified");
        QCOMPARE(driver.window->currentPage(), QStringLiteral("explain"));
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->questions().answer() != nullptr, kLong);
        QCOMPARE(driver.session->questions().answer()->title, driver.text("classifiedWords"));
    }
};

QTEST_MAIN(ClassifyWindowJourney)
#include "tst_ClassifyWindow.moc"
