// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <barrier>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <thread>
#include <utility>

#include "Test.h"
#include "store/HostBoot.h"
#include "store/RunStore.h"
#include "support/FileCalls.h"
#include "support/Files.h"

using namespace sightline;
namespace fs = std::filesystem;

namespace {

int withoutLocks(int, int, struct flock*) {
    errno = ENOLCK;
    return -1;
}

/// A process that has taken a run, until it is killed.
class Trainer {
public:
    explicit Trainer(const fs::path& run) {
        int ends[2];
        if (::pipe(ends) != 0)
            return;
        m_process = ::fork();
        if (m_process == 0) {
            const Result<RunMark> mark = RunMark::take(run);
            const char said = mark ? 'y' : 'n';
            if (::write(ends[1], &said, 1) == 1)
                for (;;)
                    ::pause();
            ::_exit(1);
        }
        char said = 'n';
        m_took = ::read(ends[0], &said, 1) == 1 && said == 'y';
        ::close(ends[0]);
        ::close(ends[1]);
    }
    ~Trainer() { kill(); }
    Trainer(const Trainer&) = delete;
    Trainer& operator=(const Trainer&) = delete;

    bool took() const { return m_took; }
    void kill() {
        if (m_process > 0) {
            ::kill(m_process, SIGKILL);
            ::waitpid(m_process, nullptr, 0);
        }
        m_process = -1;
    }

private:
    pid_t m_process = -1;
    bool m_took = false;
};

} // namespace

/// One trainer per run.
class RunMarkTest : public FreshFolderTest {
    Q_OBJECT

    const FileCalls m_real = fileCalls();
    RunStore store() const { return RunStore::open(root() / "home").value(); }
    RunFolder newRun() const { return store().create(Experiment()).value(); }
    /// As another machine that shares the home would have written it.
    static void nameAnotherHost(const RunFolder& run, bool locked) {
        std::ofstream(run.path() / "running.json")
            << R"({"process":"x","number":1,"host":"another-host","machine":"m","boot":"first","locked":)"
            << (locked ? "true}" : "false}");
    }

private Q_SLOTS:
    void init() {
        FreshFolderTest::init();
        fileCalls() = m_real;
    }
    void cleanup() { fileCalls() = m_real; }

    void oneOfManyWhoWantARunGetsIt_data() {
        QTest::addColumn<bool>("locks");
        QTest::addColumn<bool>("stale");
        QTest::newRow("with locks") << true << false;
        QTest::newRow("with locks, after one that died") << true << true;
        QTest::newRow("without locks") << false << false;
    }

    void oneOfManyWhoWantARunGetsIt() {
        QFETCH(bool, locks);
        QFETCH(bool, stale);
        const RunFolder run = newRun();
        if (!locks)
            fileCalls().lock = withoutLocks;
        if (stale)
            QVERIFY(writeFileAtomically(run.path() / "running.json", R"({"process":"gone","number":1})").ok());
        std::atomic<int> got{0};
        std::vector<std::optional<RunMark>> marks(8);
        {
            std::barrier together(8);
            std::vector<std::jthread> threads;
            for (auto& mark : marks)
                threads.emplace_back([&] {
                    together.arrive_and_wait();
                    if (Result<RunMark> taken = RunMark::take(run.path())) {
                        mark = std::move(*taken);
                        ++got;
                    }
                });
        }
        QCOMPARE(got.load(), 1);
        QVERIFY(run.isRunning());
        marks.clear();
        QVERIFY(!run.isRunning());
        QVERIFY(!fs::exists(run.path() / "running.json"));
    }

    /// Whatever host its mark names: the lock says whether it lives.
    void aKilledProcessGivesItBackAtOnce() {
        const RunFolder run = newRun();
        for (const bool elsewhere : {false, true}) {
            Trainer trainer(run.path());
            QVERIFY(trainer.took());
            if (elsewhere)
                nameAnotherHost(run, true);
            QVERIFY(run.isRunning());
            QCOMPARE(ownerOf(run.path())->host, std::string(elsewhere ? "another-host" : ""));
            const auto refused = RunMark::take(run.path());
            QVERIFY(!refused.ok() && refused.error().kind == ErrorKind::BadInput);
            QVERIFY2(refused.error().message.find(elsewhere ? "on the host another-host; stop it there."
                                                            : "is in progress (process ") != std::string::npos,
                     refused.error().message.c_str());
            QVERIFY(!store().remove(run).ok());
            trainer.kill();
            QVERIFY(!run.isRunning());
            QVERIFY(RunMark::take(run.path()).ok());
        }
        Trainer trainer(run.path());
        trainer.kill();
        QVERIFY(fs::exists(run.path() / "running.json"));
        QVERIFY(store().remove(run).ok());
        QVERIFY(!fs::exists(run.path()));
    }

    /// Its mark may be half written, or be of another version.
    void whoHoldsTheLockOwnsItWhateverTheMarkSays() {
        const RunFolder run = newRun();
        Trainer trainer(run.path());
        QVERIFY(trainer.took());
        for (const char* text : {"", "{\"proc", "[]", "{}"}) {
            std::ofstream(run.path() / "running.json") << text;
            QVERIFY2(run.isRunning(), text);
            QVERIFY2(!RunMark::take(run.path()).ok(), text);
        }
    }

