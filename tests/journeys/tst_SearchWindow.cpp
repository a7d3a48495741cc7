// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QMenu>
#include <QProcess>
#include <QTableView>

#include <cstdio>
#include <cstring>
#include <set>

#include "Test.h"
#include "WindowDriver.h"
#include "search/TrialRuns.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;

namespace {

constexpr int kLong = 240000, kEpochs = 6, kTrials = 3;
const std::string kRate = "training.optimizer.learning_rate";

Experiment quick(Experiment experiment) {
    experiment.name = "toysk";
    experiment.data.imageHeight = experiment.data.imageWidth = 32;
    experiment.training.batchSize = 8;
    experiment.training.epochs = kEpochs;
    return experiment;
}

SearchDraft draftOfRates(int trials) {
    SearchDraft draft;
    draft.rows.push_back({kRate, Json::parse(R"({"float": [0.0005, 0.02], "log": true})")});
    draft.options.sampler = SearchPlan::Sampler::Random;
    draft.options.trials = trials;
    return draft;
}

/// Another process: a window that searches, and says so once a trial is done and another one has begun, until it is
/// killed.
int searchUntilKilled(const QString& home, const QString& images) {
    theme::apply(*qApp, Scheme::Light);
    Session session(home.toStdString());
    MainWindow window(session);
    window.show();
    QObject::connect(&session.data(), &DataDesk::opened, &window, [&] {
        session.document().setExperiment(quick(session.document().experiment()));
        session.searches().setDraft(draftOfRates(kTrials));
        session.searches().start();
    });
    QObject::connect(&session.runs(), &RunDesk::epochFinished, &window, [&] {
        if (session.searches().place() != QStringLiteral("Trial 1, 1 of 3 done"))
            return;
        std::puts("searches");
        std::fflush(stdout);
    });
    session.data().open(images);
    return QApplication::exec();
}

} // namespace

/// Searches in the real window with the real engine.
class SearchWindowJourneys : public FolderTest {
    Q_OBJECT

