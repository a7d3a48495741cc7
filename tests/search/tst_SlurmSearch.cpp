// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include "FakeSlurm.h"
#include "FakeTrainer.h"
#include "FewToys.h"
#include "Test.h"
#include "search/SearchSteering.h"
#include "search/SlurmJob.h"
#include "search/SlurmSearch.h"
#include "search/TrialRuns.h"
#include "store/RunMark.h"
#include "support/Files.h"

using namespace sightline;
using State = SearchTrial::State;

namespace {

// Not in the class: moc stumbles over raw strings with a part of JSON.
std::string planText(const std::filesystem::path& images, const std::string& more) {
    return R"({"version": 1, "base": {"version": 1, "name": "toys", "seed": 7, "data": {"path": ")" + images.string() +
           R"("}, "training": {"epochs": 4}},
            "space": {"training.optimizer.learning_rate": {"float": [0.0001, 0.1], "log": true}})" +
           more + "}";
}

std::string onSlurm(int trials, int parallel) {
    return ", \"trials\": " + std::to_string(trials) + ", \"parallel\": " + std::to_string(parallel) +
           R"(, "backend": {"slurm": {"partition": "test", "time": "01:00:00"}})";
}

std::string squeueOfSeven(const std::string& state) {
    return R"({"jobs": [{"array_job_id": 7, "array_task_id": 0, "job_state": ")" + state +
           R"("}, {"array_job_id": 8, "job_state": "PENDING"}]})";
}

/// Both of its tasks run.
std::string tasksOfSeven() {
    return R"({"jobs": [{"array_job_id": 7, "array_task_id": 0, "job_state": "RUNNING"},
                        {"array_job_id": 7, "array_task_id": 1, "job_state": "RUNNING"}]})";
}

} // namespace

/// A search whose trials are tasks of a job array.
class SlurmSearchTest : public FreshFolderTest {
    Q_OBJECT

    std::filesystem::path home() const { return root() / "home"; }

    SearchFolder begun(const std::string& more) const {
        const auto plan = searchPlanFromJson(Json::parse(planText(root() / "toys", more)), {}, "search.json");
        const auto folder = plan ? beginSearch(home(), *plan, {}) : Result<SearchFolder>(plan.error());
        if (!folder)
            qFatal("%s", folder.error().message.c_str());
        return *folder;
    }
    /// A task as Slurm would start it.
    FakeSlurm::Task task(FakeTrainer& trainer, const SearchFolder& folder) const {
        return [this, &trainer, folder](const std::string& name, std::stop_token stop) -> std::string {
            const auto ended = runSlurmTask(trainer, {home(), folder}, name, stop, [](const SearchEvent&) {});
            return ended ? "COMPLETED" : "FAILED";
        };
    }
    SearchEnded watched(FakeSlurm& slurm, const SearchFolder& folder, std::stop_token stop = {},
                        bool leavesJob = false) {
        auto view = viewSearch(folder);
        if (!view)
            qFatal("%s", view.error().message.c_str());
        m_said.clear();
        SearchRequest request{home(), folder};
        request.leavesJob = leavesJob;
        auto ended = runSlurmSearch(request, std::move(*view), stop,
                                    [this](const SearchEvent& event) { m_said.push_back(event); },
                                    {slurm.slurm(), "/usr/bin/sightline-cli"});
        if (!ended)
            qFatal("%s", ended.error().message.c_str());
        return std::move(*ended);
    }
    template <typename Event>
    std::size_t said() const {
        std::size_t count = 0;
        for (const SearchEvent& event : m_said)
            count += std::holds_alternative<Event>(event) ? 1 : 0;
        return count;
    }
    static std::set<double> pointsOf(const SearchView& view) {
        std::set<double> points;
        for (const SearchTrial& trial : view.study.trials)
            points.insert(trial.point.at("training.optimizer.learning_rate"));
        return points;
    }

