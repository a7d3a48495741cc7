// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <thread>

#include "Fixtures.h"
#include "Test.h"
#include "data/Archive.h"
#include "data/Boxes.h"

using namespace sightline;
using namespace sightline::fixtures;

namespace {
const Files kMnist = [] {
    const auto bigEndian = [](std::uint32_t value) {
        return Bytes{static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
                     static_cast<char>(value)};
    };
    return Files{
        {"train-images-idx3-ubyte", bigEndian(0x803) + bigEndian(4) + bigEndian(2) + bigEndian(2) + Bytes(16, 'x')},
        {"train-labels-idx1-ubyte", bigEndian(0x801) + bigEndian(4) + Bytes{0, 1, 0, 1}}};
}();
} // namespace

/// Archives of data sets, read without unpacking.
class ArchivesTest : public FreshFolderTest {
    Q_OBJECT

    void isTheToySet(const fs::path& archive) const {
        const auto dataset = opened(archive);
        QVERIFY2(dataset.ok(), qPrintable(messageOf(dataset)));
        QCOMPARE(dataset->format, std::string("folders"));
        QCOMPARE(dataset->root, archive);
        QCOMPARE(dataset->classes, (std::vector<std::string>{"cat", "dog"}));
        QCOMPARE(dataset->count(Subset::Train), std::size_t{6});
        QCOMPARE(dataset->count(Subset::Test), std::size_t{2});
        QCOMPARE(dataset->samples[4].path, std::string("train/dog/1.png"));
        const auto image = decodedAt(*dataset, 4);
        QVERIFY2(image.ok(), image ? "" : image.error().message.c_str());
        QCOMPARE(int(image->pixels[0]), 12);
        QVERIFY(dataset->source->file(dataset->samples[4]).empty());
    }

private Q_SLOTS:
    void init() {
        FreshFolderTest::init();
        qputenv("SIGHTLINE_HOME", (root() / "home").c_str());
    }

    void everyArchiveReadsLikeItsFolder() {
        const std::vector<std::pair<const char*, Packing>> tars{
            {"a.tar", Packing::None},      {"a.tar.gz", Packing::Gzip}, {"b.TGZ", Packing::Gzip},
            {"a.tar.bz2", Packing::Bzip2}, {"a.tar.xz", Packing::Xz},   {"a.tar.zst", Packing::Zstd}};
        for (const std::string top : {"", "toys/", "./deep/toys/"}) {
            QVERIFY(writeZip(root() / "a.zip", toyFiles(top)));
            isTheToySet(root() / "a.zip");
            for (const auto& [name, packing] : tars) {
                QVERIFY(writeTar(root() / name, toyFiles(top), packing));
                isTheToySet(root() / name);
            }
        }
    }

    void aCompressedTarIsUnpackedOnceAndAnewWhenItChanges() {
        const fs::path file = root() / "a.tar.gz", cache = root() / "home" / "cache" / "archives";
        const auto cached = [&] { return std::distance(fs::directory_iterator(cache), fs::directory_iterator()); };
        QVERIFY(writeTar(file, toyFiles(), Packing::Gzip));
        isTheToySet(file);
        isTheToySet(file);
        QCOMPARE(cached(), 1);
        Files other = toyFiles();
        other.emplace_back("train/cat/new.png", png(7));
        QVERIFY(writeTar(file, other, Packing::Gzip));
        QCOMPARE(opened(file)->count(Subset::Train), std::size_t{7});
        QCOMPARE(cached(), 2);
    }

