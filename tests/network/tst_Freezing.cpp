// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "engine/Engine.h"
#include "experiment/Presets.h"
#include "network/Freezing.h"
#include "network/Head.h"
#include "network/TrainingStages.h"
#include "zoo/Zoo.h"

using namespace sightline;

namespace {

GraphSpec network(const std::string& name, int size = 64, const Json& options = Json::object()) {
    return buildFromZoo(name, {size, size, 3, 7, options}).value();
}

std::string lastFrozen(const GraphSpec& spec, const std::string& freeze) {
    const Result<std::size_t> count = frozenNodes(spec, freeze);
    return !count ? count.error().message : *count == 0 ? "" : spec.nodes[*count - 1].id;
}

Shape outputOf(const GraphSpec& spec, const std::string& id) {
    const GraphCost cost = shapes(spec).value();
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        if (spec.nodes[i].id == id)
            return cost.nodes[i].output;
    }
    return {};
}

} // namespace

class FreezingTest : public Test {
    Q_OBJECT
private Q_SLOTS:
    void theBaseEndsBeforeTheClassifier() {
        QCOMPARE(lastFrozen(network("resnet18"), "base"), std::string("layer4.1.bn2"));
        QCOMPARE(lastFrozen(network("vgg16"), "base"), std::string("features.28"));
        QCOMPARE(lastFrozen(network("resnet18"), "none"), std::string());
    }

    void aBlockOrANodeIsFrozenToItsEnd() {
        const GraphSpec spec = network("resnet18");
        QVERIFY(lastFrozen(spec, "layer2").starts_with("layer2.1."));
        QCOMPARE(lastFrozen(spec, "layer2.0.conv1"), std::string("layer2.0.conv1"));
        QVERIFY(lastFrozen(spec, "layer").find("has no node 'layer'") != std::string::npos); // no block of that name
        QVERIFY(lastFrozen(spec, "fc").find("leaves nothing to train") != std::string::npos);
    }

    /// A network of one head can always be frozen up to it, whatever its layers are.
    void everyNetworkOfTheZooHasABaseAndTakesAnotherHead_data() {
        QTest::addColumn<QString>("name");
        for (const ZooEntry& entry : zoo())
            QTest::newRow(entry.name.c_str()) << QString::fromStdString(entry.name);
    }

    void everyNetworkOfTheZooHasABaseAndTakesAnotherHead() {
        QFETCH(QString, name);
        const ZooEntry& entry = *findInZoo(name.toStdString());
        const GraphSpec spec =
            buildFromZoo(entry.name, {entry.defaultHeight, entry.defaultWidth, entry.defaultChannels, 7}).value();
        const Result<std::size_t> base = frozenNodes(spec, "base");
        QVERIFY2(base.ok(), base ? "" : base.error().message.c_str());
        for (const HeadSettings::Pooling pooling :
             {HeadSettings::Pooling::Avg, HeadSettings::Pooling::Max, HeadSettings::Pooling::Flatten}) {
            const Result<GraphSpec> headed = withHead(spec, {pooling, {16, 8}, 0.5}, 4);
            QVERIFY2(headed.ok(), headed ? "" : headed.error().message.c_str());
            const Result<GraphCost> cost = shapes(*headed);
            QVERIFY2(cost.ok(), cost ? "" : cost.error().message.c_str());
            QCOMPARE(headed->outputs[0].node, std::string("head.out"));
            QCOMPARE(outputOf(*headed, "head.0"), Shape{16});
            QCOMPARE(outputOf(*headed, "head.out"), Shape{4});
            const Result<std::size_t> again = frozenNodes(*headed, "base");
            QVERIFY2(again.ok(), again ? "" : again.error().message.c_str());
            QVERIFY(!headed->nodes[*again - 1].id.starts_with("head."));
        }
    }

    void chollettsHeadOnVgg16HasTheBooksParameters() {
        const GraphSpec spec = withHead(network("vgg16", 150), {HeadSettings::Pooling::Flatten, {256}, 0.5}, 1).value();
        QCOMPARE(shapes(spec)->parameters, std::int64_t(16'812'353)); // SPEC 2.5
    }