    std::vector<SearchEvent> m_said;

private Q_SLOTS:
    void init() {
        FreshFolderTest::init();
        QVERIFY(drawFewToys(root() / "toys", 2, 1, 16));
    }

    void eachTaskTrainsATrial() {
        FakeTrainer trainer, local;
        const SearchFolder folder = begun(onSlurm(8, 4));
        FakeSlurm slurm(task(trainer, folder));
        const SearchEnded ended = watched(slurm, folder);
        QCOMPARE(ended.why, std::string());
        QCOMPARE(ended.view.state, SearchView::State::Completed);
        QCOMPARE(slurm.sizes(), std::vector<int>{8});
        QCOMPARE(trainer.epochsTrained, 8 * 4);
        QCOMPARE(said<TrialBegan>(), std::size_t{8});
        QCOMPARE(said<TrialEnded>(), std::size_t{8});
        QCOMPARE(runsOfSearch(home(), folder.id()).size(), std::size_t{8});
        std::set<std::string> tasks;
        for (const SearchTrial& trial : ended.view.study.trials)
            tasks.insert(trial.task);
        QCOMPARE(tasks.size(), std::size_t{8});
        const auto script = readFile(folder.path() / "slurm.sh");
        QVERIFY(script);
        QVERIFY(script->find("exec '/usr/bin/sightline-cli' --home '" + home().string() + "' search task '" +
                             folder.id() + "'") != std::string::npos);
        const auto here = runSearch(local, {home(), begun(", \"trials\": 8")}, {}, [](const SearchEvent&) {});
        QVERIFY(here);
        QCOMPARE(pointsOf(ended.view), pointsOf(here->view)); // a random search tries the same wherever it runs
        int kept = 0;
        for (const SearchTrial& trial : ended.view.study.trials)
            kept += checkpointToResume(home() / "runs" / trial.runs[0]).has_value() ? 1 : 0;
        QCOMPARE(kept, 3);
        const auto again = runSearch(local, {home(), folder}, {}, [](const SearchEvent&) {}); // has nothing to submit
        QVERIFY(again);
        QCOMPARE(again->view.state, SearchView::State::Completed);
    }

    void aTaskThatIsRequeuedContinuesItsOwnTrial() {
        FakeTrainer trainer;
        const SearchFolder folder = begun(onSlurm(3, 3));
        std::mutex mutex;
        std::map<std::string, std::stop_source> times;
        FakeSlurm slurm([&](const std::string& name, std::stop_token) -> std::string {
            std::stop_token time;
            {
                const std::lock_guard lock(mutex);
                time = times[name].get_token();
            }
            const auto ignore = [](const SearchEvent&) {};
            const auto first = runSlurmTask(trainer, {home(), folder}, name, time, ignore);
            if (!first || *first)
                return first ? "COMPLETED" : "FAILED";
            const auto again = runSlurmTask(trainer, {home(), folder}, name, {}, ignore); // requeued
            return again && *again ? "COMPLETED" : "FAILED";
        });
        trainer.onEpoch = [&](const Experiment&, int epoch) {
            const std::lock_guard lock(mutex);
            if (epoch == 2)
                times["1_1"].request_stop();
        };
        const SearchEnded ended = watched(slurm, folder);
        QCOMPARE(ended.view.state, SearchView::State::Completed);
        QCOMPARE(slurm.sizes(), std::vector<int>{3});
        QCOMPARE(trainer.epochsTrained, 3 * 4); // none twice
        QCOMPARE(ended.view.study.trials.size(), std::size_t{3});
    }

