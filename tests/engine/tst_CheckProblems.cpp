// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <limits>

#include "Test.h"
#include "engine/CheckProblems.h"

using namespace sightline;

/// What the figures of a check mean: go, or what to fix.
class CheckProblemsTest : public Test {
    Q_OBJECT

    static TrainCheck good() {
        TrainCheck check;
        check.overfits = {37, 0.09};
        check.loaderImagesPerSecond = check.networkImagesPerSecond = 500;
        check.peakBytes = 1'000'000'000;
        check.freeBytes = 8'000'000'000;
        check.diskBytes = 12'000'000;
        return check;
    }
    static CheckFacts facts() {
        CheckFacts facts;
        facts.firstLoss = 1.6;
        facts.learningRate = 0.001;
        facts.freeDiskBytes = 40'000'000'000;
        return facts;
    }
    /// The only problem, or what there is instead.
    static std::string only(const TrainCheck& check, const CheckFacts& known) {
        const std::vector<std::string> problems = checkProblems(check, known);
        return problems.size() == 1 ? problems.front() : std::to_string(problems.size()) + " problems";
    }
    static bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

private Q_SLOTS:
    void goodFiguresGo() {
        QVERIFY(checkProblems(good(), facts()).empty());
        TrainCheck slow = good();
        slow.overfits = {200, 0.39}; // less than a quarter
        QVERIFY(checkProblems(slow, facts()).empty());
    }

    void aBatchThatIsNotLearned() {
        TrainCheck check = good();
        check.overfits = {200, 1.5};
        CheckFacts known = facts();
        QVERIFY(has(only(check, known), "raise the learning rate"));
        QVERIFY(!has(only(check, known), "model.freeze"));
        known.freeze = "base";
        QVERIFY(has(only(check, known), "model.freeze, base"));
        check.overfits.loss = 3.2;
        QVERIFY(has(only(check, known), "up instead of down: lower the learning rate"));
        check.overfits = {1, std::numeric_limits<double>::quiet_NaN()};
        QVERIFY(has(only(check, known), "not a number after 1 step:"));
        known.hadTime = false;
        QVERIFY(has(only(check, known), "not a number"));
        check.overfits.steps = 0; // no rate helps
        QVERIFY(has(only(check, known), "before the first step") && !has(only(check, known), "rate"));
    }

    void withoutTimeAHighLossSaysNothing() {
        TrainCheck check = good();
        check.overfits = {4, 1.5};
        CheckFacts known = facts();
        known.hadTime = false;
        QVERIFY(checkProblems(check, known).empty());
        check.overfits = {40, 1.55};
        QVERIFY(has(only(check, known), "40 steps on one batch"));
        check.overfits = {40, 0.9};
        QVERIFY(checkProblems(check, known).empty());
    }

    void whatDoesNotFitIsSaid() {
        TrainCheck check = good();
        check.freeBytes = 900'000'000;
        QVERIFY(has(only(check, facts()), "1.0 GB of memory and 900.0 MB are free"));
        CheckFacts untried = facts();
        untried.tried = false;
        check.overfits = {};
        check.loaderImagesPerSecond = 0;
        QVERIFY(has(only(check, untried), "training.batch_size"));
        check = good();
        check.diskBytes = 50'000'000'000;
        QVERIFY(has(only(check, facts()), "50.0 GB on the disk and 40.0 GB are free"));
    }

    /// Beside the checkpoints, and with the way out of it.
    void decodedImagesTakeRoomToo() {
        TrainCheck check = good();
        CheckFacts known = facts();
        known.decodedFileBytes = 3'000'000'000;
        QVERIFY(checkProblems(check, known).empty());
        check.diskBytes = 38'000'000'000;
        QVERIFY(has(only(check, known), "41.0 GB on the disk") && has(only(check, known), "data.cache_disk_mb"));
        known.decodedFileBytes = 0;
        known.decodedBytes = 2'000'000'000;
        QVERIFY(checkProblems(check, known).empty());
        check.peakBytes = 8'500'000'000;
        QVERIFY(has(only(check, known), "less than 2.0 GB of decoded images in memory (data.cache_memory_mb)"));
    }

    void aSlowLoaderAndUnreadableImages() {
        TrainCheck check = good();
        check.loaderImagesPerSecond = 200;
        QVERIFY(has(only(check, facts()), "200 a second where the network could take 500"));
        check.laterLoaderImagesPerSecond = 4000; // only the first epoch waits, for images that are decoded once
        QVERIFY(checkProblems(check, facts()).empty());
        check.laterLoaderImagesPerSecond = 240;
        QVERIFY(has(only(check, facts()), "240 a second"));
        check.networkImagesPerSecond = 4567;
        check.laterLoaderImagesPerSecond = 1234.4;
        QVERIFY(has(only(check, facts()), "1,234 a second where the network could take 4,567;"));
        CheckFacts known = facts();
        known.keepsFeatures = true;
        QVERIFY(checkProblems(check, known).empty());
        known.unreadable = 2;
        known.firstUnreadable = "a.png is damaged";
        QVERIFY(has(only(check, known), "2 images of those tried cannot be read (a.png is damaged)"));
    }

    void aTimeIsInWordsOfItsSize() {
        QCOMPARE(aboutTime(41.2), std::string("42 s"));
        QCOMPARE(aboutTime(754), std::string("12.6 min"));
        QCOMPARE(aboutTime(86400), std::string("24.0 h"));
    }

    void theDocumentHasWhatScriptsRead() {
        TrainCheck check = good();
        check.problems = {"Fix it."};
        const Json json = toJson(check);
        QCOMPARE(json.size(), std::size_t(8));
        QCOMPARE(json["overfits"], (Json{{"steps", 37}, {"loss", 0.09}}));
        QCOMPARE(json["problems"], Json::array({"Fix it."}));
        for (const char* key : {"loader_images_per_second", "network_images_per_second", "peak_bytes", "free_bytes",
                                "seconds_total", "disk_bytes"})
            QVERIFY(json.contains(key));
        const Json none = toJson(TrainCheck());
        for (const char* key : {"loader_images_per_second", "network_images_per_second", "seconds_total"})
            QVERIFY(none[key].is_null()); // not tried
        check.laterLoaderImagesPerSecond = 4000;
        QCOMPARE(toJson(check)["loader_images_per_second_later"], Json(4000.0));
    }
};

QTEST_APPLESS_MAIN(CheckProblemsTest)
#include "tst_CheckProblems.moc"