    static QStringList column(const WindowDriver& driver, int number) {
        const auto* model = driver.find<QTableView>("trialTable")->model();
        QStringList cells;
        for (int row = 0; row < model->rowCount(); ++row)
            cells << model->index(row, number).data().toString();
        return cells;
    }
    static void addRate(const WindowDriver& driver) {
        auto* menu = driver.find<QMenu>("searchSettingMenu");
        QVERIFY(menu);
        Q_EMIT menu->aboutToShow();
        auto* action = driver.find<QAction>("search training.optimizer.learning_rate");
        QVERIFY(action);
        action->trigger();
    }
    static void isWhole(const WindowDriver& driver, const SearchView& view) {
        QCOMPARE(view.state, SearchView::State::Completed);
        QCOMPARE(view.study.trials.size(), std::size_t(kTrials));
        for (const SearchTrial& trial : view.study.trials)
            QCOMPARE(trial.reports.size(), std::size_t(kEpochs)); // no epoch is lost or doubled
        QCOMPARE(runsOfSearch(driver.session->home(), view.id).size(), std::size_t(kTrials));
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 8, 3, 40)); }
    void cleanup() { prompts() = {}; }

    void itIsPausedClosedResumedAndItsBestIsTaken() {
        const QString home = path(QStringLiteral("home"));
        {
            WindowDriver driver(home);
            QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
            driver.drop(path(QStringLiteral("toys")));
            QVERIFY(opened.wait(kLong));
            driver.session->document().setExperiment(quick(driver.session->document().experiment()));
            driver.key(Qt::Key_8, Qt::ControlModifier);
            addRate(driver);
            driver.type("space training.optimizer.learning_rate range low", QStringLiteral("0.1"));
            QVERIFY(!driver.text("space training.optimizer.learning_rate note").isEmpty());
            QVERIFY(!driver.find<QWidget>("startSearch")->isEnabled());
            driver.type("space training.optimizer.learning_rate range low", QStringLiteral("0.0005"));
            driver.type("search trials", QString::number(kTrials));
            SearchDraft draft = driver.session->searches().draft();
            draft.options.keepBest = 1;
            driver.session->searches().setDraft(std::move(draft));
            driver.click("startSearch");
            QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().state() == RunState::Running, kLong);
            driver.click("pauseSearch");
            QTRY_VERIFY_WITH_TIMEOUT(driver.text("searchState").startsWith(QStringLiteral("Paused.")), kLong);
            QVERIFY(!driver.find<QWidget>("startSearch")->isEnabled());
            QCOMPARE(driver.text("primaryButton"), QStringLiteral("Resume")); // the run in progress is the trial's
            prompts().confirm = [](QWidget*, const QString& question, const QString&) {
                return question.contains(QStringLiteral("A search is in progress"));
            };
            QVERIFY(driver.window->close());
        }
        WindowDriver driver(home);
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->data().dataset() != nullptr, kLong);
        QCOMPARE(driver.window->currentPage(), QStringLiteral("search"));
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("searchState").startsWith(QStringLiteral("Stopped.")), kLong);
        QCOMPARE(driver.text("pauseSearch"), QStringLiteral("Resume"));
        const SearchDesk& searches = driver.session->searches();
        QStringList places;
        QSignalSpy ended(&searches, &SearchDesk::ended);
        connect(&searches, &SearchDesk::changed, &ended, [&] {
            if (!searches.place().isEmpty() && !places.contains(searches.place()))
                places << searches.place();
        });
        driver.click("pauseSearch");
        QVERIFY(ended.wait(kLong));
        QVERIFY2(ended[0][2].toBool(), qPrintable(ended[0][1].toString()));
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("searchState").startsWith(QStringLiteral("Finished.")), kLong);
        const auto shown = driver.session->searches().shown();
        isWhole(driver, shown->view);
        QCOMPARE(places.last(), QStringLiteral("Trial 2, 3 of 3 done"));
        QVERIFY2(driver.text("searchNotes").contains(QStringLiteral("are removed; the best trial keeps its own.")),
                 qPrintable(driver.text("searchNotes")));
        QCOMPARE(driver.text("searchNotes").count(QStringLiteral("are removed")), 1);
        QCOMPARE(column(driver, 2).count(QStringLiteral("best")), 1);
        QVERIFY(shown->best.has_value());
        driver.click("useBest");
        QCOMPARE(driver.window->currentPage(), QStringLiteral("train"));
        QCOMPARE(driver.session->document().experiment().training.optimizer.learningRate,
                 shown->view.study.trials[static_cast<std::size_t>(*shown->best)].point.at(kRate));
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        driver.key(Qt::Key_8, Qt::ControlModifier);
        driver.click("openTrial");
        const std::string& best = shown->view.study.trials[static_cast<std::size_t>(*shown->best)].runs.front();
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().run()->folder.filename().string(), best, kLong);
        QCOMPARE(driver.window->currentPage(), QStringLiteral("train"));
    }

    void oneThatIsKilledIsOfferedAgain() {
        const QString home = path(QStringLiteral("home-killed"));
        QProcess window;
        window.setReadChannel(QProcess::StandardOutput);
        window.start(QCoreApplication::applicationFilePath(),
                     {QStringLiteral("--search"), home, path(QStringLiteral("toys"))});
        QTRY_VERIFY_WITH_TIMEOUT(window.canReadLine(), kLong);
        window.kill();
        QVERIFY(window.waitForFinished(kLong));

        WindowDriver driver(home);
        QTRY_VERIFY_WITH_TIMEOUT(driver.find<QWidget>("messageStrip")->isVisible(), kLong);
        QCOMPARE(driver.text("messageText"),
                 QStringLiteral("The search “toysk: search” was interrupted; its trials are kept."));
        QSignalSpy ended(&driver.session->searches(), &SearchDesk::ended);
        driver.click("messageAction");
        QCOMPARE(driver.window->currentPage(), QStringLiteral("search"));
        QVERIFY(ended.wait(kLong));
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("searchState").startsWith(QStringLiteral("Finished.")), kLong);
        isWhole(driver, driver.session->searches().shown()->view);
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    if (argc == 4 && std::strcmp(argv[1], "--search") == 0)
        return searchUntilKilled(QString::fromLocal8Bit(argv[2]), QString::fromLocal8Bit(argv[3]));
    SearchWindowJourneys journeys;
    return QTest::qExec(&journeys, argc, argv);
}
#include "tst_SearchWindow.moc"
