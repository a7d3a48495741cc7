// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <filesystem>

#include "Test.h"
#include "ToyRuns.h"
#include "engine/AskedModel.h"

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
};

QTEST_GUILESS_MAIN(EvaluatingTest)
#include "tst_Evaluating.moc"