    void fixedNodesEndWhereSomethingTrainsOrDraws() {
        const GraphSpec spec = network("resnet18");
        const std::vector<bool> fixed = fixedNodes(spec, *frozenNodes(spec, "base"));
        const std::vector<std::size_t> features = featureNodes(spec, fixed);
        QCOMPARE(features.size(), std::size_t(1));
        QCOMPARE(shapes(spec)->nodes[features[0]].output, Shape{512}); // pooled: little to keep
        const std::vector<bool> none = fixedNodes(spec, 0);
        QCOMPARE(std::count(none.begin(), none.end(), true), 0);
        const GraphSpec dropping = network("mobilenet_v2", 64, {{"dropout", 0.2}});
        const std::vector<bool> before = fixedNodes(dropping, *frozenNodes(dropping, "base"));
        for (std::size_t i = 0; i < dropping.nodes.size(); ++i)
            QVERIFY(dropping.nodes[i].op != Op::Dropout || !before[i]);
    }

    void fineTuningFollowsItsPlan() {
        const GraphSpec spec = network("vgg16");
        FineTuneSettings settings;
        settings.atEpoch = 3;
        settings.unfreeze = "features.24";
        QCOMPARE(freezePlan(spec, "base", settings, 2), (FreezePlan{*frozenNodes(spec, "base"), 1}));
        const FreezePlan tuned = freezePlan(spec, "base", settings, 3);
        QCOMPARE(spec.nodes[tuned.frozen].id, std::string("features.24"));
        QCOMPARE(tuned.rateFactor, 0.1);
        settings.gradual = 2; // features.28, then .26 two epochs later, then .24
        const auto firstTrained = [&](int epoch) {
            return spec.nodes[freezePlan(spec, "base", settings, epoch).frozen].id;
        };
        QCOMPARE(firstTrained(3), std::string("features.28"));
        QCOMPARE(firstTrained(4), std::string("features.28"));
        QCOMPARE(firstTrained(5), std::string("features.26"));
        QCOMPARE(firstTrained(7), std::string("features.24"));
        QCOMPARE(firstTrained(70), std::string("features.24"));
    }

