// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <fstream>

#include "Test.h"
#include "data/Records.h"
#include "store/FeatureCache.h"

using namespace sightline;

/// Features are found under the key of what made them, and only there.
class FeatureCacheTest : public Test {
    Q_OBJECT

    /// Two grey images of 2 x 2 as an IDX file holds them.
    static Dataset records(std::uint8_t lastPixel) {
        Dataset dataset;
        dataset.root = "/nowhere/t10k-images-idx3-ubyte"; // the file is not asked: its bytes are in memory
        dataset.source = makeRecordSource({2, 2, 1}, {{1, 2, 3, 4, 5, 6, 7, lastPixel}}, {{0, 0}, {0, 4}});
        for (std::uint32_t record = 0; record < 2; ++record) {
            Sample sample;
            sample.path = "record " + std::to_string(record);
            sample.record = record;
            dataset.samples.push_back(sample);
        }
        return dataset;
    }
    static std::string keyOf(const Dataset& dataset, const std::vector<std::uint32_t>& indices) {
        Fingerprint print;
        return print.add(dataset, indices, {}) ? print.text() : std::string();
    }

private Q_SLOTS:
    void otherBytesOfRecordsAreAnotherKey() {
        QCOMPARE(keyOf(records(8), {0, 1}), keyOf(records(8), {0, 1}));
        QVERIFY(keyOf(records(8), {0, 1}) != keyOf(records(9), {0, 1}));
        QCOMPARE(keyOf(records(8), {0}), keyOf(records(9), {0})); // that one has not changed
        QVERIFY(keyOf(records(8), {0, 1}) != keyOf(records(8), {1, 0}));
        Dataset relabelled = records(8);
        relabelled.samples[1].label = 3;
        QCOMPARE(keyOf(relabelled, {0, 1}), keyOf(records(8), {0, 1})); // a label is no part of a feature
    }

    /// The same images, but other ones of them validate.
    void whereOneGroupEndsAndTheNextBeginsCounts() {
        const auto keyOfGroups = [](const std::vector<std::uint32_t>& one, const std::vector<std::uint32_t>& other) {
            Fingerprint print;
            return print.add(records(8), one, {}) && print.add(records(8), other, {}) ? print.text() : std::string();
        };
        QVERIFY(keyOfGroups({0}, {1}) != keyOfGroups({0, 1}, {}));
    }

    void readingTheImagesCanBeStopped() {
        std::stop_source stop;
        stop.request_stop();
        Fingerprint print;
        const Result<void> added = print.add(records(8), {0, 1}, stop.get_token());
        QVERIFY(!added.ok() && added.error().kind == ErrorKind::Cancelled);
    }

    /// Two pictures of one size swapped, same names and dates, are another key; files that moved are the same.
    void filesAreKnownByTheirContents() {
        namespace fs = std::filesystem;
        QTemporaryDir folder;
        const fs::path root = fs::path(folder.path().toStdString()) / "one";
        const auto put = [&](const char* name, std::size_t size, char fill) {
            fs::create_directories((root / name).parent_path());
            std::ofstream(root / name, std::ios::binary) << std::string(size, fill);
            fs::last_write_time(root / name, fs::file_time_type{});
        };
        const auto key = [](const fs::path& at) {
            DataSettings settings;
            settings.path = at.string();
            return keyOf(*openDataset(settings, 1), {0, 1});
        };
        put("a/1.bmp", 100, 'x');
        put("b/1.bmp", 100, 'y');
        const std::string before = key(root);
        put("a/1.bmp", 100, 'y');
        put("b/1.bmp", 100, 'x');
        QVERIFY(key(root) != before);
        put("a/1.bmp", 100, 'x');
        put("b/1.bmp", 100, 'y');
        fs::rename(root, root.parent_path() / "two");
        QCOMPARE(key(root.parent_path() / "two"), before);
        // The middle of a large file is not read: there its date counts.
        fs::create_directories(root / "b");
        put("b/1.bmp", 100, 'y');
        put("a/1.bmp", 300000, 'x');
        const std::string large = key(root);
        std::fstream(root / "a/1.bmp", std::ios::in | std::ios::out).seekp(150000) << 'z';
        fs::last_write_time(root / "a/1.bmp", fs::file_time_type{} + std::chrono::hours(1));
        QVERIFY(key(root) != large);
    }

    void whatIsKeptIsFoundUntilItIsTorn() {
        QTemporaryDir home;
        const FeatureCache cache(home.path().toStdString());
        const std::vector<float> values{1, 2, 3};
        QVERIFY(!cache.find("a"));
        QVERIFY(cache.keep("a", {{"train.0", {3}, values}}).ok());
        QCOMPARE(asFloats(*cache.find("a")->find("train.0")).value(), values);
        std::filesystem::resize_file(cache.file("a"), std::filesystem::file_size(cache.file("a")) - 1);
        QVERIFY(!cache.find("a"));
        QVERIFY(!std::filesystem::exists(cache.file("a")));
    }

    void theOldestMakesRoom() {
        QTemporaryDir home;
        const FeatureCache cache(home.path().toStdString(), 1000);
        const std::vector<float> values(100, 1.0f);
        QVERIFY(cache.keep("old", {{"train.0", {100}, values}}).ok());
        std::filesystem::last_write_time(cache.file("old"),
                                         std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
        QVERIFY(cache.keep("new", {{"train.0", {100}, values}}).ok());
        QVERIFY(cache.keep("newest", {{"train.0", {100}, values}}).ok());
        QVERIFY(!cache.find("old") && cache.find("newest"));
        const std::vector<float> many(300, 1.0f);
        QVERIFY(!cache.keep("large", {{"train.0", {300}, many}}));
    }
};

QTEST_APPLESS_MAIN(FeatureCacheTest)
#include "tst_FeatureCache.moc"