    void everyLayoutWorksInside() {
        QVERIFY(writeZip(root() / "mnist.zip", kMnist));
        QCOMPARE(opened(root() / "mnist.zip")->format, std::string("idx"));
        QVERIFY(writeTar(root() / "mnist.tar", kMnist));
        QCOMPARE(opened(root() / "mnist.tar")->format, std::string("idx"));
        QVERIFY(writeZip(root() / "cifar.zip", {{"cifar-10-batches-bin/data_batch_1.bin", Bytes(1, 3) + Bytes(3072, 5)},
                                                {"cifar-10-batches-bin/batches.meta.txt", "a\nb\n"}}));
        QCOMPARE(opened(root() / "cifar.zip")->format, std::string("cifar10"));
        QVERIFY(writeZip(root() / "table.zip", {{"set/images/x.png", png(1)},
                                                {"set/images/y.png", png(2)},
                                                {"set/labels.csv", "file,label\nimages/x.png,a\ny.png,b\n"}}));
        const auto table = opened(root() / "table.zip");
        QVERIFY2(table.ok(), qPrintable(messageOf(table)));
        QCOMPARE(table->format, std::string("csv"));
        QCOMPARE(table->count(Subset::Train), std::size_t{2});
        QVERIFY(writeZip(root() / "flat.zip", {{"pics/cat.1.png", png(1)},
                                               {"pics/cat.2.png", png(1)},
                                               {"pics/dog.1.png", png(1)},
                                               {"pics/dog.2.png", png(1)}}));
        QCOMPARE(opened(root() / "flat.zip")->format, std::string("flat"));
        QVERIFY(writeZip(root() / "tiny.zip",
                         {{"t/wnids.txt", "n1\nn2\n"},
                          {"t/words.txt", "n1\tfish\n"},
                          {"t/train/n1/images/n1_0.png", png(1)},
                          {"t/train/n2/images/n2_0.png", png(1)},
                          {"t/val/images/val_0.png", png(1)},
                          {"t/val/val_annotations.txt", "val_0.png\tn2\t1\t2\t4\t6\n"},
                          {"t/train/n1/n1_boxes.txt", "n1_0.png\t3\t5\t11\t15\nn1_9.png\tx\t1\t1\t1\n"}}));
        const auto tiny = opened(root() / "tiny.zip");
        QCOMPARE(tiny->format, std::string("tiny-imagenet"));
        QCOMPARE(tiny->classTitles.front(), std::string("fish"));
        QCOMPARE(tiny->count(Subset::Validation), std::size_t{1});
        const auto boxes = readBoxes(*tiny);
        QCOMPARE(boxes.size(), std::size_t{2});
        QCOMPARE(boxes.at("train/n1/images/n1_0.png"), (Box{3, 5, 8, 10}));
        QCOMPARE(boxes.at("val/images/val_0.png"), (Box{1, 2, 3, 4}));
        QVERIFY(readBoxes(*opened(root() / "mnist.zip")).empty());
    }

    void hiddenNamesAndMacFoldersAreSkipped() {
        Files files = toyFiles("toys/");
        files.emplace_back("__MACOSX/toys/train/cat/._0.png", "resource");
        files.emplace_back("toys/train/cat/.DS_Store", "x");
        QVERIFY(writeZip(root() / "a.zip", files));
        isTheToySet(root() / "a.zip");
        QVERIFY(opened(root() / "a.zip")->problems.empty());
    }

    void namesThatLeadOutAreLeftOut() {
        Files files = toyFiles();
        files.emplace_back("../../evil.png", png(1));
        files.emplace_back("train/cat/../../../evil.png", png(1));
        files.emplace_back("/etc/evil.png", png(1));
        QVERIFY(writeZip(root() / "a.zip", files));
        isTheToySet(root() / "a.zip");
        QVERIFY(hasProblem(*opened(root() / "a.zip"), "unsafe_name"));
        QVERIFY(writeTar(root() / "a.tar", files));
        isTheToySet(root() / "a.tar");
        QVERIFY(hasProblem(*opened(root() / "a.tar"), "unsafe_name"));
    }

    void memberNamesAreMadePlain() {
        QCOMPARE(memberName("./a//b/./c.png").value_or("?"), std::string("a/b/c.png"));
        QCOMPARE(memberName("a\\b.png").value_or("?"), std::string("a/b.png"));
        for (const std::string& name : {std::string(), std::string("/a"), std::string("a/../../b"), std::string(".."),
                                        std::string("C:\\a"), std::string("a\0b", 3), std::string("..\\a")})
            QVERIFY2(!memberName(name), name.c_str());
    }

