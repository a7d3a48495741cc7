// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>

#include <functional>

#include "PageTest.h"
#include "search/FakeTrainer.h"
#include "search/KnownImages.h"
#include "search/SearchRunner.h"
#include "search/SlurmJob.h"
#include "store/RunMark.h"
#include "support/Files.h"

using namespace sightline;
using namespace sightline::ui;

namespace {

Result<SearchFolder> begin(const QString& home, const QString& images, const Json& more) {
    Json json{{"version", 1}};
    json["base"] = {{"version", 1}, {"data", {{"path", images.toStdString()}}}};
    json["space"]["training.epochs"]["int"] = {1, 3};
    json.update(more);
    const auto plan = searchPlanFromJson(json, {}, "search.json");
    return plan ? beginSearch(home.toStdString(), *plan, {}) : Result<SearchFolder>(plan.error());
}

Json onSlurm() {
    Json more;
    more["backend"]["slurm"] = Json::object();
    return more;
}

bool change(const SearchFolder& folder, const std::function<void(Json&)>& by) {
    Json json = readJsonFile(folder.path() / "search.json").value();
    by(json);
    return writeFileAtomically(folder.path() / "search.json", toText(json)).ok();
}

bool addTrial(const SearchFolder& folder, int number) {
    SearchTrial trial;
    trial.number = number;
    trial.point = {{"training.epochs", 2}};
    trial.started = journalTime();
    return StudyJournal(folder.journal(), "task").begin(trial, folder.plan()->space).ok();
}

} // namespace

/// Searches that go on, end or lie still while this window did not look.
class WatchedSearchesTest : public PageTest {
    Q_OBJECT

