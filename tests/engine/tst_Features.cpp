// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>
#include <span>

#include "Test.h"
#include "ToyRuns.h"
#include "engine/AskedModel.h"
#include "network/Passes.h"
#include "store/Safetensors.h"
#include "zoo/Zoo.h"

using namespace sightline;

class FeaturesTest : public Test {
    Q_OBJECT
    ToyRuns m_runs;

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_runs.begin(6, 3, 32)); }

    void theClassifierMakesItsScoresOfTheFeatures() {
        TrainControl control;
        const RunEnded ended = m_runs.engine().train(m_runs.request("features", 1), {}, control, {});
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        const auto features = ask(m_runs.engine(), ofRun(ended.folder, "last"), FeaturesQuestion{"val", {}});
        QVERIFY2(features.ok(), features ? "" : features.error().message.c_str());
        QCOMPARE(features->layer, std::string("activation_2"));
        constexpr std::size_t kStages = 2 * (32 + 32),
                              kColumns = kStages + 32; // means and deviations of two stages before
        QCOMPARE(features->values.shape, (std::vector<std::int64_t>{15, kColumns}));
        QCOMPARE(features->logits.shape, (std::vector<std::int64_t>{15, 5}));
        const auto weights = SafetensorsFile::open(ended.folder + "/checkpoints/last.safetensors");
        const auto dense = *asFloats(*weights->find("dense_1.weight")),
                   bias = *asFloats(*weights->find("dense_1.bias"));
        for (std::size_t image = 0; image < 15; ++image)
            for (std::size_t label = 0; label < 5; ++label) {
                float score = bias[label];
                for (std::size_t k = 0; k < 32; ++k)
                    score += dense[label * 32 + k] * features->values.values[image * kColumns + kStages + k];
                QVERIFY(std::abs(score - features->logits.values[image * 5 + label]) < 1e-4f);
            }
        const auto evaluation = ask(m_runs.engine(), ofRun(ended.folder, "last"), EvaluationQuestion{"val"});
        QVERIFY(evaluation.ok());
        for (std::size_t image = 0; image < 15; ++image) {
            QCOMPARE(evaluation->predictions[image].path, features->paths[image]);
            QCOMPARE(evaluation->predictions[image].truth, features->truth[image]);
        }
        const auto without = ask(m_runs.engine(), ofRun(ended.folder, "last"), FeaturesQuestion{"nowhere", {}});
        QVERIFY(!without.ok() && without.error().message.find("nowhere") != std::string::npos);
    }

    void theStagesAreRootsOfMeansAndDeviations() {
        TrainControl control;
        const RunEnded ended = m_runs.engine().train(m_runs.request("stages", 1), {}, control, {});
        const auto model = m_runs.engine().open(ofRun(ended.folder, "last"), 1);
        QVERIFY(model.ok());
        const auto image = readImage(m_runs.path("toys") + "/test/car/car_0001.png");
        QVERIFY(image.ok());
        const auto features = (*model)->ask(FeaturesQuestion{{}, {}, std::make_shared<const Image>(*image)});
        QVERIFY(features.ok());
        std::size_t column = 0;
        for (const char* layer : {"activation_1", "activation"}) { // the last first
            const auto seen = (*model)->ask(ActivationsQuestion{*image, layer});
            QVERIFY(seen.ok());
            const auto channels = static_cast<std::size_t>(seen->channels());
            const std::size_t places = seen->values.values.size() / channels;
            for (std::size_t c = 0; c < channels; ++c, ++column) {
                double sum = 0, squares = 0;
                for (const float value : std::span(seen->values.values).subspan(c * places, places)) {
                    sum += static_cast<double>(value);
                    squares += static_cast<double>(value) * static_cast<double>(value);
                }
                const double mean = sum / static_cast<double>(places);
                const double deviation = std::sqrt(std::max(0.0, squares / static_cast<double>(places) - mean * mean));
                const auto at = [&](std::size_t place) { return static_cast<double>(features->values.values[place]); };
                QVERIFY(std::abs(at(column) * at(column) - mean) < 1e-4);
                QVERIFY(std::abs(at(column + channels) * at(column + channels) - deviation) < 1e-4);
            }
            column += channels;
        }
        QCOMPARE(features->values.values.size(), column + 32); // then what the classifier reads
    }

    void theFeaturesAreWhatTheClassifierReads_data() {
        QTest::addColumn<QString>("network");
        QTest::addColumn<QString>("layer");
        QTest::newRow("pooled") << "resnet18"
                                << "avgpool";
        QTest::newRow("dropped out") << "mobilenet_v2"
                                     << "avgpool";
        QTest::newRow("a convolution classifies") << "squeezenet1_1"
                                                  << "features.12";
    }
    void theFeaturesAreWhatTheClassifierReads() {
        QFETCH(QString, network);
        QFETCH(QString, layer);
        const auto graph = buildFromZoo(network.toStdString(), {64, 64, 3, 5, Json::object()});
        QVERIFY(graph.ok());
        QCOMPARE(QString::fromStdString(featureNode(*graph)), layer);
    }
};

QTEST_GUILESS_MAIN(FeaturesTest)
#include "tst_Features.moc"