    void linksAreLeftOut() {
        Files files = toyFiles();
        files.emplace_back("train/cat/link.png@", "/etc/passwd");
        files.emplace_back("train/cat/hard.png=", "train/cat/0.png");
        QVERIFY(writeTar(root() / "a.tar", files));
        isTheToySet(root() / "a.tar");
        QVERIFY(hasProblem(*opened(root() / "a.tar"), "link"));
        Files zipped = toyFiles();
        zipped.emplace_back("train/cat/link.png", "/etc/passwd");
        const zip_uint64_t last = zipped.size() - 1;
        QVERIFY(writeZip(root() / "a.zip", zipped, [&](zip_t* archive, zip_uint64_t index) {
            if (index == last)
                zip_file_set_external_attributes(archive, index, 0, ZIP_OPSYS_UNIX, 0120777u << 16);
        }));
        isTheToySet(root() / "a.zip");
        QVERIFY(hasProblem(*opened(root() / "a.zip"), "link"));
    }

    void ofTwoMembersWithOneNameTheFirstCounts() {
        Files files = toyFiles();
        files.emplace_back("train/dog/1.png", png(200));
        files.emplace_back("train/dog/1.png/inside.png", png(200));
        QVERIFY(writeTar(root() / "a.tar", files));
        isTheToySet(root() / "a.tar");
        QVERIFY(hasProblem(*opened(root() / "a.tar"), "duplicate_member"));
    }

    void anEncryptedZipIsASentence() {
        QVERIFY(writeZip(root() / "a.zip", toyFiles(), [](zip_t* archive, zip_uint64_t index) {
            zip_file_set_encryption(archive, index, ZIP_EM_AES_256, "secret");
        }));
        QVERIFY(messageOf(opened(root() / "a.zip")).contains("is encrypted"));
    }

    void aBombIsRefusedAndLeavesNothing() {
        Files files = toyFiles();
        files.emplace_back("train/cat/zeros.png", Bytes(std::size_t{24} << 20, '\0'));
        const fs::path cache = root() / "cache";
        for (const auto& [name, packing] :
             {std::pair("a.tar.gz", Packing::Gzip), std::pair("a.tar.bz2", Packing::Bzip2)}) {
            QVERIFY(writeTar(root() / name, files, packing));
            const auto refused = openArchive(root() / name, cache, {}, {},
                                             {.leastRoom = 1 << 20, .mostGrowth = 50, .cacheBytes = 1 << 30});
            QVERIFY(!refused.ok());
            QVERIFY2(refused.error().message.find("many times its size") != std::string::npos,
                     refused.error().message.c_str());
            QVERIFY(fs::is_empty(cache));
        }
    }