    void tasksThatEndBeforeTheirTrialsComeAgain() {
        FakeTrainer trainer;
        const SearchFolder folder = begun(onSlurm(4, 2));
        std::stop_source time;
        trainer.onEpoch = [&](const Experiment&, int) {
            if (trainer.epochsTrained == 6)
                time.request_stop();
        };
        std::atomic<int> lost{0};
        FakeSlurm slurm([&](const std::string& name, std::stop_token stop) -> std::string {
            const bool isFirst = name.starts_with("1_");
            const auto ended = runSlurmTask(trainer, {home(), folder}, name, isFirst ? time.get_token() : stop,
                                            [](const SearchEvent&) {});
            lost += ended && !*ended ? 1 : 0;
            return ended && *ended ? "COMPLETED" : "TIMEOUT";
        });
        const SearchEnded ended = watched(slurm, folder);
        QCOMPARE(ended.view.state, SearchView::State::Completed);
        QVERIFY(lost > 0);
        QCOMPARE(slurm.sizes().size(), std::size_t{2});
        QCOMPARE(trainer.epochsTrained, 4 * 4);
        bool isSaid = false;
        for (const SearchEvent& event : m_said)
            if (const auto* note = std::get_if<SearchNote>(&event))
                isSaid |= note->message.find("as TIMEOUT") != std::string::npos;
        QVERIFY(isSaid);
    }

    void tasksThatComeToNothingEndTheSearch() {
        const SearchFolder folder = begun(onSlurm(3, 3));
        FakeSlurm slurm([](const std::string&, std::stop_token) -> std::string { return "FAILED"; });
        const SearchEnded ended = watched(slurm, folder);
        QCOMPARE(ended.view.state, SearchView::State::Stopped);
        QVERIFY2(ended.why.find("came to nothing (3 tasks ended as FAILED)") != std::string::npos, ended.why.c_str());
        QVERIFY(ended.why.find("3 trials are left; search resume " + folder.id()) != std::string::npos);
        QVERIFY2(ended.why.starts_with(ended.reason + ": ") && ended.reason.ends_with(".log"), ended.reason.c_str());
        FakeTrainer trainer;
        FakeSlurm mended(task(trainer, folder));
        QCOMPARE(watched(mended, folder).view.state, SearchView::State::Completed);
    }

    void aJobThatSomebodyCancelsIsNotSubmittedAgain() {
        FakeTrainer trainer;
        const SearchFolder folder = begun(onSlurm(3, 1));
        const FakeSlurm::Task train = task(trainer, folder);
        FakeSlurm slurm([&](const std::string& name, std::stop_token stop) -> std::string {
            return name == "1_0" ? train(name, stop) : "CANCELLED"; // by scancel
        });
        const SearchEnded ended = watched(slurm, folder);
        QVERIFY2(ended.why.starts_with("Slurm job 1 was canceled: 2 trials are left"), ended.why.c_str());
        QCOMPARE(slurm.sizes(), std::vector<int>{3});
    }

    void stoppingCancelsTheJobAndLosesNothing() {
        FakeTrainer trainer;
        const SearchFolder folder = begun(onSlurm(6, 2));
        std::stop_source stop;
        {
            FakeSlurm slurm(task(trainer, folder));
            trainer.onEpoch = [&](const Experiment&, int) {
                if (trainer.epochsTrained != 7)
                    return;
                stop.request_stop();
                while (!slurm.wasCancelled())
                    std::this_thread::yield();
            };
            const SearchEnded ended = watched(slurm, folder, stop.get_token());
            QCOMPARE(ended.view.state, SearchView::State::Stopped);
            QVERIFY2(ended.why.starts_with("Stopped: "), ended.why.c_str());
            QCOMPARE(ended.reason, std::string());
        }
        FakeSlurm again(task(trainer, folder));
        const SearchEnded ended = watched(again, folder);
        QCOMPARE(ended.view.state, SearchView::State::Completed);
        QCOMPARE(ended.view.study.trials.size(), std::size_t{6});
        QCOMPARE(trainer.epochsTrained, 6 * 4);
    }