    void aMarkThatIsGivenBackLeavesAnothersAlone() {
        const RunFolder run = newRun();
        std::optional<RunMark> mark = *RunMark::take(run.path());
        fs::remove(run.path() / "running.json"); // as a person does who is told to
        const RunMark other = *RunMark::take(run.path());
        mark.reset();
        QVERIFY(run.isRunning());
        QVERIFY(fs::exists(run.path() / "running.json"));
    }

    /// Without locks one of another host cannot be known to have died.
    void withoutALockARunOfAnotherHostIsNotTaken() {
        const RunFolder run = newRun();
        nameAnotherHost(run, false);
        for (const bool locks : {true, false}) {
            if (!locks)
                fileCalls().lock = withoutLocks;
            QVERIFY(run.isRunning());
            const auto taken = RunMark::take(run.path());
            QVERIFY(!taken.ok() && taken.error().kind == ErrorKind::BadInput);
            QVERIFY(taken.error().message.find("another-host") != std::string::npos);
            QVERIFY(taken.error().message.find("running.json") != std::string::npos); // the way out
        }
    }

    /// Of a home on the network: each machine says there since when it is up.
    void aHostThatHasStartedAgainHasLostItsRuns() {
        const RunFolder run = newRun();
        nameAnotherHost(run, false);
        fileCalls().lock = withoutLocks;
        const auto isUpSince = [&](const char* boot) {
            const std::string text =
                R"({"host":"another-host","machine":"m","boot":)" + ('"' + std::string(boot) + "\"}");
            return makeFolder(root() / "home" / "hosts") &&
                   writeFileAtomically(root() / "home" / "hosts" / "m.json", text);
        };
        QVERIFY(isUpSince("first"));
        QVERIFY(run.isRunning());
        QVERIFY(isUpSince("second"));
        QVERIFY(!run.isRunning());
        const auto taken = RunMark::take(run.path());
        QVERIFY2(taken.ok(), taken ? "" : taken.error().message.c_str());
        QVERIFY(taken->before());
        QCOMPARE(taken->before()->host, std::string("another-host"));
    }

    /// Its file server keeps the lock for a while.
    void aLockOfAHostThatHasStartedAgainIsSaid() {
        const RunFolder run = newRun();
        const Trainer trainer(run.path());
        QVERIFY(trainer.took());
        nameAnotherHost(run, true);
        QVERIFY(makeFolder(root() / "home" / "hosts"));
        QVERIFY(writeFileAtomically(root() / "home" / "hosts" / "m.json",
                                    R"({"host":"another-host","machine":"m","boot":"second"})"));
        QVERIFY(run.isRunning());
        const auto taken = RunMark::take(run.path());
        QVERIFY(!taken.ok() && taken.error().kind == ErrorKind::BadInput);
        for (const char* words : {"another-host", "has started again", "running.json"})
            QVERIFY2(taken.error().message.find(words) != std::string::npos, taken.error().message.c_str());
    }

    void onlyAHomeOnTheNetworkKeepsWordOfItsMachines() {
        const RunFolder run = newRun();
        {
            const auto taken = RunMark::take(run.path());
            QVERIFY(taken.ok() && !taken->before());
        }
        QVERIFY(!fs::exists(root() / "home" / "hosts"));
        fileCalls().fileSystem = [](const char*) { return 0x6969ul; };
        const auto taken = RunMark::take(run.path());
        QVERIFY(taken.ok());
        const HostBoot here = hostBootHere();
        QVERIFY(!here.boot.empty());
        QVERIFY(!hasRestarted(root() / "home", here));
        HostBoot before = here;
        before.boot = "an earlier one";
        QVERIFY(hasRestarted(root() / "home", before));
    }

    void aMarkThatIsGivenBackWhileItIsLookedAtIsTaken() {
        const RunFolder run = newRun();
        fileCalls().open = [](const char* file, int flags, mode_t mode) {
            static bool wasThere = true;
            if (!std::exchange(wasThere, false))
                return ::open(file, flags, mode);
            errno = EEXIST;
            return -1;
        };
        const auto taken = RunMark::take(run.path());
        QVERIFY2(taken.ok(), taken ? "" : taken.error().message.c_str());
    }

    void withoutLocksAMarkThatIsJustBeingMadeIsLeftToItsMaker() {
        const RunFolder run = newRun();
        const fs::path mark = run.path() / "running.json";
        std::ofstream(mark).close();
        fileCalls().lock = withoutLocks;
        const auto early = RunMark::take(run.path());
        QVERIFY(!early.ok() && early.error().kind == ErrorKind::BadInput);
        QCOMPARE(early.error().message,
                 "Another process is starting or deleting the run " + run.id() + "; try again in a moment.");
        QVERIFY(readFile(mark)->empty());
        fs::last_write_time(mark, fs::file_time_type::clock::now() - std::chrono::minutes(1));
        const auto late = RunMark::take(run.path());
        QVERIFY2(late.ok(), late ? "" : late.error().message.c_str());
        QVERIFY(run.isRunning());
    }
};

QTEST_APPLESS_MAIN(RunMarkTest)
#include "tst_RunMark.moc"
