// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>

#include "experiment/Experiment.h"
#include "experiment/Presets.h"

using namespace sightline;

class ExperimentTest : public QObject {
    Q_OBJECT

    static std::vector<Problem> problemsOf(const char* text) {
        std::vector<Problem> found;
        experimentFromJson(Json::parse(text), found);
        return found;
    }
    static bool names(const std::vector<Problem>& found, const char* path) {
        return std::any_of(found.begin(), found.end(), [path](const Problem& problem) { return problem.path == path; });
    }

private Q_SLOTS:
    void allProblemsAreReportedAtOnceWithTheirPaths() {
        const auto found = problemsOf("{\"version\": 1, \"data\": {\"image_size\": [0, 4], \"validation_split\": 1.0}, \"augmentation\": {\"rotation_range\": -3, \"zoom\": 1},"
                                      "\"training\": {\"epochs\": \"many\", \"optimizer\": {\"learning_rate\": -0.1}, \"checkpoint\": {\"keep\": \"every-0\"}}, \"sead\": 1}");
        for (const char* path : {"data.image_size", "data.validation_split", "augmentation.rotation_range", "augmentation.zoom", "training.epochs",
                                 "training.optimizer.learning_rate", "training.checkpoint.keep", "sead"})
            QVERIFY2(names(found, path), path);
        QCOMPARE(found.size(), std::size_t(8));
    }

    void anExperimentSurvivesItsOwnJson() {
        Experiment experiment;
        experiment.name = "everything";
        experiment.seed = 7;
        experiment.data.interpolation = Interpolation::Lanczos;
        experiment.augmentation.widthShiftRange = {ShiftRange::Form::Int, {3}};
        experiment.augmentation.heightShiftRange = {ShiftRange::Form::List, {1, 2}};
        experiment.augmentation.zoomRange = {0.8, 1.1};
        experiment.augmentation.brightnessRange = Range{0.5, 1.5};
        experiment.augmentation.occlusion = OcclusionSettings{};
        experiment.normalization.preset = NormalizationSettings::Preset::Keras;
        experiment.normalization.rescale = 0.5;
        experiment.normalization.samplewiseCenter = true;
        experiment.training.earlyStopping = EarlyStoppingSettings{};
        experiment.training.earlyStopping->baseline = 0.25;
        experiment.training.reduceLrOnPlateau = ReduceLrSettings{};
        experiment.training.checkpoint = CheckpointSettings{};
        experiment.training.checkpoint->keepEvery = 5;
        experiment.training.loss.outputWeights["aux"] = 0.3;
        const Result<Experiment> again = experimentFromJson(toJson(experiment));
        QVERIFY2(again.ok(), again ? "" : again.error().message.c_str());
        QVERIFY(*again == experiment);
    }

    void shiftRangesKeepKerassThreeForms() {
        std::vector<Problem> found;
        const auto settings = augmentationFromJson(Json::parse("{\"width_shift_range\": 4, \"height_shift_range\": 4.0}"), "", found);
        QVERIFY(found.empty());
        QVERIFY(settings.widthShiftRange.form == ShiftRange::Form::Int);
        QVERIFY(settings.heightShiftRange.form == ShiftRange::Form::Float);
        QVERIFY((augmentationFromJson(Json::parse("{\"width_shift_range\": 1}"), "", found).widthShiftRange.isZero()));
    }

    void everyPresetIsValid() {
        QVERIFY(presets().size() >= 10);
        for (const Preset& preset : presets()) {
            const Result<Experiment> experiment = experimentFromJson(*parseJson(preset.json, preset.name));
            QVERIFY2(experiment.ok(), experiment ? "" : experiment.error().message.c_str());
        }
    }

    void settingsAreChangedByTheirPath() {
        Json document = Json::object();
        QVERIFY(setJsonPath(document, "training.optimizer.name", "sgd").ok());
        QVERIFY(setJsonPath(document, "training.epochs", "3").ok());
        QCOMPARE(document["training"]["optimizer"]["name"].get<std::string>(), std::string("sgd"));
        QCOMPARE(document["training"]["epochs"].get<int>(), 3);
        QVERIFY(!setJsonPath(document, "training.epochs.more", "3").ok());
    }
};

QTEST_APPLESS_MAIN(ExperimentTest)
#include "tst_Experiment.moc"