    void aPausedJobIsHeldUntilItIsResumed() {
        using Kind = RemoteCommand::Kind;
        FakeTrainer trainer;
        const SearchFolder folder = begun(onSlurm(4, 2));
        FakeSlurm slurm(task(trainer, folder));
        const auto mark = RunMark::take(folder.path()); // as runSearch() has it
        QVERIFY(mark);
        std::atomic<bool> isUnderWay = false, isAnswered = false;
        trainer.onEpoch = [&](const Experiment&, int) {
            if (trainer.epochsTrained != 3)
                return;
            isUnderWay = true;
            while (slurm.requeued() == 0 && !isAnswered)
                std::this_thread::yield();
        };
        std::string paused, resumed, saved;
        std::jthread person([&](const std::stop_token& ended) {
            while (!isUnderWay && !ended.stop_requested())
                std::this_thread::yield();
            const auto pause = steerSearch(folder, Kind::Pause, ended);
            isAnswered = true;
            const auto view = viewSearch(folder);
            paused = !pause ? pause.error().message : view ? nameOf(view->state) : view.error().message;
            const auto save = steerSearch(folder, Kind::Save, ended);
            saved = save ? "" : save.error().message;
            const auto resume = steerSearch(folder, Kind::Resume, ended);
            resumed = resume ? nameOf(viewSearch(folder)->state) : resume.error().message;
        });
        const SearchEnded ended = watched(slurm, folder);
        person.request_stop();
        person.join();
        QCOMPARE(paused, std::string("paused"));
        QVERIFY2(saved.find("can be paused, resumed and stopped") != std::string::npos, saved.c_str());
        QCOMPARE(resumed, std::string("running"));
        QCOMPARE(slurm.sizes(), std::vector<int>{4});
        QCOMPARE(endedTrials(ended.view.study), 4);
        QCOMPARE(trainer.epochsTrained, 4 * 4);
    }

    void aJobThatNobodyWatchesIsToldItself() {
        using Kind = RemoteCommand::Kind;
        const SearchFolder folder = begun(onSlurm(2, 1));
        const char* state = "RUNNING";
        std::string asked;
        const Slurm slurm([&](const std::vector<std::string>& command) -> Result<ProgramAnswer> {
            if (command[0] == "squeue")
                return ProgramAnswer{0, squeueOfSeven(state), ""};
            for (const std::string& word : command)
                asked += word + " ";
            return ProgramAnswer{};
        });
        QVERIFY(steerSearch(folder, Kind::Stop, {}, slurm).error().message.find("is not running") != std::string::npos);
        QVERIFY(writeFileAtomically(folder.path() / "slurm.json", R"({"job": "7"})"));
        QVERIFY(steerSearch(folder, Kind::Pause, {}, slurm));
        QCOMPARE(viewSearch(folder)->state, SearchView::State::Paused);
        QVERIFY(steerSearch(folder, Kind::Resume, {}, slurm));
        QCOMPARE(viewSearch(folder)->state, SearchView::State::Running); // also while all its tasks wait
        QVERIFY(!hasLostItsJob(*viewSearch(folder), slurm));
        QVERIFY(steerSearch(folder, Kind::Stop, {}, slurm));
        QCOMPARE(viewSearch(folder)->state, SearchView::State::Stopped);
        QCOMPARE(asked, std::string("scontrol requeuehold 7_0 scontrol release 7 scancel 7 "));
        state = "CANCELLED";
        QVERIFY(writeFileAtomically(folder.path() / "slurm.json", R"({"job": "7"})")); // ended while nobody looked
        QVERIFY(hasLostItsJob(*viewSearch(folder), slurm));
        QVERIFY(!steerSearch(folder, Kind::Stop, {}, slurm));
        QCOMPARE(viewSearch(folder)->state, SearchView::State::Stopped);
        QCOMPARE(slurmJobOf(folder), std::string("7"));
    }