    void theLongestBlockGivesTheRate() {
        FineTuneSettings settings;
        settings.perBlock = {{"layer4", 0.5}, {"layer4.1", 0.25}};
        const GraphSpec spec = network("resnet18");
        const auto rateOf = [&](const std::string& id) {
            const std::vector<double> rates = rateFactors(spec, settings);
            for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
                if (spec.nodes[i].id == id)
                    return rates[i];
            }
            return -1.0;
        };
        QCOMPARE(rateOf("layer4.0.conv1"), 0.5);
        QCOMPARE(rateOf("layer4.1.bn2"), 0.25);
        QCOMPARE(rateOf("layer3.1.conv1"), 1.0);
        QCOMPARE(rateOf("bn1"), 1.0);
        settings.perBlock = {{"conv1", 0.2}}; // the block has a batch-norm of another name
        QCOMPARE(rateOf("bn1"), 0.2);
        QCOMPARE(rateOf("layer1.0.conv1"), 1.0);
    }

    void aBlockIsFrozenWithItsBatchNorm() { QCOMPARE(lastFrozen(network("resnet18"), "conv1"), std::string("bn1")); }

    void impossibleSettingsAreNamedWithTheirPaths() {
        Experiment experiment;
        const auto pathsOf = [&](const GraphSpec& spec) {
            std::string paths;
            for (const Problem& problem : freezingProblems(spec, experiment))
                paths += problem.path + " ";
            return paths;
        };
        experiment.model.freeze = "nowhere";
        QCOMPARE(pathsOf(network("vgg16")), std::string("model.freeze "));
        experiment.model.freeze = "features.10";
        experiment.training.fineTune.emplace().unfreeze = "features.28";
        experiment.training.fineTune->perBlock = {{"layer9", 1.0}};
        QCOMPARE(pathsOf(network("vgg16")),
                 std::string("training.fine_tune.unfreeze training.fine_tune.per_block.layer9 "));
    }

    void everyPresetFitsItsNetwork() {
        bool cached = false, tuned = false;
        for (const Preset& preset : presets()) {
            const Experiment experiment = experimentFromJson(*parseJson(preset.json, preset.name)).value();
            const Result<GraphSpec> graph = graphFor(experiment, 2);
            QVERIFY2(graph.ok(), graph ? "" : (preset.name + ": " + graph.error().message).c_str());
            QVERIFY2(shapes(*graph).ok(), preset.name.c_str());
            const std::vector<Problem> found = freezingProblems(*graph, experiment);
            QVERIFY2(found.empty(), (preset.name + ": " + joined(found)).c_str());
            cached = cached || (preset.name == "cats-dogs-vgg16-features" && experiment.training.cacheFeatures);
            tuned = tuned || (preset.name == "cats-dogs-vgg16-fine-tuned" && experiment.training.fineTune &&
                              freezePlan(*graph, experiment.model.freeze, experiment.training.fineTune, 31).frozen > 0);
        }
        QVERIFY(cached && tuned);
    }

    void aRunHasAStageForEachThingThatIsThawed() {
        const GraphSpec spec = network("resnet18", 64);
        Experiment experiment;
        experiment.training.epochs = 9;
        QCOMPARE(trainingStages(spec, experiment), (std::vector<TrainingStage>{{9, 0}}));
        experiment.model.freeze = "base";
        const std::size_t base = *frozenNodes(spec, "base");
        QCOMPARE(trainingStages(spec, experiment), (std::vector<TrainingStage>{{9, base}}));
        experiment.training.fineTune.emplace().atEpoch = 4;
        QCOMPARE(trainingStages(spec, experiment), (std::vector<TrainingStage>{{3, base}, {6, 0}}));
        experiment.training.fineTune->gradual = 2;
        const std::vector<TrainingStage> gradual = trainingStages(spec, experiment);
        QCOMPARE(gradual.size(), std::size_t(4)); // a block more in epochs 4, 6 and 8
        QVERIFY(gradual[1].frozen < base && gradual[3].frozen < gradual[2].frozen);
        int epochs = 0;
        for (const TrainingStage& stage : gradual)
            epochs += stage.epochs;
        QCOMPARE(epochs, 9);

        const GraphCost cost = shapes(spec).value();
        const TrainingMemoryRequest request{32};
        TrainingMemoryRequest last = request;
        last.frozen = gradual.back().frozen;
        QCOMPARE(worstTrainingMemory(spec, cost, request, gradual).total(), trainingMemory(spec, cost, last).total());
        QVERIFY(worstTrainingMemory(spec, cost, request, gradual).total() >
                worstTrainingMemory(spec, cost, request, {gradual.front()}).total());
        QVERIFY(stepWork(cost, base) < stepWork(cost, gradual.back().frozen));
        QCOMPARE(stepWork(cost, 0), 3 * static_cast<double>(cost.multiplyAdds));
    }

    void trainingMemoryGrowsWithTheBatchAndShrinksWithAFrozenBase() {
        const GraphSpec spec = network("resnet18", 128);
        const GraphCost cost = shapes(spec).value();
        TrainingMemoryRequest request;
        const TrainingMemory whole = trainingMemory(spec, cost, request);
        QCOMPARE(whole.gradients, cost.parameters * 4);
        request.bf16 = true; // the largest convolution's in both widths
        QCOMPARE(trainingMemory(spec, cost, request).gradients, cost.parameters * 4 + 512 * 512 * 9 * 2);
        request.bf16 = false;
        QCOMPARE(whole.moments, cost.parameters * 8);
        request.frozen = *frozenNodes(spec, "base");
        QVERIFY(trainingMemory(spec, cost, request).activations < whole.activations / 2);
        QCOMPARE(trainingMemory(spec, cost, request).gradients, (512 * 7 + 7) * 4);
        request.frozen = 0;
        request.batch = 64;
        QVERIFY(std::abs(trainingMemory(spec, cost, request).activations - 2 * whole.activations) <= 1);
        const int largest = largestBatch(spec, cost, request, std::int64_t(4) << 30);
        request.batch = largest;
        QVERIFY(trainingMemory(spec, cost, request).total() <= std::int64_t(4) << 30);
        request.batch = largest + 1;
        QVERIFY(trainingMemory(spec, cost, request).total() > std::int64_t(4) << 30);
        QCOMPARE(largestBatch(spec, cost, request, 1000), 0);
    }
};

QTEST_APPLESS_MAIN(FreezingTest)
#include "tst_Freezing.moc"
