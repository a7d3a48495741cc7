// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <filesystem>
#include <vector>

#include <opencv2/imgcodecs.hpp>

#include "Test.h"
#include "ToyRuns.h"
#include "engine/AskedModel.h"
#include "store/FoldGroup.h"

using namespace sightline;
namespace fs = std::filesystem;

/// A trained network judges its run's images once; what it said is kept in the run's folder.
class EvaluatingTest : public Test {
    Q_OBJECT

    ToyRuns m_runs;
    fs::path m_run;

    /// How many images passed through the network, as progress tells it.
    struct Told {
        Evaluation evaluation;
        std::size_t images = 0;
    };
    Told evaluated(const char* split, const char* checkpoint = "last") const {
        Told told;
        auto answer = ask(m_runs.engine(), ofRun(m_run, checkpoint), EvaluationQuestion{split}, {},
                          [&](std::size_t done, std::size_t total) { told.images += done == total ? total : 0; });
        if (!answer)
            qFatal("%s", answer.error().message.c_str());
        told.evaluation = std::move(*answer);
        return told;
    }
    fs::path kept(const char* name) const { return m_run / "predictions" / name; }

    /// However many passes over images there are.
    template <typename Kind>
    void fillsOneBar(const Kind& question, std::size_t images) const {
        std::vector<std::size_t> told;
        const auto answer =
            ask(m_runs.engine(), ofRun(m_run, "last"), question, {}, [&](std::size_t done, std::size_t total) {
                QCOMPARE(total, images);
                QVERIFY(told.empty() || done >= told.back());
                told.push_back(done);
            });
        QVERIFY2(answer.ok(), answer ? "" : answer.error().message.c_str());
        QVERIFY(!told.empty());
        QCOMPARE(std::count(told.begin(), told.end(), images), 1);
        QCOMPARE(told.back(), images);
    }

