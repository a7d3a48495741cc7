// SPDX-License-Identifier: GPL-3.0-or-later
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <cerrno>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "Test.h"
#include "support/Files.h"
#include "support/GroupMemory.h"
#include "support/PartialFile.h"

using namespace sightline;
namespace fs = std::filesystem;

namespace {

/// One call of fsync: what it was asked for, and what lay in that folder (or beside that file) then.
struct Flush {
    fs::path what;
    std::vector<std::string> names;
};
std::vector<Flush> flushes;
int failure = 0; ///< errno of flushing a folder

} // namespace

/// Takes the place of the C library's in this program and its libraries.
extern "C" int fsync(int descriptor) {
    Flush flush{fs::read_symlink("/proc/self/fd/" + std::to_string(descriptor)), {}};
    const bool folder = fs::is_directory(flush.what);
    for (const auto& entry : fs::directory_iterator(folder ? flush.what : flush.what.parent_path()))
        flush.names.push_back(entry.path().filename());
    flushes.push_back(std::move(flush));
    if (folder && failure != 0) {
        errno = failure;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

/// What is written stays written when the power goes: the content is flushed before the rename, the folder after it.
class FilesTest : public Test {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path folder() const { return fs::canonical(m_folder.path().toStdString()); }

private Q_SLOTS:
    void init() {
        Test::init();
        flushes.clear();
        failure = 0;
    }

    void anAtomicWriteFlushesTheFileThenItsFolder() {
        QVERIFY(writeFileAtomically(folder() / "weights", "new").ok());
        QCOMPARE(flushes.size(), std::size_t(2));
        QVERIFY(flushes[0].what.filename().string().starts_with("weights.tmp"));
        QVERIFY(flushes[1].what == folder());
        QCOMPARE(flushes[1].names, std::vector<std::string>{"weights"}); // the rename was done by then
        fs::remove(folder() / "weights");
    }

    void aFolderThatCannotBeFlushedIsAFailureUnlessItsFileSystemNeverFlushesFolders() {
        failure = EIO;
        QVERIFY(!writeFileAtomically(folder() / "weights", "new").ok());
        failure = EINVAL;
        QVERIFY(writeFileAtomically(folder() / "weights", "new").ok());
        fs::remove(folder() / "weights");
    }

    void aFinishedDownloadToo() {
        PartialFile part(folder() / "weights");
        QVERIFY(part.open().ok());
        QVERIFY(part.append("bytes", 5));
        QVERIFY(part.finishAs(folder() / "weights").ok());
        QVERIFY(flushes.back().what == folder());
        QCOMPARE(flushes.back().names, std::vector<std::string>{"weights"});
        fs::remove(folder() / "weights");
    }

    void aFileNameWithoutAFolderIsInTheCurrentOne() {
        const fs::path before = fs::current_path();
        fs::current_path(folder());
        const bool written = writeFileAtomically("weights", "new").ok();
        fs::current_path(before);
        QVERIFY(written);
        QVERIFY(flushes.back().what == folder());
        fs::remove(folder() / "weights");
    }

    /// As Slurm and containers set it, at any height; cached files make room.
    void theMemoryOfAJobIsWhatItsGroupsLeave() {
        const fs::path groups = folder() / "cgroup", process = folder() / "groups";
        const auto limited = [&](const char* group, std::vector<std::pair<const char*, const char*>> files) {
            fs::create_directories(groups / group);
            for (const auto& [name, text] : files)
                std::ofstream(groups / group / name) << text << '\n';
        };
        const auto left = [&](const char* text) {
            std::ofstream(process) << text;
            return memoryOfGroups(process, groups).left;
        };
        limited("slurm",
                {{"memory.max", "8000"}, {"memory.current", "5000"}, {"memory.stat", "anon 9\ninactive_file 2000"}});
        limited("slurm/job", {{"memory.max", "max"}, {"memory.current", "4000"}});
        QCOMPARE(left("0::/slurm/job\n"), std::uint64_t{5000});
        limited("slurm/job", {{"memory.max", "4100"}});
        QCOMPARE(left("0::/slurm/job\n"), std::uint64_t{100});
        limited("slurm/job", {{"memory.max", "1000"}});
        QCOMPARE(left("0::/slurm/job\n"), std::uint64_t{0});
        QCOMPARE(memoryOfGroups(process, groups).limit, std::uint64_t{1000});
        QCOMPARE(left("0::/../slurm\n"), kUnlimited); // not the one of that name that is seen
        QCOMPARE(left("0::/other\n"), kUnlimited);
        limited("memory", {{"memory.limit_in_bytes", "700"},
                           {"memory.usage_in_bytes", "500"},
                           {"memory.stat", "total_inactive_file 100"}});
        QCOMPARE(left("12:cpu,cpuacct:/slurm/job\n4:memory:/docker/unseen\n0::/other\n"), std::uint64_t{300});
        QVERIFY(availableMemoryBytes() > 0);
    }

    void whatAProcessNeedsIsNotWhatItsStarterNeeded() {
        constexpr const char* kStarted = "SIGHTLINE_TEST_STARTED";
        if (qEnvironmentVariableIsSet(kStarted)) {
            QVERIFY(peakResidentBytes() > 0 && peakResidentBytes() < 300'000'000);
            return;
        }
        const std::vector<char> great(400'000'000, 1);
        QVERIFY(peakResidentBytes() > great.size());
        QProcess other;
        qputenv(kStarted, "1");
        other.start(QCoreApplication::applicationFilePath(), {QString::fromLatin1(QTest::currentTestFunction())});
        qunsetenv(kStarted);
        QVERIFY(other.waitForFinished());
        QVERIFY2(other.exitStatus() == QProcess::NormalExit && other.exitCode() == 0, other.readAll().constData());
    }
};

QTEST_GUILESS_MAIN(FilesTest)
#include "tst_Files.moc"
