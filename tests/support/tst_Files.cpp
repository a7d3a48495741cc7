// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <cerrno>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "Test.h"
#include "support/Files.h"
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
};

QTEST_GUILESS_MAIN(FilesTest)
#include "tst_Files.moc"