    /// The report on a copy of the run's images whose boxes.csv gives each image of a split the same box.
    MapsReport reportWithBoxes(const char* name, const std::string& split, const std::string& box) const {
        const std::string copy = m_runs.path(name);
        fs::copy(m_runs.path("toys"), copy, fs::copy_options::recursive);
        std::string table = "path,x,y,width,height\n";
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(copy) / split))
            if (entry.is_regular_file())
                table += entry.path().lexically_relative(copy).generic_string() + "," + box + "\n";
        if (!writeFileAtomically(fs::path(copy) / "boxes.csv", table).ok())
            qFatal("The boxes cannot be written.");
        auto report = ask(m_runs.engine(), ofRun(m_run, "last"), MapsReportQuestion{.split = "test", .dataPath = copy});
        if (!report)
            qFatal("%s", report.error().message.c_str());
        return std::move(*report);
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_runs.begin(4, 2, 32));
        TrainControl control;
        const RunEnded ended = m_runs.engine().train(m_runs.request("home", 1), {}, control, [](const TrainEvent&) {});
        QCOMPARE(ended.outcome, RunEnded::Outcome::Completed);
        m_run = ended.folder;
    }
    void init() {
        Test::init();
        fs::remove_all(m_run / "predictions");
    }

    void aSecondEvaluationLoadsNoImages() {
        const Told first = evaluated("test"), second = evaluated("test");
        QCOMPARE(first.images, std::size_t{20}); // those of validation tell the temperature
        QCOMPARE(second.images, std::size_t{0});
        QCOMPARE(toText(toJson(second.evaluation)), toText(toJson(first.evaluation)));
        QCOMPARE(second.evaluation.predictions.back().sample, first.evaluation.predictions.back().sample);
        QCOMPARE(evaluated("val").images, std::size_t{0});
        const auto table = readFile(kept("test-last.csv"));
        QVERIFY(table.ok());
        QCOMPARE(*table, predictionsCsv(first.evaluation.classes, first.evaluation.predictions));
    }

    void otherWeightsAreAskedAnew() {
        evaluated("val");
        const fs::path weights = m_run / "checkpoints" / "last.safetensors";
        fs::last_write_time(weights, fs::last_write_time(weights) + std::chrono::seconds(1));
        QCOMPARE(evaluated("val").images, std::size_t{10});
    }

    void anImageThatChangedIsAskedAnew() {
        evaluated("val");
        const Dataset dataset = *openDataset(m_runs.request("home", 1).experiment.data, 42);
        const auto of = [&](std::size_t i) {
            return dataset.root / dataset.samples[dataset.indices(Subset::Validation)[i]].path;
        };
        const auto own = readFile(of(0)), other = readFile(of(9));
        QVERIFY(own.ok() && other.ok() && writeFileAtomically(of(0), *other).ok());
        const std::size_t asked = evaluated("val").images;
        QVERIFY(writeFileAtomically(of(0), *own).ok());
        QCOMPARE(asked, std::size_t{10});
    }

    void aFolderThatCannotBeWrittenIsSaid() {
        QVERIFY(writeFileAtomically(m_run / "predictions", "in the way").ok());
        const Told told = evaluated("val");
        QCOMPARE(told.evaluation.predictions.size(), std::size_t{10});
        QCOMPARE(told.evaluation.notes.size(), std::size_t{1});
        QVERIFY(told.evaluation.notes[0].starts_with("The predictions could not be kept"));
    }

    void labelsAreCheckedOnImagesTheNetworkDoesNotKnow() {
        const auto suspects = ask(m_runs.engine(), ofRun(m_run, "last"), SuspectsQuestion{});
        QVERIFY(suspects.ok());
        QCOMPARE(suspects->splits.size(), std::size_t{2});
        QCOMPARE(suspects->labels.size(), std::size_t{20});
        for (const Prediction& one : suspects->predictions)
            QVERIFY2(!one.path.starts_with("train/"), one.path.c_str());
        QVERIFY(fs::exists(kept("val-last.csv")) && fs::exists(kept("test-last.csv")));
    }

    /// A table as folds leave it: what the networks said that were not trained on an image, made by hand.
    void imagesOfFoldsAreCheckedByTheFoldThatDoesNotKnowThem() {
        const Dataset dataset = *openDataset(m_runs.request("home", 1).experiment.data, 42);
        std::vector<Prediction> table;
        for (const Subset subset : {Subset::Train, Subset::Validation})
            for (const std::uint32_t index : dataset.indices(subset)) {
                Prediction one;
                one.path = dataset.samples[index].path;
                one.truth = dataset.samples[index].label;
                one.predicted = table.size() == 3 ? (one.truth + 1) % 5 : one.truth;
                one.probabilities.assign(5, 0.01f);
                one.probabilities[static_cast<std::size_t>(one.predicted)] = 0.96f;
                one.confidence = 0.96;
                table.push_back(one);
            }
        table.push_back(table.front());
        table.back().path = "train/boat/gone.png"; // no more among the run's images
        const fs::path home = m_run.parent_path().parent_path(), file = outOfFoldFile(home, "hand");
        fs::create_directories(file.parent_path());
        QVERIFY(writeGroup(m_run, {"hand", RunGroup::Kind::Folds, "by hand", "fold 1 of 2"}).ok());
        const auto asked = [&] { return ask(m_runs.engine(), ofRun(m_run, "last"), SuspectsQuestion{}); };
        QCOMPARE(asked()->splits.front(), std::string("val")); // the folds are not all trained
        QVERIFY(writeFileAtomically(file, predictionsCsv(dataset.classes, table)).ok());
        const auto suspects = asked();
        QVERIFY(suspects.ok());
        QVERIFY(suspects->splits == (std::vector<std::string>{"train", "val", "test"}));
        QCOMPARE(suspects->labels.size(), std::size_t{20 + 10 + 10});
        const Prediction& first = suspects->predictions[suspects->labels[0].prediction];
        QCOMPARE(first.path, table[3].path);
        QCOMPARE(dataset.samples[first.sample].path, first.path);
        QVERIFY(writeFileAtomically(file, "no table").ok());
        const auto without = asked();
        QVERIFY(without.ok());
        QCOMPARE(without->labels.size(), std::size_t{20});
        QVERIFY(without->notes.size() == 1 && without->notes[0].find(file.string()) != std::string::npos);
        fs::remove(m_run / "group.json");
    }

    void theBarFillsOnce() {
        fillsOneBar(EvaluationQuestion{"test", 4}, 20); // validation tells the temperature
        fs::remove_all(m_run / "predictions");
        fillsOneBar(SuspectsQuestion{4}, 20);
        fs::remove_all(m_run / "predictions");
        evaluated("val");
        fillsOneBar(EvaluationQuestion{"test", 4}, 20); // one of the passes is kept
        fillsOneBar(MapsReportQuestion{"test"}, 10 + 20);
    }

    /// A camera held upright: stored 48 x 24, shown 24 x 48.
    void boxesLieOnTheImageAsItIsShown() {
        const std::string turned = m_runs.path("turned");
        fs::copy(m_runs.path("toys"), turned, fs::copy_options::recursive);
        std::string table = "path,x,y,width,height\n";
        for (const auto& entry : fs::directory_iterator(fs::path(turned) / "test" / "boat")) {
            std::vector<std::uint8_t> jpeg;
            cv::imencode(".jpg", cv::Mat(24, 48, CV_8UC3, cv::Scalar(40, 90, 200)), jpeg);
            const std::vector<std::uint8_t> turn{0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0,    0,    'M', 'M',
                                                 0,    42,   0, 0,  0,   8,   0,   1,   0x01, 0x12, 0,   3,
                                                 0,    0,    0, 1,  0,   6,   0,   0,   0,    0,    0,   0};
            jpeg.insert(jpeg.begin() + 2, turn.begin(), turn.end());
            QVERIFY(writeFileAtomically(entry.path(), std::string(jpeg.begin(), jpeg.end())).ok());
            table += "test/boat/" + entry.path().filename().string() + ",0,30,24,18\n";
        }
        QVERIFY(writeFileAtomically(fs::path(turned) / "boxes.csv", table).ok());
        const auto report = ask(m_runs.engine(), ofRun(m_run, "last"),
                                MapsReportQuestion{.split = "test", .dataPath = turned, .trainImagesPerClass = 0});
        QVERIFY2(report.ok(), report ? "" : report.error().message.c_str());
        QCOMPARE(report->boxes.boxed, report->classes[0].boxed); // boats alone have some
        QVERIFY2(report->notes.empty(), report->notes.empty() ? "" : report->notes[0].c_str());
        QCOMPARE(report->classes[0].boxed, report->classes[0].images);
        QVERIFY(report->images + report->empty == 10);
    }

    void boxesThatNoImageHoldsSayNothingOfTheObjects() {
        const MapsReport outside = reportWithBoxes("outside", "test", "400,400,9,9");
        QCOMPARE(outside.boxes.boxed + outside.trainingBoxes.boxed, std::size_t{0});
        QVERIFY2(sentenceOnObjects(outside).ends_with("is unknown: there are no usable boxes."),
                 sentenceOnObjects(outside).c_str());
        const MapsReport learned = reportWithBoxes("learned", "train", "8,8,16,16");
        QCOMPARE(learned.boxes.boxed, std::size_t{0});
        QVERIFY(learned.trainingBoxes.boxed > 0);
        QCOMPARE(learned.trainingBoxes.boxed, learned.trainingBoxes.images);
        QCOMPARE(sentenceOnObjects(learned), std::string("In the training images no class looks beside its objects; "
                                                         "the test images have no usable boxes."));
        MapsReport few;
        few.split = "test";
        few.boxes = {1, 100};
        QCOMPARE(sentenceOnObjects(few), std::string("No class looks beside its objects, but only 1 of 100 test images "
                                                     "has a usable box."));
    }

    void testImagesThatAreGoneAreNotReplacedByOthers() {
        const std::string place = m_runs.path("gone");
        fs::copy(m_runs.path("toys"), place, fs::copy_options::recursive);
        fs::remove_all(fs::path(place) / "test");
        EvaluationQuestion question;
        question.dataPath = place;
        const auto judged = ask(m_runs.engine(), ofRun(m_run, "last"), question);
        QVERIFY(!judged.ok());
        QCOMPARE(judged.error().message,
                 "None of the run's test images is in " + place + "; name another split with --split.");
        question.split = "val";
        QVERIFY(ask(m_runs.engine(), ofRun(m_run, "last"), question).ok());
    }

    void aSkippedImageIsNamedOnce() {
        const std::string place = m_runs.path("torn");
        fs::copy(m_runs.path("toys"), place, fs::copy_options::recursive);
        const fs::path image = fs::directory_iterator(fs::path(place) / "test" / "duck")->path();
        QVERIFY(writeFileAtomically(image, "words instead of an image\n").ok());
        EvaluationQuestion question{"test"};
        question.dataPath = place;
        const auto judged = ask(m_runs.engine(), ofRun(m_run, "last"), question);
        QVERIFY2(judged.ok(), judged ? "" : judged.error().message.c_str());
        QCOMPARE(judged->skipped.size(), std::size_t{1});
        const std::string &why = judged->skipped[0], path = image.lexically_relative(place).generic_string();
        QVERIFY2(why.find(path) != std::string::npos && why.find(path) == why.rfind(path), why.c_str());
    }

    void aRunThatHasSeenAllItsImagesFindsNoSuspects() {
        const std::string seen = m_runs.path("seen");
        fs::create_directory(seen);
        fs::copy(fs::path(m_runs.path("toys")) / "train", fs::path(seen) / "train", fs::copy_options::recursive);
        const auto suspects = ask(m_runs.engine(), ofRun(m_run, "last"), SuspectsQuestion{32, seen});
        QVERIFY(!suspects.ok());
        QVERIFY2(suspects.error().message.starts_with("Suspect labels are looked for among validation and test images"),
                 suspects.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(EvaluatingTest)
#include "tst_Evaluating.moc"