    void aWindowThatClosesLeavesTheJob() {
        FakeTrainer trainer;
        const SearchFolder folder = begun(onSlurm(3, 1));
        FakeSlurm slurm(task(trainer, folder));
        std::stop_source closed;
        std::atomic<bool> hasLeft = false;
        trainer.onEpoch = [&](const Experiment&, int) {
            closed.request_stop();
            while (!hasLeft)
                std::this_thread::yield();
        };
        const SearchEnded ended = watched(slurm, folder, closed.get_token(), true);
        hasLeft = true;
        QCOMPARE(ended.why, std::string());
        QVERIFY(!slurm.wasCancelled());
        QCOMPARE(watched(slurm, folder).view.state, SearchView::State::Completed);
        QCOMPARE(slurm.sizes(), std::vector<int>{3}); // the same job
        QCOMPARE(trainer.epochsTrained, 3 * 4);
    }

    void aWindowThatClosesWaitsForNoTaskThatIsCanceled() {
        const SearchFolder folder = begun(onSlurm(2, 1));
        const auto mark = RunMark::take(folder.path()); // as runSearch() has it
        QVERIFY(mark);
        std::stop_source closed;
        std::atomic<bool> isSubmitted = false;
        bool isCanceled = false;
        int askedSince = 0;
        const Slurm slurm([&](const std::vector<std::string>& command) -> Result<ProgramAnswer> {
            isCanceled |= command[0] == "scancel";
            isSubmitted = true;
            if (command[0] == "sbatch")
                return ProgramAnswer{0, "7", ""};
            if (command[0] != "squeue")
                return ProgramAnswer{};
            askedSince += closed.stop_requested() ? 1 : 0;
            if (isCanceled)
                closed.request_stop(); // while its tasks still save
            return ProgramAnswer{0, squeueOfSeven(askedSince > 0 ? "CANCELLED" : "RUNNING"), ""};
        });
        std::jthread person([&](const std::stop_token& ended) {
            while (!isSubmitted && !ended.stop_requested())
                std::this_thread::yield();
            static_cast<void>(steerSearch(folder, RemoteCommand::Kind::Stop, ended));
        });
        SearchRequest request{home(), folder};
        request.leavesJob = true;
        const auto ended = runSlurmSearch(request, *viewSearch(folder), closed.get_token(), [](const SearchEvent&) {},
                                          {slurm, "/usr/bin/sightline-cli"});
        QVERIFY2(ended && isCanceled, ended ? "" : ended.error().message.c_str());
        QCOMPARE(askedSince, 0);
        QVERIFY(!hasSlurmJob(folder));
    }

    void aPauseComesToItsEndWhereTheWatchingEnds() {
        const SearchFolder folder = begun(onSlurm(2, 1));
        QVERIFY(writeFileAtomically(folder.path() / "slurm.json", R"({"job": "7"})"));
        const auto mark = RunMark::take(folder.path()); // as runSearch() has it
        QVERIFY(mark);
        std::stop_source closed;
        std::atomic<bool> isWatched = false;
        std::string changed;
        const auto running = [] { return Result<ProgramAnswer>(ProgramAnswer{0, squeueOfSeven("RUNNING"), ""}); };
        SlurmPlace place;
        place.slurm = Slurm([&](const std::vector<std::string>& command) -> Result<ProgramAnswer> {
            closed.request_stop(); // in the middle of the pause
            if (command[0] == "squeue")
                return running();
            changed += command[1] + " " + command[2];
            return ProgramAnswer{};
        });
        place.asked = Slurm([&](const std::vector<std::string>&) {
            isWatched = true;
            return closed.stop_requested() ? Result<ProgramAnswer>(cancelled()) : running();
        });
        std::jthread person([&](const std::stop_token& ended) {
            while (!isWatched && !ended.stop_requested())
                std::this_thread::yield();
            static_cast<void>(steerSearch(folder, RemoteCommand::Kind::Pause, ended));
        });
        SearchRequest request{home(), folder};
        request.leavesJob = true;
        const auto ended = runSlurmSearch(
            request, *viewSearch(folder), closed.get_token(), [](const SearchEvent&) {}, place);
        QVERIFY2(ended, ended ? "" : ended.error().message.c_str());
        QCOMPARE(changed, std::string("requeuehold 7_0"));
        QVERIFY(saysPaused(folder.path()));
    }