    void openSearch(WindowDriver& driver) const {
        open(driver);
        driver.key(Qt::Key_8, Qt::ControlModifier);
        QCOMPARE(driver.window->currentPage(), QStringLiteral("search"));
    }
    /// A Slurm of scripts, whose tasks wait until they are canceled.
    void bringSlurm() {
        const auto tool = [&](const QString& name, const QByteArray& script) {
            write(QStringLiteral("tools/") + name, "#!/bin/sh\n" + script + "\n");
            QFile::setPermissions(path(QStringLiteral("tools/") + name),
                                  QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        };
        const QByteArray canceled = path(QStringLiteral("canceled")).toUtf8();
        tool(QStringLiteral("sbatch"), "echo 1");
        tool(QStringLiteral("scancel"), "touch '" + canceled + "'");
        tool(QStringLiteral("squeue"),
             "test -e '" + canceled + "' && state=CANCELLED || state=PENDING\n" +
                 R"(echo '{"jobs": [{"array_job_id": 1, "job_state": "'$state'", "state_reason": "None"}]}')");
        qputenv("PATH", path(QStringLiteral("tools")).toUtf8() + ':' + m_paths);
    }

    QByteArray m_paths = qgetenv("PATH");

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24)); }
    void cleanup() { qputenv("PATH", m_paths); }

    void aSearchOnSlurmIsFollowedByItsRuns() {
        const QString home = path(QStringLiteral("cluster"));
        const auto folder = begin(home, path(QStringLiteral("toys")), onSlurm());
        QVERIFY2(folder, folder ? "" : folder.error().message.c_str());
        const StudyJournal journal(folder->journal(), "task");
        QVERIFY(journal.createStudy("toys", true) && addTrial(*folder, 0) && journal.setRuns(0, {"run"}));
        const std::filesystem::path run = std::filesystem::path(home.toStdString()) / "runs" / "run";
        std::filesystem::create_directories(run);
        SearchReader reader(home.toStdString());
        {
            const auto task = RunMark::take(run);
            QVERIFY(task);
            QCOMPARE(reader.read(folder->id()).shown->view.state, SearchView::State::Running);
        }
        QCOMPARE(reader.read(folder->id()).shown->view.state, SearchView::State::Stopped); // the journal is as it was
        QVERIFY(writeFileAtomically(folder->path() / "slurm.json", R"({"job": "7"})").ok());
        QCOMPARE(reader.read(folder->id()).shown->view.state, SearchView::State::Running); // all tasks wait
        QVERIFY(!reader.read(folder->id()).shown->view.isWatched);
        sayJobIsOver(*folder);
        QCOMPARE(reader.read(folder->id()).shown->view.state, SearchView::State::Stopped);
    }

    void aSearchOnSlurmIsLeftWatchedAgainAndStopped() {
        bringSlurm();
        const QString home = path(QStringLiteral("home-slurm")), toys = path(QStringLiteral("toys"));
        const QString images = path(QStringLiteral("of-the-nodes"));
        QVERIFY(drawFewToys(path(QStringLiteral("of-the-nodes")), 2, 1, 16));
        const auto folder = begin(home, images, onSlurm());
        QVERIFY2(folder, folder ? "" : folder.error().message.c_str());
        WindowDriver driver(home);
        openSearch(driver);
        SearchDesk& searches = driver.session->searches();
        QTRY_COMPARE(searches.list().size(), std::size_t(1));
        searches.resume(folder->id());
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("searchNotes").contains(QStringLiteral("Slurm job 1: 30 trials left")),
                                 20000);
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("searchState").startsWith(QStringLiteral("Running on Slurm.")), 20000);
        QVERIFY(searches.isUnderWay() && !searches.trains()); // the training thread is free
        QCOMPARE(driver.session->runs().state(), RunState::Idle);
        QSignalSpy ended(&searches, &SearchDesk::ended);
        QCOMPARE(driver.text("watchSearch"), QStringLiteral("Stop watching"));
        driver.click("watchSearch");
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 20000);
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("searchState").contains(QStringLiteral("nobody watches")), 20000);
        QCOMPARE(driver.text("watchSearch"), QStringLiteral("Watch"));
        picture(driver, QStringLiteral("search-unwatched"));
        QVERIFY(QDir().rename(images, path(QStringLiteral("not-here")))); // the nodes have them, this machine has not
        driver.click("watchSearch");
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("searchState").startsWith(QStringLiteral("Running on Slurm.")), 20000);
        QCOMPARE(folder->plan()->base.data.path, images.toStdString()); // not those that are open
        const auto other = begin(home, toys, Json::object());
        QVERIFY2(other, other ? "" : other.error().message.c_str());
        searches.show(other->id());
        QTRY_COMPARE_WITH_TIMEOUT(driver.text("pauseSearch"), QStringLiteral("Resume"), 20000);
        QVERIFY(!driver.find<QWidget>("pauseSearch")->isEnabled());
        QVERIFY2(driver.text("searchWhy").contains(QStringLiteral("stop watching it first")),
                 qPrintable(driver.text("searchWhy")));
        searches.show(folder->id());
        QTRY_VERIFY_WITH_TIMEOUT(driver.find<QWidget>("stopSearch")->isVisible(), 20000);
        driver.click("stopSearch");
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 2, 20000);
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("searchState").startsWith(QStringLiteral("Stopped")), 20000);
    }

    void imagesThatMovedAreOpenedAndTheSearchKnowsThemAgain() {
        const QString home = path(QStringLiteral("home-moved")), images = path(QStringLiteral("moved"));
        QVERIFY(drawFewToys(path(QStringLiteral("old")), 2, 1, 16));
        const auto folder = begin(home, path(QStringLiteral("old")), {{"trials", 2}});
        QVERIFY2(folder, folder ? "" : folder.error().message.c_str());
        FakeTrainer trainer;
        QVERIFY(runSearch(trainer, {home.toStdString(), *folder}, {}, [](const SearchEvent&) {}).ok());
        QVERIFY(rememberImages(home.toStdString(), *folder));
        QVERIFY(change(*folder, [](Json& json) { json["trials"] = 3; }));
        QVERIFY(QDir().rename(path(QStringLiteral("old")), images));
        WindowDriver driver(home, [&trainer]() -> Result<Engine*> { return &trainer; });
        SearchDesk& searches = driver.session->searches();
        QSignalSpy ended(&searches, &SearchDesk::ended);
        searches.resume(folder->id());
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 20000);
        QVERIFY2(ended[0][1].toString().contains(QStringLiteral("Open them where they are now")),
                 qPrintable(ended[0][1].toString()));
        QVERIFY(change(*folder, [](Json& json) { json["trials"] = 2; })); // nothing is left to train
        QVERIFY(drawFewToys(path(QStringLiteral("others")), 2, 1, 20));   // by the same names
        open(driver, QStringLiteral("others"));
        searches.resume(folder->id());
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 2, 20000);
        QVERIFY2(ended[1][1].toString().contains(QStringLiteral("are not those of the search")),
                 qPrintable(ended[1][1].toString()));
        open(driver, QStringLiteral("moved"));
        searches.show(folder->id());
        searches.resume(folder->id());
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 3, 20000);
        QVERIFY2(ended[2][2].toBool(), qPrintable(ended[2][1].toString()));
        QCOMPARE(folder->plan()->base.data.path, images.toStdString());
        QVERIFY(searches.notes().contains(QStringLiteral("Its images are now in %1.").arg(images)));
    }

    void whoStopsBeforeTheJobIsNotToldOfATrial() {
        const QString home = path(QStringLiteral("home-early"));
        const auto folder = begin(home, path(QStringLiteral("toys")), onSlurm());
        QVERIFY2(folder, folder ? "" : folder.error().message.c_str());
        SearchOutcome outcome;
        outcome.go(
            home.toStdString(), [&](const std::stop_token&) { return Result<SearchFolder>(*folder); }, {},
            [](const TrainEvent&) {}, [](std::size_t, std::size_t, const std::string&) {},
            [](SearchRequest&, const SearchSink&) { return Result<SearchEnded>(cancelled()); });
        QCOMPARE(outcome.words(), QStringLiteral("Stopped before its trials were submitted to Slurm."));
    }

    void removedCheckpointsAreOneNoteThatGrows() {
        SearchOutcome outcome;
        const auto removed = [](const QString& trials) {
            return QStringLiteral("The checkpoints of %1 are removed; the best 3 trials keep theirs.").arg(trials);
        };
        outcome.say(CheckpointsRemoved{{3}, 3});
        outcome.say(std::string("A lock is older than its program."));
        QCOMPARE(outcome.said().first(), removed(QStringLiteral("trial 3")));
        for (const int trial : {6, 5, 7})
            outcome.say(CheckpointsRemoved{{trial}, 3});
        QCOMPARE(outcome.said(), QStringList({QStringLiteral("A lock is older than its program."),
                                              removed(QStringLiteral("trials 3 and 5 to 7"))}));
    }

    void whoStopsWhileItsImagesAreOpenedIsNotToldOfATrial() {
        WindowDriver driver(path(QStringLiteral("home-at-once")));
        openSearch(driver);
        SearchDesk& searches = driver.session->searches();
        QVERIFY(searches.searchFor("training.optimizer.learning_rate"));
        SearchDraft draft = searches.draft();
        draft.options.slurm.emplace();
        searches.setDraft(draft);
        QSignalSpy ended(&searches, &SearchDesk::ended);
        connect(&driver.session->activities(), &Activities::changed, &searches, &SearchDesk::leave); // as it begins
        searches.start();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 20000);
        QCOMPARE(ended[0][1].toString(), QStringLiteral("Stopped before its trials were submitted to Slurm."));
        QVERIFY(searchFolders(path(QStringLiteral("home-at-once")).toStdString()).empty());
    }

    void manyOddTrialsAreAFewLines() {
        const QString home = path(QStringLiteral("home-odd"));
        const auto folder = begin(home, path(QStringLiteral("toys")), Json::object());
        QVERIFY2(folder, folder ? "" : folder.error().message.c_str());
        QVERIFY(StudyJournal(folder->journal(), "task").createStudy("toys", true).ok());
        for (int number = 0; number < 10; ++number)
            QVERIFY(addTrial(*folder, number));
        QVERIFY(change(*folder, [](Json& json) { json["space"]["training.epochs"]["int"] = {5, 9}; }));
        WindowDriver driver(home);
        openSearch(driver);
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("searchNotes").endsWith(QStringLiteral("and 7 more")), 20000);
        QCOMPARE(driver.text("searchNotes").count(QLatin1Char('\n')), 3);
    }
};

QTEST_MAIN(WatchedSearchesTest)
#include "tst_WatchedSearches.moc"