    void theCacheForgetsWhatLiesLongest() {
        const fs::path cache = root() / "cache";
        for (int i = 0; i < 4; ++i) {
            const fs::path file = root() / ("a" + std::to_string(i) + ".tar.gz");
            QVERIFY(writeTar(file, toyFiles(), Packing::Gzip));
            QVERIFY(
                openArchive(file, cache, {}, {}, {.leastRoom = 1 << 20, .mostGrowth = 50, .cacheBytes = 40'000}).ok());
        }
        std::uintmax_t bytes = 0;
        for (const auto& kept : fs::directory_iterator(cache))
            bytes += kept.file_size();
        QVERIFY(bytes > 0 && bytes <= 40'000);
    }

    void aZipBombIsRefusedImageByImage() {
        Files files = toyFiles();
        files.emplace_back("train/dog/bomb.png", Bytes(std::size_t{16} << 20, '\0'));
        QVERIFY(writeZip(root() / "a.zip", files));
        QVERIFY(fs::file_size(root() / "a.zip") < (1u << 20));
        const auto dataset = opened(root() / "a.zip");
        QCOMPARE(dataset->samples[6].path, std::string("train/dog/bomb.png"));
        QVERIFY(!decodedAt(*dataset, 6).ok()); // it is no image, and that is all
    }

    void damagedArchivesAreSentences() {
        write(root() / "a.zip", "no zip at all");
        QVERIFY(messageOf(opened(root() / "a.zip")).contains("cannot be read as a .zip"));
        write(root() / "a.tar.gz", "no tar at all");
        QVERIFY(messageOf(opened(root() / "a.tar.gz")).contains("a.tar.gz"));
        write(root() / "a.tar", "");
        QVERIFY(messageOf(opened(root() / "a.tar")).contains("a.tar"));
        write(root() / "a.7z", "7z");
        QVERIFY(messageOf(opened(root() / "a.7z")).contains("pack it as .zip"));
        QVERIFY(writeZip(root() / "empty.zip", {{"notes.txt", "x"}}));
        QVERIFY(messageOf(opened(root() / "empty.zip")).contains("no class folders"));
        QVERIFY(writeTar(root() / "cut.tar.gz", toyFiles(), Packing::Gzip));
        fs::resize_file(root() / "cut.tar.gz", fs::file_size(root() / "cut.tar.gz") / 2);
        QVERIFY(messageOf(opened(root() / "cut.tar.gz")).contains("damaged or truncated"));
    }

    void aFormatForcesTheReader() {
        QVERIFY(writeZip(root() / "mnist.zip", kMnist));
        QVERIFY(messageOf(opened(root() / "mnist.zip", "folders")).contains("no class folders"));
        QVERIFY(messageOf(opened(root() / "mnist.zip", "cifar10")).contains("data_batch_1.bin"));
    }

    void severalThreadsReadAtOnce() {
        QVERIFY(writeZip(root() / "a.zip", toyFiles()));
        QVERIFY(writeTar(root() / "a.tar", toyFiles()));
        for (const char* name : {"a.zip", "a.tar"}) {
            const auto dataset = opened(root() / name);
            std::atomic<int> wrong{0};
            {
                std::vector<std::jthread> threads;
                for (int t = 0; t < 4; ++t)
                    threads.emplace_back([&] {
                        for (std::size_t i = 0; i < 60; ++i) {
                            const auto image = decodedAt(*dataset, i % 6);
                            wrong += !image || image->pixels[0] != 10 * (i % 3) + (i % 6 < 3 ? 1 : 2);
                        }
                    });
            }
            QCOMPARE(wrong.load(), 0);
        }
    }

    void unpackingIsAsCareful() {
        QVERIFY(writeZip(root() / "a.zip", toyFiles("toys/")));
        fs::create_directories(root() / "out");
        QVERIFY(unpackArchive(root() / "a.zip", root() / "out", 1 << 20, {}, {}).ok());
        QCOMPARE(opened(root() / "out")->count(Subset::Train), std::size_t{6}); // looked through
        Files evil = toyFiles();
        evil.emplace_back("../evil.png", "x");
        QVERIFY(writeTar(root() / "evil.tar.gz", evil, Packing::Gzip));
        fs::create_directories(root() / "out2");
        const auto refused = unpackArchive(root() / "evil.tar.gz", root() / "out2", 1 << 20, {}, {});
        QVERIFY(!refused.ok() && refused.error().message.find("leads out") != std::string::npos);
        QVERIFY(!fs::exists(root() / "evil.png"));
        fs::create_directories(root() / "out3");
        const auto bomb = unpackArchive(root() / "a.zip", root() / "out3", 100, {}, {});
        QVERIFY(!bomb.ok() && bomb.error().message.find("more than it should") != std::string::npos);
        Files linked = toyFiles();
        linked.insert(linked.begin(), {"train@", "/tmp"});
        QVERIFY(writeTar(root() / "linked.tar", linked));
        fs::create_directories(root() / "out4");
        QVERIFY(unpackArchive(root() / "linked.tar", root() / "out4", 1 << 20, {}, {}).ok());
        QVERIFY(!fs::is_symlink(root() / "out4" / "train"));
    }
};

QTEST_GUILESS_MAIN(ArchivesTest)
#include "tst_Archives.moc"
