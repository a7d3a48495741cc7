// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cerrno>
#include <csignal>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <stdexcept>
#include <stop_token>

#include "Test.h"
#include "ToyRuns.h"
#include "store/RunFork.h"
#include "store/RunStore.h"

using namespace sightline;

namespace {

std::string unflushable; ///< the name of a file whose bytes do not reach the disk

/// Files can grow to `bytes` at most while it lives: what a full disk is to a program.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) : m_handler(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &m_before);
        std::signal(SIGXFSZ, m_handler);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    void (*m_handler)(int);
    rlimit m_before{};
};

} // namespace

/// Takes the place of the C library's in this program and its libraries.
extern "C" int fsync(int descriptor) {
    const std::string name = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor)).filename();
    if (!unflushable.empty() && name.starts_with(unflushable)) {
        errno = EIO;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

/// However a run ends, it says so once, last, and with the right word.
class RunEndsTest : public Test {
    Q_OBJECT

    ToyRuns m_runs;

    TrainRequest request(int epochs) const {
        TrainRequest request = m_runs.request("home", epochs);
        request.experiment.training.earlyStopping = EarlyStoppingSettings{};
        return request;
    }

    /// What one run told, and what Engine::train gave back.
    struct Told {
        std::vector<std::string> types;
        RunEnded ended;

        /// One run_ended, the last event, of the same outcome as the one given back.
        bool endsOnce() const {
            return std::count(types.begin(), types.end(), "run_ended") == 1 && types.back() == "run_ended";
        }
    };
    Told train(const TrainRequest& request, std::stop_token stop = {},
               const std::function<void(const Json&)>& listener = {}) const {
        TrainControl control;
        Told told;
        told.ended = m_runs.engine().train(request, stop, control, [&](const TrainEvent& event) {
            const Json json = toJson(event);
            told.types.push_back(json["type"].get<std::string>());
            if (listener)
                listener(json);
        });
        return told;
    }

    /// Stops after the second of four epochs, and restores the first one's weights.
    TrainRequest early() const {
        TrainRequest request = this->request(4);
        request.experiment.training.checkpoint.emplace().keepEvery = 1;
        EarlyStoppingSettings& stopping = *request.experiment.training.earlyStopping;
        stopping.patience = 1;
        stopping.minDelta = 1000; // nothing is ever an improvement
        stopping.restoreBestWeights = true;
        return request;
    }
    static std::filesystem::path checkpoint(const RunEnded& run, const char* name) {
        return std::filesystem::path(run.folder) / "checkpoints" / (std::string(name) + ".safetensors");
    }
    /// What a process leaves that is killed before it comes to the run's end.
    static void cutOff(const RunEnded& run) {
        std::filesystem::remove(checkpoint(run, "restored"));
        const std::string events = run.folder + "/events.jsonl", all = readFile(events).value();
        std::string kept;
        for (std::size_t begin = 0, end = 0; (end = all.find('\n', begin)) != std::string::npos; begin = end + 1)
            if (const std::string line = all.substr(begin, end + 1 - begin);
                line.find("run_ended") == std::string::npos && line.find("were restored") == std::string::npos)
                kept += line;
        QVERIFY(writeFileAtomically(events, kept).ok());
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_runs.begin(4, 1, 16)); }

    void stoppedWhileStartingIsStoppedNotFailed_data() {
        QTest::addColumn<bool>("fits");
        QTest::addColumn<bool>("resumes");
        QTest::newRow("opening the data") << false << false;
        QTest::newRow("fitting the normalization") << true << false;
        QTest::newRow("resuming") << false << true;
    }

    void stoppedWhileStartingIsStoppedNotFailed() {
        QFETCH(bool, fits);
        QFETCH(bool, resumes);
        TrainRequest asked = request(2);
        asked.experiment.normalization.featurewiseCenter = fits;
        if (resumes) {
            std::stop_source first;
            const Told begun = train(asked, first.get_token(), [&](const Json& event) {
                if (event["type"] == "epoch")
                    first.request_stop();
            });
            QVERIFY2(begun.ended.outcome == RunEnded::Outcome::Stopped, begun.ended.reason.c_str());
            asked.resume = begun.ended.run;
        }
        std::stop_source stop;
        stop.request_stop();
        const Told told = train(asked, stop.get_token());
        QVERIFY2(told.ended.outcome == RunEnded::Outcome::Stopped, told.ended.reason.c_str());
        QCOMPARE(told.types, std::vector<std::string>{"run_ended"});
    }

    /// Half a run is none: nobody could go on with it.
    void aRunThatFailsBeforeItHasBegunLeavesNoFolder_data() {
        QTest::addColumn<QString>("file");
        for (const char* file : {"experiment.json", "graph.json", "data.json"})
            QTest::newRow(file) << file;
    }

    void aRunThatFailsBeforeItHasBegunLeavesNoFolder() {
        QFETCH(QString, file);
        TrainRequest asked = request(1);
        asked.home = m_runs.path(("home-" + file.toStdString()).c_str());
        unflushable = file.toStdString();
        const Told told = train(asked);
        unflushable.clear();
        QVERIFY(told.endsOnce());
        QCOMPARE(told.ended.outcome, RunEnded::Outcome::Failed);
        QVERIFY2(told.ended.reason.find(file.toStdString()) != std::string::npos, told.ended.reason.c_str());
        QVERIFY(told.ended.run.empty() && told.ended.folder.empty());
        QVERIFY(std::filesystem::is_empty(asked.home / "runs"));
        QVERIFY(RunStore::open(asked.home)->list()->empty());
    }

    void aListenerThatThrowsHearsOfTheEndOnce_data() {
        QTest::addColumn<QString>("type");
        for (const char* type : {"run_started", "batch", "epoch", "checkpoint", "run_ended"})
            QTest::newRow(type) << type;
    }

    void aListenerThatThrowsHearsOfTheEndOnce() {
        QFETCH(QString, type);
        const Told told = train(request(1), {}, [&](const Json& event) {
            if (event["type"] == type.toStdString())
                throw std::runtime_error("the listener broke");
        });
        QVERIFY(told.endsOnce());
        const bool failed = type != QStringLiteral("run_ended"); // by then it had ended well
        QVERIFY(told.ended.outcome == (failed ? RunEnded::Outcome::Failed : RunEnded::Outcome::Completed));
        QCOMPARE(told.ended.reason.find("the listener broke") != std::string::npos, failed);
        QCOMPARE(RunFolder(told.ended.folder).summary().state, std::string(failed ? "failed" : "completed"));
    }

    void whatIsNoStandardExceptionEndsTheRunToo() {
        const Told told = train(request(1), {}, [](const Json& event) {
            if (event["type"] == "batch")
                throw 7;
        });
        QVERIFY(told.endsOnce());
        QVERIFY(told.ended.outcome == RunEnded::Outcome::Failed && !told.ended.reason.empty());
    }

    void aFullDiskEndsTheRunAndIsSaid() {
        std::optional<FullDisk> full;
        const Told told = train(request(2), {}, [&](const Json& event) {
            if (event["type"] == "run_started")
                full.emplace(rlim_t{1});
        });
        full.reset();
        QVERIFY(told.endsOnce());
        QVERIFY(told.ended.outcome == RunEnded::Outcome::Failed);
        QVERIFY2(told.ended.reason.find("File too large") != std::string::npos, told.ended.reason.c_str());
        QVERIFY(!RunFolder(told.ended.folder).isRunning()); // nobody would end it any more
    }

    void aCheckpointThatDoesNotFitEndsTheRunAndKeepsTheOneBefore() {
        std::optional<FullDisk> full;
        const Told told = train(request(3), {}, [&](const Json& event) {
            if (event["type"] == "epoch" && event["epoch"] == 2)
                full.emplace(rlim_t{4096});
        });
        full.reset();
        QVERIFY(told.endsOnce());
        QVERIFY(told.ended.outcome == RunEnded::Outcome::Failed);
        QVERIFY2(told.ended.reason.find("File too large") != std::string::npos, told.ended.reason.c_str());
        TrainRequest again = request(3);
        again.resume = told.ended.run;
        const Told resumed = train(again);
        QVERIFY2(resumed.ended.outcome == RunEnded::Outcome::Completed, resumed.ended.reason.c_str());
        QCOMPARE(resumed.ended.epochs, 3);
    }

    void aRunCutOffBeforeItsEndComesToItWhenItIsResumed() {
        TrainRequest asked = early();
        const RunEnded whole = train(asked).ended;
        QCOMPARE(whole.epochs, 2);
        const std::string restored = readFile(checkpoint(whole, "restored")).value(), last = ToyRuns::weightsOf(whole);
        asked.resume = whole.run;
        for (const bool isOlder : {false, true}) { // the second time also before the last checkpoint had its name
            cutOff(whole);
            if (isOlder)
                std::filesystem::copy_file(checkpoint(whole, "epoch-0001"), checkpoint(whole, "last"),
                                           std::filesystem::copy_options::overwrite_existing);
            const Told told = train(asked);
            QVERIFY2(told.ended.outcome == RunEnded::Outcome::Completed, told.ended.reason.c_str());
            QCOMPARE(told.ended.reason, whole.reason);
            QCOMPARE(std::count(told.types.begin(), told.types.end(), "batch"), 0);
            QVERIFY(readFile(checkpoint(whole, "restored")).value() == restored);
            QVERIFY(ToyRuns::weightsOf(whole) == last);
            QCOMPARE(RunFolder(whole.folder).summary().state, std::string("completed"));
        }
        cutOff(whole);
        asked.settings = {{"training.loader_threads", "2"}}; // nothing that asks for more
        const RunEnded changed = train(asked).ended;
        QVERIFY2(changed.outcome == RunEnded::Outcome::Completed, changed.reason.c_str());
        QVERIFY(std::filesystem::exists(checkpoint(whole, "restored")));
        const RunEnded done = train(asked).ended;
        QVERIFY2(done.reason.find("nothing to resume") != std::string::npos, done.reason.c_str());
    }

    /// What is cut off there has yet to say that it is completed.
    void theEpochThatIsReachedMayBeTheLast() {
        TrainRequest asked = early();
        const RunEnded whole = train(asked).ended;
        cutOff(whole);
        asked.resume = whole.run;
        asked.settings = {{"training.epochs", "2"}};
        const RunEnded ended = train(asked).ended;
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QVERIFY(std::filesystem::exists(checkpoint(whole, "restored")));
        const RunEnded done = train(asked).ended;
        QVERIFY2(done.reason == "The run has finished 2 epochs; set training.epochs to more.", done.reason.c_str());
    }

    void bestWeightsThatCannotBeWrittenAreRestoredLater() {
        TrainRequest asked = early();
        unflushable = "restored.safetensors";
        const RunEnded failed = train(asked).ended;
        unflushable.clear();
        QVERIFY(failed.outcome == RunEnded::Outcome::Failed && failed.errorKind == ErrorKind::Failed);
        QVERIFY2(failed.reason.find("could not be restored") != std::string::npos &&
                     failed.reason.ends_with("The run can be resumed from its last checkpoint."),
                 failed.reason.c_str());
        asked.resume = failed.run;
        const RunEnded ended = train(asked).ended;
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QCOMPARE(ended.epochs, 2);
        QVERIFY(std::filesystem::exists(checkpoint(ended, "restored")));
    }

    /// Somebody asked for as many epochs as were planned, so it goes on, also where it is killed at once.
    void oneThatStoppedEarlyAndGoesOnIsNotAtItsEnd() {
        TrainRequest asked = early();
        asked.resume = train(asked).ended.run;
        asked.settings = {{"training.epochs", "4"}};
        cutOff(train(asked, {}, [](const Json& event) {
                   if (event["type"] == "batch")
                       throw std::runtime_error("killed");
               }).ended);
        asked.settings.clear();
        const RunEnded ended = train(asked).ended;
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QCOMPARE(ended.epochs, 3);
    }

    void aForkOfOneThatStoppedEarlyIsTrained() {
        TrainRequest asked = early();
        const RunEnded parent = train(asked).ended;
        RunStore store = RunStore::open(asked.home).value();
        asked.resume = forkRun(store, RunFolder(parent.folder), "last", {{"training.optimizer.learning_rate", "0.01"}})
                           .value()
                           .id();
        const RunEnded ended = train(asked).ended;
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QCOMPARE(ended.epochs, 3);
        QCOMPARE(RunFolder(ended.folder).experiment()->training.optimizer.learningRate, 0.01); // as it was made with

        const std::filesystem::path half = std::filesystem::path(ended.folder) / "checkpoints";
        std::filesystem::rename(half, half.string() + ".new"); // as it is while it is made
        const RunEnded refused = train(asked).ended;
        QVERIFY2(refused.reason.ends_with("Fork the run " + parent.run + " again."), refused.reason.c_str());
    }
};

QTEST_GUILESS_MAIN(RunEndsTest)
#include "tst_RunEnds.moc"