    /// The same, by the programs that a window's watching starts.
    void whoLeavesKillsNoCommandThatHoldsTasks() {
        const SearchFolder folder = begun(onSlurm(2, 2));
        QVERIFY(writeFileAtomically(folder.path() / "slurm.json", R"({"job": "7"})"));
        const auto tool = [&](const char* name, const std::string& script) {
            const auto file = root() / "tools" / name;
            std::filesystem::create_directories(file.parent_path());
            QVERIFY(writeFileAtomically(file, "#!/bin/sh\ncd '" + root().string() + "'\n" + script));
            std::filesystem::permissions(file, std::filesystem::perms::owner_all);
        };
        tool("squeue", "touch asked\necho '" + tasksOfSeven() + "'\n");
        tool("scontrol", "touch begun\nuntil test -e left; do sleep 0.02; done\necho $1 $2 >> held\n");
        const QByteArray before = qgetenv("PATH");
        qputenv("PATH", QByteArray::fromStdString((root() / "tools").string()) + ':' + before);
        std::stop_source closed;
        const auto isThere = [&](const char* file, const std::stop_token& ended) {
            while (!std::filesystem::exists(root() / file) && !ended.stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds(2));
            return !ended.stop_requested();
        };
        std::jthread person([&](const std::stop_token& ended) {
            if (isThere("asked", ended)) // it is watched
                static_cast<void>(steerSearch(folder, RemoteCommand::Kind::Pause, ended));
        });
        std::jthread window([&](const std::stop_token& ended) {
            if (!isThere("begun", ended))
                return;
            closed.request_stop(); // while the first of two tasks is held
            static_cast<void>(writeFileAtomically(root() / "left", ""));
        });
        SearchRequest request{home(), folder};
        request.leavesJob = true;
        const auto ended = watchSearch(request, closed.get_token(), [](const SearchEvent&) {});
        qputenv("PATH", before);
        QVERIFY2(ended, ended ? "" : ended.error().message.c_str());
        const auto held = readFile(root() / "held");
        QVERIFY(held);
        QCOMPARE(*held, std::string("requeuehold 7_0\nrequeuehold 7_1\n"));
        QVERIFY(saysPaused(folder.path()));
    }

    void whoLeavesBeforeItIsKnownHowTasksEndedSubmitsNoneAgain() {
        const SearchFolder folder = begun(onSlurm(3, 1));
        const StudyJournal journal(folder.journal(), "task");
        const Point point{{"training.optimizer.learning_rate", 0.01}};
        std::stop_source closed;
        int submitted = 0;
        const Slurm slurm([&](const std::vector<std::string>& command) -> Result<ProgramAnswer> {
            if (command[0] == "sacct") {
                closed.request_stop();
                return cancelled();
            }
            if (command[0] == "sbatch" && ++submitted == 1) { // comes to something before somebody cancels it
                SearchTrial trial;
                trial.point = point;
                trial.started = journalTime();
                static_cast<void>(journal.begin(trial, folder.plan()->space));
                static_cast<void>(journal.report(0, 1, 0.5));
            }
            return ProgramAnswer{0, command[0] == "sbatch" ? "7" : "{\"jobs\": []}", ""};
        });
        SearchRequest request{home(), folder};
        request.leavesJob = true;
        const auto ended = runSlurmSearch(request, *viewSearch(folder), closed.get_token(), [](const SearchEvent&) {},
                                          {slurm, "/usr/bin/sightline-cli"});
        QVERIFY2(ended, ended ? "" : ended.error().message.c_str());
        QCOMPARE(submitted, 1);
        QVERIFY(hasSlurmJob(folder)); // whoever watches next asks how it ended
    }

