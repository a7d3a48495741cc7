// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <optional>

#include "FewToys.h"
#include "Test.h"
#include "engine/AskedModel.h"
#include "store/RunStore.h"
#include "support/Files.h"

using namespace sightline;

/// Whole runs with mixtures and fitted normalization: what a run keeps, and that all who ask it later use the same.
class AugmentedTest : public Test {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::optional<Result<Engine*>> m_engine;

    std::string path(const char* name) const { return m_folder.filePath(QLatin1String(name)).toStdString(); }
    TrainRequest request(const char* home, int epochs) const {
        TrainRequest request;
        request.home = path(home);
        request.experiment.data.path = path("toys");
        request.experiment.data.imageHeight = request.experiment.data.imageWidth = 16;
        request.experiment.model.options = Json{{"filters", {4, 8}}};
        request.experiment.training.epochs = epochs;
        request.experiment.training.batchSize = 8;
        request.experiment.training.precision = Precision::Fp32;
        NormalizationSettings& normalization = request.experiment.normalization;
        normalization.preset = NormalizationSettings::Preset::Keras;
        normalization.rescale = 1 / 255.0;
        normalization.zcaWhitening = normalization.featurewiseCenter = true;
        normalization.zcaEpsilon = 0.1;
        return request;
    }
    RunEnded train(const TrainRequest& request, TrainControl& control) const {
        return (**m_engine)->train(request, {}, control, {});
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(drawFewToys(path("toys"), 8, 3, 32));
        m_engine = loadEngine();
        QVERIFY2(m_engine->ok(), *m_engine ? "" : m_engine->error().message.c_str());
    }

    void aRunKeepsItsFittedValuesAndGoesOnWithThem() {
        TrainControl whole, part, rest;
        const RunEnded expected = train(request("whole", 3), whole);
        QVERIFY2(expected.outcome == RunEnded::Outcome::Completed, expected.reason.c_str());
        const auto fitted = readFile(expected.folder + "/normalization.safetensors");
        QVERIFY(fitted.ok() && fitted->size() > 768 * 768 * 4);
        part.stopAfterEpoch();
        TrainRequest parts = request("parts", 3);
        parts.resume = train(parts, part).run;
        const RunEnded resumed = train(parts, rest);
        QVERIFY2(resumed.outcome == RunEnded::Outcome::Completed, resumed.reason.c_str());
        QVERIFY(*readFile(resumed.folder + "/checkpoints/last.safetensors") ==
                *readFile(expected.folder + "/checkpoints/last.safetensors"));

        const Result<Evaluation> evaluation =
            ask(***m_engine, ofRun(expected.folder, "last"), EvaluationQuestion{"val"});
        QVERIFY2(evaluation.ok(), evaluation.ok() ? "" : evaluation.error().message.c_str());
        const auto history = RunFolder(expected.folder).history();
        QVERIFY(std::abs(evaluation->loss - *history->back().valLoss) < 1e-3); // the same pixels in, the same loss out

        QVERIFY(QFile::remove(QString::fromStdString(resumed.folder + "/normalization.safetensors")));
        const Result<Evaluation> without = ask(***m_engine, ofRun(resumed.folder, "last"), EvaluationQuestion{"val"});
        QVERIFY(!without.ok() && without.error().message.find("normalization.safetensors") != std::string::npos);
    }

    void mixturesTrainAndResumeBitIdentically() {
        const auto mixed = [this](const char* home) {
            TrainRequest asked = request(home, 3);
            asked.experiment.normalization = {};
            asked.experiment.augmentation.mixup = 0.4;
            asked.experiment.augmentation.cutmix = 1;
            return asked;
        };
        TrainControl whole, part, rest, alone;
        const RunEnded expected = train(mixed("mixed"), whole);
        QVERIFY2(expected.outcome == RunEnded::Outcome::Completed, expected.reason.c_str());
        part.stopAfterEpoch();
        TrainRequest parts = mixed("mixed parts");
        parts.resume = train(parts, part).run;
        const RunEnded resumed = train(parts, rest);
        const auto weights = [](const RunEnded& ended) {
            return *readFile(ended.folder + "/checkpoints/last.safetensors");
        };
        QVERIFY(weights(resumed) == weights(expected));
        TrainRequest plain = mixed("plain");
        plain.experiment.augmentation = {};
        QVERIFY(weights(train(plain, alone)) != weights(expected));
    }
};

QTEST_APPLESS_MAIN(AugmentedTest)
#include "tst_Augmented.moc"
