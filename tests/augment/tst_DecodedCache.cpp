// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/resource.h>

#include "Test.h"
#include "augment/DecodedCache.h"

using namespace sightline;

/// Decoded images in memory, then in a file, then nowhere.
class DecodedCacheTest : public Test {
    Q_OBJECT

    static std::shared_ptr<const Image> image(int seed) {
        auto made = std::make_shared<Image>(10, 12, 3);
        for (std::size_t i = 0; i < made->pixels.size(); ++i)
            made->pixels[i] = static_cast<std::uint8_t>(i * 7 + static_cast<std::size_t>(seed) * 31);
        return made;
    }
    static constexpr std::size_t kSize = 10 * 12 * 3;

    /// How many of the first `count` samples are kept, each with its own pixels.
    static int kept(const DecodedCache& cache, int count) {
        int found = 0;
        for (int i = 0; i < count; ++i) {
            if (const auto got = cache.find(static_cast<std::uint32_t>(i))) {
                if (!(*got == *image(i)))
                    return -1;
                ++found;
            }
        }
        return found;
    }

    static void fill(DecodedCache& cache, int count) {
        for (int i = 0; i < count; ++i)
            cache.keep(static_cast<std::uint32_t>(i), image(i));
    }

private Q_SLOTS:
    void memoryThenFileThenNothing() {
        const QTemporaryDir folder;
        DecodedCache cache(20, {5 * kSize + 1, folder.path().toStdString(), 7 * kSize});
        QCOMPARE(kept(cache, 20), 0);
        fill(cache, 20);
        fill(cache, 20); // kept once, whatever is offered again
        QCOMPARE(kept(cache, 20), 12);
        QCOMPARE(cache.bytesInMemory(), 5 * kSize);
        QCOMPARE(cache.bytesInFile(), 7 * kSize);
        QVERIFY(cache.note().empty());
    }

    void theFileLeavesNothingBehindAndIsNobodyElses() {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        DecodedCache one(4, {0, path, 1 << 20}), other(4, {0, path, 1 << 20});
        one.keep(0, image(0));
        other.keep(0, image(3));
        QVERIFY(*one.find(0) == *image(0));
        QVERIFY(*other.find(0) == *image(3));
        QVERIFY(QDir(folder.path()).isEmpty());
    }

    void aFolderThatCannotBeMadeIsSaidOnceAndMemoryGoesOn() {
        const QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("file")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        DecodedCache cache(10, {3 * kSize, file.fileName().toStdString() + "/cache", 1 << 20});
        fill(cache, 10);
        QCOMPARE(kept(cache, 10), 3);
        QVERIFY(cache.note().find(file.fileName().toStdString()) != std::string::npos);
        QVERIFY(cache.note().find("in memory only") != std::string::npos);
    }

    void aFullDiskKeepsWhatIsThereAndGoesOn() {
        const QTemporaryDir folder;
        DecodedCache cache(10, {0, folder.path().toStdString(), 1 << 20});
        fill(cache, 2);
        rlimit before{};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        rlimit small = before;
        small.rlim_cur = 4 * kSize + 10; // the fifth is cut
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
        fill(cache, 10);
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
        std::signal(SIGXFSZ, handler);
        QCOMPARE(kept(cache, 10), 4);
        QVERIFY(cache.note().find("cannot grow") != std::string::npos);
        fill(cache, 10);
        QCOMPARE(kept(cache, 10), 4);
    }
};

QTEST_APPLESS_MAIN(DecodedCacheTest)
#include "tst_DecodedCache.moc"