    void aTaskThatTrainsIsThereWhateverSqueueKnows() {
        const SearchFolder folder = begun(onSlurm(2, 1));
        QVERIFY(writeFileAtomically(folder.path() / "slurm.json", R"({"job": "7"})"));
        const StudyJournal journal(folder.journal(), "task");
        SearchTrial trial;
        trial.point = {{"training.optimizer.learning_rate", 0.01}};
        trial.started = journalTime();
        QVERIFY(journal.createStudy("toys", true) && journal.begin(trial, folder.plan()->space) &&
                journal.setRuns(0, {"run"}));
        const std::filesystem::path run = home() / "runs" / "run";
        std::filesystem::create_directories(run);
        const Slurm elsewhere([](const std::vector<std::string>&) -> Result<ProgramAnswer> {
            return ProgramAnswer{0, "{\"jobs\": []}", ""};
        });
        {
            const auto task = RunMark::take(run);
            QVERIFY(task);
            QVERIFY(!hasLostItsJob(*viewSearch(folder), elsewhere));
        }
        QVERIFY(hasLostItsJob(*viewSearch(folder), elsewhere));
    }

    void aTaskOfASearchWithoutAPossibleTrialFailsNone() {
        FakeTrainer trainer;
        const SearchFolder folder = begun(onSlurm(2, 1));
        QVERIFY(StudyJournal(folder.journal(), "watch").createStudy("toys", true));
        Json json = readJsonFile(folder.path() / "search.json").value();
        json["space"]["training.batch_size"]["choice"] = {0, -1}; // by hand
        QVERIFY(writeFileAtomically(folder.path() / "search.json", toText(json)));
        const auto ended = runSlurmTask(trainer, {home(), folder}, "1_0", {}, [](const SearchEvent&) {});
        QVERIFY(!ended);
        QVERIFY2(ended.error().message.find("batch_size") != std::string::npos, ended.error().message.c_str());
        QCOMPARE(viewSearch(folder)->study.trials.back().state, State::Running);
    }

    void aRefusedJobIsAnErrorInSlurmsWords() {
        const SearchFolder folder = begun(onSlurm(2, 1));
        FakeSlurm slurm([](const std::string&, std::stop_token) -> std::string { return "COMPLETED"; });
        slurm.refusal = "invalid partition specified: test";
        auto view = viewSearch(folder);
        QVERIFY(view);
        const auto ended = runSlurmSearch({home(), folder}, std::move(*view), {}, [](const SearchEvent&) {},
                                          {slurm.slurm(), "/usr/bin/sightline-cli"});
        QVERIFY(!ended);
        QVERIFY(ended.error().message.find("invalid partition specified: test") != std::string::npos);
    }

    void thePlanKeepsItsPlace() {
        const auto plan = begun(onSlurm(2, 1)).plan();
        QVERIFY(plan && plan->slurm);
        QCOMPARE(plan->slurm->partition, std::string("test"));
        std::vector<Problem> problems;
        QCOMPARE(searchPlanFromJson(toJson(*plan), {}, problems), *plan);
        for (const char* backend :
             {"\"cloud\"", "3", "{}", R"({"slurm": {"time": "1"}})", R"({"slurm": {"time": "soon"}})",
              R"({"slurm": {"gpus": -1}})", R"({"slurm": {"options": ["account"]}})",
              R"({"slurm": {"partition": "a b"}})", R"({"slurm": {"queue": "x"}})", R"({"slurm": {}, "cloud": {}})"}) {
            Json json = toJson(*plan);
            json["backend"] = Json::parse(backend);
            std::vector<Problem> found;
            searchPlanFromJson(json, {}, found);
            QVERIFY2(found.size() == 1 && found[0].path.starts_with("backend"), backend);
        }
    }
};

QTEST_APPLESS_MAIN(SlurmSearchTest)
#include "tst_SlurmSearch.moc"
