// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <fstream>

#include "Test.h"
#include "data/Records.h"
#include "store/OtherContents.h"
#include "store/RunData.h"
#include "store/SampleMatch.h"
#include "support/Csv.h"
#include "support/Files.h"
#include "support/Random.h"

using namespace sightline;

namespace fs = std::filesystem;

/// What a run was trained on is kept, found again, and told apart from what came since.
class SampleManifestTest : public Test {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;

    fs::path root() const { return fs::path(m_folder->path().toStdString()) / "images"; }
    fs::path run() const { return fs::path(m_folder->path().toStdString()) / "run"; }

    void put(const std::string& path, const std::string& bytes) const {
        fs::create_directories((root() / path).parent_path());
        std::ofstream(root() / path, std::ios::binary) << bytes;
    }
    DataSettings settings() const {
        DataSettings settings;
        settings.path = root().string();
        settings.validationSplit = 0.25;
        return settings;
    }
    /// The files are opened by name only: nothing here is decoded.
    Dataset open() const { return *openDataset(settings(), 1); }
    static SampleManifest manifestOfAll(const Dataset& dataset, const DataSettings& settings) {
        std::vector<std::uint32_t> all;
        for (std::uint32_t i = 0; i < dataset.samples.size(); ++i)
            all.push_back(i);
        return manifestOf(dataset, settings, digestsOf(dataset, all, 2));
    }
    static std::uint32_t at(const Dataset& dataset, const std::string& path) {
        for (std::uint32_t i = 0; i < dataset.samples.size(); ++i)
            if (dataset.samples[i].path == path)
                return i;
        return SampleMatch::kNone;
    }

private Q_SLOTS:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        fs::create_directories(run());
        for (const char* name : {"cat", "dog"})
            for (int i = 0; i < 4; ++i)
                put(std::string(name) + "/" + std::to_string(i) + ".png", name + std::to_string(i));
    }

    /// The first number is XXH3's own for no bytes (its specification); the second is that of a large file's ends.
    void aDigestIsOfTheFirstAndTheLast64Kilobytes() {
        QCOMPARE(digestOf(std::string_view()).text(), std::string("2d06800538d394c2"));
        std::string bytes(300000, 'm');
        const ContentDigest plain = digestOf(bytes);
        QCOMPARE(plain.bytes, std::uint64_t(300000));
        bytes[150000] = 'x'; // in the middle: not looked at
        QVERIFY(digestOf(bytes) == plain);
        bytes[65535] = 'x';
        QVERIFY(!(digestOf(bytes) == plain));
        bytes[65535] = 'm';
        bytes[300000 - 65536] = 'x';
        QVERIFY(!(digestOf(bytes) == plain));
        QVERIFY(!(digestOf(std::string(300001, 'm')) == plain));
        std::string small(131072, 's');
        const ContentDigest before = digestOf(small);
        small[65536] = 'x'; // up to 128 kB every byte counts
        QVERIFY(!(digestOf(small) == before));
    }

    void aFileAndTheSameBytesElsewhereHaveOneDigest() {
        const std::string large(200000, 'q');
        put("cat/large.png", large);
        const Dataset dataset = open();
        const auto file = digestOf(*dataset.source, dataset.samples[at(dataset, "cat/large.png")]);
        QVERIFY(file && *file == digestOf(large));
        fs::remove(root() / "cat/large.png");
        QVERIFY(!digestOf(*dataset.source, dataset.samples[at(dataset, "cat/large.png")]));
        const std::vector<std::uint8_t> bytes(large.begin(), large.begin() + 4);
        const auto records = makeRecordSource({2, 2, 1}, {bytes}, {{0, 0}});
        QVERIFY(*digestOf(*records, Sample{}) == digestOf("qqqq"));
    }

    void whatIsWrittenIsRead() {
        put("cat/odd, \"name\"\n.png", "odd");
        Dataset dataset = open();
        dataset.samples[at(dataset, "dog/3.png")].excluded = true;
        const SampleManifest manifest = manifestOfAll(dataset, settings());
        QCOMPARE(manifest.samples.size(), std::size_t(8));
        QVERIFY(writeManifest(run(), manifest).ok());
        const auto read = RunFolder(run()).manifest();
        QVERIFY2(read.ok(), read ? "" : read.error().message.c_str());
        QVERIFY(read->has_value() && **read == manifest);
        const Json json = *readJsonFile(run() / "data.json");
        QCOMPARE(json["root"].get<std::string>(), root().string());
        QCOMPARE(json["classes"].dump(), std::string(R"(["cat","dog"])"));
        QCOMPARE(json["depth"].get<std::string>(), std::string("full"));
        QCOMPARE(json["channels"].get<std::string>(), std::string("rgb"));
        QCOMPARE(json["fit"].get<std::string>(), std::string("stretch"));
        QCOMPARE(json["page"].get<int>(), 0);
        QCOMPARE(json["background"].get<std::string>(), std::string("drop"));
        const auto rows = csvRows(*readFile(run() / "samples.csv"));
        QCOMPARE(rows[0], (std::vector<std::string>{"path", "class", "subset", "bytes", "digest"}));
        QVERIFY(std::find(rows.begin(), rows.end(),
                          std::vector<std::string>{"dog/0.png", "dog", "val", "4", digestOf("dog0").text()}) !=
                rows.end());
    }

    void aRunWithoutOneIsNoError() {
        const auto read = readManifest(run());
        QVERIFY(read.ok() && !read->has_value());
        QVERIFY(!readDataPlace(run()));
    }

    void runsKnowWhichImagesOnlyShareAName() {
        const fs::path second = run().parent_path() / "second";
        fs::create_directories(second);
        QVERIFY(writeManifest(run(), manifestOfAll(open(), settings())).ok());
        QVERIFY(!otherContents(run(), second)->isKnown); // the second has no list
        put("dog/3.png", "drawn by another seed");
        put("dog/4.png", "only there");
        QVERIFY(writeManifest(second, manifestOfAll(open(), settings())).ok());
        const auto other = otherContents(run(), second);
        QVERIFY(other.ok() && other->isKnown);
        QVERIFY(other->paths == std::set<std::string>{"dog/3.png"});
        QVERIFY(writeFileAtomically(second / "samples.csv", "no such table").ok());
        QVERIFY(!otherContents(run(), second).ok());
    }

    void aRelativePathIsKeptWhole() {
        DataSettings relative = settings();
        relative.path = fs::relative(root()).string();
        const Dataset dataset = *openDataset(relative, 1);
        const SampleManifest manifest = manifestOfAll(dataset, relative);
        QVERIFY(fs::path(manifest.path).is_absolute());
        QVERIFY(manifest.root.is_absolute());
        QVERIFY(fs::equivalent(manifest.root, root()));
    }

    void thePlaceMayChangeAndNothingElse() {
        const SampleManifest manifest = manifestOfAll(open(), settings());
        QVERIFY(writeManifest(run(), manifest).ok());
        QVERIFY(writeDataPlace(run(), {"/elsewhere/a", "/elsewhere/a"}).ok());
        SampleManifest expected = manifest;
        expected.path = expected.root = "/elsewhere/a";
        QVERIFY(**readManifest(run()) == expected);
        QCOMPARE(readDataPlace(run())->path, std::string("/elsewhere/a"));
    }

    void thePlaceOfARunInProgressStays() {
        QVERIFY(writeManifest(run(), manifestOfAll(open(), settings())).ok());
        const RunMark mark = *RunMark::take(run());
        const auto refused = relocate(RunFolder(run()), {root().string()});
        QVERIFY(!refused.ok() && refused.error().kind == ErrorKind::BadInput);
        QVERIFY2(refused.error().message.find("is in progress") != std::string::npos, refused.error().message.c_str());
    }

    void aFolderHoldsTheImagesOfARunWhereOneOfThemIsThere() {
        QVERIFY(writeManifest(run(), manifestOfAll(open(), settings())).ok());
        const auto holds = [&] { return holdsImagesOf(RunFolder(run()), open(), 2); };
        fs::remove_all(root() / "dog");
        put("dog/other.png", "another picture");
        QVERIFY(holds().ok());
        for (int i = 0; i < 4; ++i)
            fs::remove(root() / "cat" / (std::to_string(i) + ".png"));
        put("cat/renamed.png", "cat2");
        QVERIFY(holds().ok());
        put("cat/renamed.png", "none of them");
        const auto none = holds();
        QVERIFY(!none.ok());
        QCOMPARE(none.error().message, "None of the 8 images of the run run is in " + root().string() + ".");
        fs::remove(run() / "data.json");
        QVERIFY(holds().ok()); // an older run does not know
    }

    void newImagesBelongToNoSubset() {
        const SampleManifest manifest = manifestOfAll(open(), settings());
        for (const char* name : {"cat", "dog"})
            for (int i = 4; i < 12; ++i)
                put(std::string(name) + "/" + std::to_string(i) + ".png", name + std::to_string(i));
        const Dataset now = open();
        QCOMPARE(now.count(Subset::Validation), std::size_t(6)); // of the split as it is drawn now
        for (const Compare compare : {Compare::Paths, Compare::Contents}) {
            const SampleMatch match = matchSamples(manifest, now, compare, 2);
            QCOMPARE(match.fresh.size(), std::size_t(16));
            QVERIFY(match.missing.empty());
            QVERIFY(runSubsetOf(manifest, match, at(now, "cat/0.png")) == Subset::Validation);
            QVERIFY(runSubsetOf(manifest, match, at(now, "cat/1.png")) == Subset::Train);
            QVERIFY(!runSubsetOf(manifest, match, at(now, "cat/4.png")));
        }
    }

    void whatIsGoneIsMissingAndWhatWasRenamedIsNot() {
        const SampleManifest manifest = manifestOfAll(open(), settings());
        fs::remove(root() / "cat/0.png");
        fs::rename(root() / "dog/0.png", root() / "dog/zero.png");
        const Dataset now = open();
        for (const Compare compare : {Compare::Paths, Compare::Contents}) {
            const SampleMatch match = matchSamples(manifest, now, compare, 1);
            QVERIFY(match.fresh.empty());
            QCOMPARE(match.missing.size(), std::size_t(1));
            QCOMPARE(manifest.samples[match.missing[0]].path, std::string("cat/0.png"));
            QCOMPARE(match.missingOf(manifest, Subset::Validation), std::size_t(1));
            QCOMPARE(match.missingOf(manifest, Subset::Train), std::size_t(0));
            QCOMPARE(match.renamed, std::size_t(1));
            QVERIFY(runSubsetOf(manifest, match, at(now, "dog/zero.png")) == Subset::Validation);
        }
    }

    void swappedFilesAreKnownByWhatIsInThem() {
        const SampleManifest manifest = manifestOfAll(open(), settings());
        fs::rename(root() / "cat/0.png", root() / "aside");     // validation
        fs::rename(root() / "cat/1.png", root() / "cat/0.png"); // training
        fs::rename(root() / "aside", root() / "cat/1.png");
        put("dog/2.png", "another picture");
        const Dataset now = open();
        const SampleMatch match = matchSamples(manifest, now, Compare::Contents, 1);
        QVERIFY(runSubsetOf(manifest, match, at(now, "cat/0.png")) == Subset::Train);
        QVERIFY(runSubsetOf(manifest, match, at(now, "cat/1.png")) == Subset::Validation);
        QCOMPARE(match.renamed, std::size_t(2));
        QCOMPARE(match.altered, std::size_t(1));
        QVERIFY(match.fresh.empty() && match.missing.empty());
    }

    void classesMeetByName() {
        QCOMPARE(classesByName({"A", "a", "z"}, {"a", "b", "A"}), (std::vector<int>{2, 0, -1}));
        const SampleManifest manifest = manifestOfAll(open(), settings());
        fs::rename(root() / "dog", root() / "Dog");
        QCOMPARE(matchSamples(manifest, open(), Compare::Paths, 1).runClassOf, (std::vector<int>{-1, 0}));
    }

    void excludedImagesAreNeitherNewNorMissing() {
        Dataset dataset = open();
        dataset.samples[at(dataset, "dog/3.png")].excluded = true;
        const SampleManifest manifest = manifestOfAll(dataset, settings());
        const SampleMatch match = matchSamples(manifest, dataset, Compare::Paths, 1);
        QVERIFY(match.fresh.empty() && match.missing.empty());
    }

    /// A copy that was excluded when the run began does not come in for the image it is a copy of.
    void anExcludedImageStandsInForNoOther() {
        put("dog/zero.png", "dog0");
        Dataset began = open();
        began.samples[at(began, "dog/zero.png")].excluded = true;
        const SampleManifest manifest = manifestOfAll(began, settings());
        const auto matched = [&](Compare compare) {
            Dataset now = open();
            now.samples[at(now, "dog/zero.png")].excluded = true;
            const SampleMatch match = matchSamples(manifest, now, compare, 1);
            return std::tuple(match.isNew(at(now, "dog/zero.png")), match.fresh.size(), match.missing.size(),
                              match.renamed, match.altered);
        };
        put("dog/0.png", "another picture");
        QVERIFY(matched(Compare::Contents) == std::tuple(true, 0u, 0u, 0u, 1u));
        fs::remove(root() / "dog/0.png");
        for (const Compare compare : {Compare::Paths, Compare::Contents})
            QVERIFY(matched(compare) == std::tuple(true, 0u, 1u, 0u, 0u));
    }

    void damagedFilesAreReadOrRefusedAndNeverMore() {
        QVERIFY(writeManifest(run(), manifestOfAll(open(), settings())).ok());
        const Dataset now = open();
        const std::string samples = *readFile(run() / "samples.csv"), data = *readFile(run() / "data.json");
        for (const auto& [name, good] : {std::pair("samples.csv", samples), std::pair("data.json", data)}) {
            for (std::uint64_t round = 0; round < 500; ++round) {
                CounterRandom random(round, RandomPurpose::Test);
                std::string bytes = good;
                for (std::uint64_t change = 1 + random.below(6); change > 0; --change)
                    bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
                if (random.below(4) == 0)
                    bytes.resize(random.below(bytes.size()));
                std::ofstream(run() / name, std::ios::binary | std::ios::trunc) << bytes;
                const auto read = readManifest(run());
                static_cast<void>(readDataPlace(run()));
                if (!read)
                    QVERIFY2(read.error().message.find(name) != std::string::npos, read.error().message.c_str());
                else
                    static_cast<void>(matchSamples(**read, now, Compare::Paths, 1));
            }
            std::ofstream(run() / name, std::ios::binary | std::ios::trunc) << good;
        }
    }

    void aDamagedRowIsNamed() {
        QVERIFY(writeManifest(run(), manifestOfAll(open(), settings())).ok());
        const auto refusalOf = [&](const std::string& row) {
            std::ofstream(run() / "samples.csv") << "path,class,subset,bytes,digest\na,b,train,1,0123456789abcdef\n"
                                                 << row;
            const auto read = readManifest(run());
            return read ? std::string("read") : read.error().message;
        };
        QVERIFY(refusalOf("x,cat,train,1,0123456789ABCDEF\n") == "read");
        QVERIFY(refusalOf("x,cat,train,,\n") == "read"); // it could not be read when the run began
        for (const char* row : {"x,cat,trian,1,0123456789abcdef", "x,cat,train,1,012345678",
                                "x,cat,train,-1,0123456789abcdef", ",cat,train,1,0123456789abcdef", "x,cat,train,1"})
            QVERIFY2(refusalOf(row).find("row 3") != std::string::npos, row);
    }
};

QTEST_APPLESS_MAIN(SampleManifestTest)
#include "tst_SampleManifest.moc"
