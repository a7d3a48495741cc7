// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "store/RunPredictions.h"
#include "support/Files.h"

using namespace sightline;

namespace fs = std::filesystem;

/// Predictions are kept in the run's folder, and found again as long as nothing they follow from has changed.
class RunPredictionsTest : public FreshFolderTest {
    Q_OBJECT

    fs::path run() const { return root() / "run"; }
    fs::path table() const { return run() / "predictions" / "val-best.csv"; }

    RunData open() const {
        Experiment experiment;
        experiment.data.path = (root() / "images").string();
        experiment.data.validationSplit = 0.5;
        RunData data;
        data.dataset = *openDataset(experiment.data, 1);
        return data;
    }
    PredictionsKey key(const std::string& weights = "w", const Experiment& experiment = {}) const {
        return *predictionsKey("best", weights, experiment, open(), Subset::Validation);
    }
    static JudgedImages judged(const Dataset& dataset) {
        JudgedImages images;
        for (const std::uint32_t index : dataset.indices(Subset::Validation)) {
            Prediction one;
            one.path = dataset.samples[index].path;
            one.sample = index;
            one.truth = dataset.samples[index].label;
            one.predicted = 1;
            one.probabilities = {1.0F / 3, 2.0F / 3};
            one.confidence = static_cast<double>(one.probabilities[1]);
            one.loss = 0.1;
            images.predictions.push_back(std::move(one));
        }
        images.predictions.erase(images.predictions.begin() + 1); // could not be read
        images.skipped = {"b: cannot be read"};
        return images;
    }
    std::optional<JudgedImages> found(const PredictionsKey& key) const {
        return findPredictions(run(), key, open().dataset, Subset::Validation);
    }
    void keep() const {
        const Dataset dataset = open().dataset;
        QVERIFY(keepPredictions(run(), key(), dataset, judged(dataset)).ok());
    }

private Q_SLOTS:
    void init() {
        FreshFolderTest::init();
        for (const char* name : {"cat", "dog"})
            for (int i = 0; i < 4; ++i) {
                fs::create_directories(root() / "images" / name);
                QVERIFY(writeFileAtomically(root() / "images" / name / (std::to_string(i) + ".png"),
                                            name + std::to_string(i))
                            .ok());
            }
    }

    void whatIsKeptIsFoundAgain() {
        QVERIFY(!found(key()));
        keep();
        const auto again = found(key());
        const JudgedImages wanted = judged(open().dataset);
        QVERIFY(again.has_value());
        QCOMPARE(again->predictions.size(), wanted.predictions.size());
        QVERIFY(again->skipped == wanted.skipped);
        for (std::size_t i = 0; i < wanted.predictions.size(); ++i) {
            QCOMPARE(again->predictions[i].sample, wanted.predictions[i].sample);
            QVERIFY(again->predictions[i].probabilities == wanted.predictions[i].probabilities);
        }
    }

    void otherWeightsSettingsOrImagesAreNotFound() {
        keep();
        Experiment larger;
        larger.data.imageHeight += 1;
        QVERIFY(!found(key("w2")) && !found(key("w", larger)));
        Experiment elsewhere;
        elsewhere.data.path = "/elsewhere";
        QVERIFY(found(key("w", elsewhere)).has_value());
        const auto first = open().dataset.indices(Subset::Validation).front();
        QVERIFY(writeFileAtomically(root() / "images" / open().dataset.samples[first].path, "another").ok());
        QVERIFY(!found(key()));
    }

    void aDamagedOrForeignTableIsNotRead() {
        keep();
        const std::string whole = *readFile(table());
        std::string altered = whole;
        altered.replace(altered.find("0.333"), 5, "0.334");
        for (const std::string& bytes : {altered, whole.substr(0, whole.size() / 2), std::string()}) {
            QVERIFY(writeFileAtomically(table(), bytes).ok());
            QVERIFY(!found(key()));
        }
        QVERIFY(writeFileAtomically(table(), whole).ok());
        QVERIFY(found(key()).has_value());
        for (const char* about : {"", "{}", "[1]", R"({"fingerprint":3,"skipped":[1]})"}) {
            QVERIFY(writeFileAtomically(run() / "predictions" / "val-best.json", about).ok());
            QVERIFY(!found(key()));
        }
    }

    void aFolderThatCannotBeWrittenIsSaid() {
        fs::create_directories(run());
        QVERIFY(writeFileAtomically(run() / "predictions", "a file").ok());
        const Dataset dataset = open().dataset;
        const auto kept = keepPredictions(run(), key(), dataset, judged(dataset));
        QVERIFY(!kept && kept.error().message.find("predictions") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(RunPredictionsTest)
#include "tst_RunPredictions.moc"
