// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>

#include "FewToys.h"
#include "Test.h"
#include "data/Overlay.h"
#include "engine/AskedModel.h"
#include "store/RunExport.h"
#include "store/RunStore.h"
#include "store/Safetensors.h"
#include "support/Files.h"
#include "zoo/WeightNaming.h"
#include "zoo/Zoo.h"

using namespace sightline;

/// Frozen bases, kept features, fine-tuning: what moves, what stays, and that short ways give the long way's numbers.
class TransferTest : public Test {
    Q_OBJECT

    std::string path(const char* name) const {
        return (m_folder.path() + QLatin1Char('/') + QLatin1String(name)).toStdString();
    }

    /// The weights made at first, their base frozen.
    TrainRequest request(const char* home, int epochs) const {
        TrainRequest request;
        request.home = path(home);
        request.experiment.data.path = path("toys");
        request.experiment.data.imageHeight = request.experiment.data.imageWidth = 32;
        request.experiment.model.options = Json{{"dropout", 0.3}, {"batch_norm", true}};
        request.experiment.model.weights = path("base.safetensors");
        request.experiment.model.freeze = "base";
        request.experiment.training.epochs = epochs;
        request.experiment.training.batchSize = 8;
        request.experiment.training.precision = Precision::Fp32;
        return request;
    }

    RunEnded trained(const TrainRequest& request, std::vector<std::string>* notes = nullptr,
                     bool oneEpoch = false) const {
        TrainControl control;
        control.stopAfterEpoch(oneEpoch);
        return m_engine->value()->train(request, {}, control, [&](const TrainEvent& event) {
            if (notes && std::holds_alternative<RunNote>(event))
                notes->push_back(std::get<RunNote>(event).message);
        });
    }

    static std::vector<float> tensor(const std::string& file, const std::string& name) {
        const Result<SafetensorsFile> opened = SafetensorsFile::open(file);
        const TensorView* view = opened ? opened->find(name) : nullptr;
        return view ? asFloats(*view).value() : std::vector<float>();
    }
    static std::string last(const RunEnded& ended) { return ended.folder + "/checkpoints/last.safetensors"; }
    /// Whether a tensor is still as in the weights the run began with.
    bool stayed(const RunEnded& ended, const std::string& name) const {
        const std::vector<float> before = tensor(path("base.safetensors"), name);
        return !before.empty() && tensor(last(ended), name) == before;
    }
    static bool mentions(const std::vector<std::string>& notes, const std::string& words) {
        return std::any_of(notes.begin(), notes.end(),
                           [&](const std::string& note) { return note.find(words) != std::string::npos; });
    }
    std::filesystem::path featureFile(const char* home) const {
        for (const auto& entry : std::filesystem::directory_iterator(path(home) + "/cache/features"))
            return entry.path();
        return {};
    }

    /// Cut off after its first epoch and gone on with, a run ends with the bytes of the one that was not.
    void resumesLikeWhole(const TrainRequest& request, const std::function<void()>& meanwhile = {}) const {
        const RunEnded whole = trained(request);
        QVERIFY2(whole.outcome == RunEnded::Outcome::Completed, whole.reason.c_str());
        TrainRequest parts = request;
        parts.resume = trained(parts, nullptr, true).run;
        if (meanwhile)
            meanwhile();
        const RunEnded resumed = trained(parts);
        QVERIFY2(resumed.outcome == RunEnded::Outcome::Completed, resumed.reason.c_str());
        QVERIFY(readFile(last(resumed)).value() == readFile(last(whole)).value());
    }

    QTemporaryDir m_folder;
    std::optional<Result<Engine*>> m_engine;

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(drawFewToys(path("toys"), 8, 3, 32));
        m_engine = loadEngine();
        QVERIFY2(m_engine->ok(), *m_engine ? "" : m_engine->error().message.c_str());
        TrainRequest first = request("first", 1);
        first.experiment.model.weights.clear();
        first.experiment.model.freeze = "none";
        const RunEnded ended = trained(first);
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QVERIFY(exportWeights(RunFolder(ended.folder), "last", path("base.safetensors")).ok());
    }

    void aFrozenBaseDoesNotMoveNorDoItsStatistics() {
        TrainRequest frozen = request("frozen", 2);
        frozen.experiment.augmentation.rotationRange = 20;
        const RunEnded ended = trained(frozen);
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        const Result<SafetensorsFile> before = SafetensorsFile::open(path("base.safetensors"));
        int base = 0, statistics = 0, head = 0;
        for (const TensorView& view : before->tensors()) {
            const bool isHead = view.name.starts_with("dense");
            QVERIFY2(stayed(ended, view.name) == !isHead, view.name.c_str());
            base += !isHead;
            head += isHead;
            statistics += view.name.find(".running_") != std::string::npos;
        }
        QVERIFY(base > 0 && head > 0 && statistics > 0);
    }

    void keptFeaturesTrainTheSameHead() {
        const RunEnded whole = trained(request("whole", 4));
        TrainRequest quick = request("cached", 4);
        quick.experiment.training.cacheFeatures = true;
        std::vector<std::string> first, second, third;
        const RunEnded computed = trained(quick, &first), found = trained(quick, &second);
        QVERIFY2(computed.outcome == RunEnded::Outcome::Completed, computed.reason.c_str());
        QVERIFY(mentions(first, "were computed and cached"));
        QVERIFY(mentions(second, "came from the cache"));
        { // one byte of the numbers
            std::fstream file(featureFile("cached"), std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(-3, std::ios::end);
            file.put('\x55');
        }
        const RunEnded repaired = trained(quick, &third);
        QVERIFY(mentions(third, "were computed and cached"));
        const auto expected = RunFolder(whole.folder).history().value();
        for (const RunEnded& run : {computed, found, repaired}) {
            const auto history = RunFolder(run.folder).history().value();
            QCOMPARE(history.size(), expected.size());
            for (std::size_t i = 0; i < history.size(); ++i) {
                QVERIFY2(std::abs(history[i].loss - expected[i].loss) < 1e-4,
                         qPrintable(QStringLiteral("%1 and %2").arg(history[i].loss).arg(expected[i].loss)));
                QVERIFY(std::abs(history[i].valLoss.value() - expected[i].valLoss.value()) < 1e-4);
            }
        }
        QVERIFY(readFile(last(computed)).value() == readFile(last(found)).value());
        QVERIFY(stayed(computed, "conv2d.weight"));
    }

    void otherPicturesOrWeightsHaveOtherFeatures() {
        TrainRequest quick = request("keys", 1);
        quick.experiment.training.cacheFeatures = true;
        QVERIFY(trained(quick).outcome == RunEnded::Outcome::Completed);
        std::vector<std::string> notes;
        TrainRequest normalised = quick;
        normalised.experiment.normalization.preset = NormalizationSettings::Preset::Half;
        QVERIFY(trained(normalised, &notes).outcome == RunEnded::Outcome::Completed);
        QVERIFY(mentions(notes, "were computed"));
        notes.clear();
        TrainRequest fresh = quick;
        fresh.experiment.model.weights.clear();
        QVERIFY(trained(fresh, &notes).outcome == RunEnded::Outcome::Completed);
        QVERIFY(mentions(notes, "were computed"));
        notes.clear();
        const std::string image = path("toys") + "/train/car/car_0001.png";
        const auto time = std::filesystem::last_write_time(image);
        std::filesystem::last_write_time(image, time - std::chrono::hours(1)); // the same picture, touched
        QVERIFY(trained(quick, &notes).outcome == RunEnded::Outcome::Completed);
        QVERIFY(mentions(notes, "came from the cache"));
        notes.clear();
        std::filesystem::copy_file(path("toys") + "/train/car/car_0002.png", image,
                                   std::filesystem::copy_options::overwrite_existing);
        std::filesystem::last_write_time(image, time); // another picture, dated as before
        QVERIFY(trained(quick, &notes).outcome == RunEnded::Outcome::Completed);
        QVERIFY(mentions(notes, "were computed"));
    }

    /// Neither where images lie nor what they are called or taken for is part of a feature.
    void imagesThatMovedOrGotAnotherLabelKeepTheirFeatures() {
        namespace fs = std::filesystem;
        TrainRequest quick = request("moved", 1);
        quick.experiment.training.cacheFeatures = true;
        quick.experiment.data.path = path("before");
        fs::copy(path("toys"), path("before"), fs::copy_options::recursive);
        QVERIFY(trained(quick).outcome == RunEnded::Outcome::Completed);
        fs::rename(path("before"), path("after"));
        quick.experiment.data.path = path("after");
        quick.experiment.data.format = "folders";
        quick.experiment.data.validationSplit = 0.5; // there is a val folder
        quick.experiment.augmentation.fillMode = FillMode::Reflect;
        std::vector<std::string> notes;
        const RunEnded moved = trained(quick, &notes);
        QVERIFY2(moved.outcome == RunEnded::Outcome::Completed, moved.reason.c_str());
        QVERIFY(mentions(notes, "came from the cache"));
        Overlay overlay;
        applyEdit({{"train/car/car_0001.png", {"boat", false}}}, overlay);
        QVERIFY(writeOverlay(overlayFile(quick.home, path("after")), overlay, path("after")).ok());
        notes.clear();
        const RunEnded relabelled = trained(quick, &notes);
        QVERIFY(mentions(notes, "came from the cache"));
        QVERIFY(readFile(last(relabelled)).value() != readFile(last(moved)).value()); // learnt with the new label
    }

    void featuresThatCannotBeKeptAreRefusedWithTheirPath() {
        TrainRequest turning = request("refused", 1);
        turning.experiment.training.cacheFeatures = true;
        turning.experiment.augmentation.rotationRange = 10;
        RunEnded ended = trained(turning);
        QVERIFY(ended.outcome == RunEnded::Outcome::Failed && ended.errorKind == ErrorKind::BadInput);
        QVERIFY2(ended.reason.find("training.cache_features: cannot be used while augmentation") != std::string::npos,
                 ended.reason.c_str());
        turning.experiment.augmentation.rotationRange = 0;
        turning.experiment.model.freeze = "none";
        ended = trained(turning);
        QVERIFY2(ended.reason.find("training.cache_features: needs a frozen base") != std::string::npos,
                 ended.reason.c_str());
    }

    void fineTuningThawsAtItsEpochAndResumesBitIdentical() {
        TrainRequest tuned = request("tuned", 4);
        tuned.experiment.augmentation.horizontalFlip = true;
        tuned.experiment.training.fineTune.emplace();
        tuned.experiment.training.fineTune->atEpoch = 2;
        tuned.experiment.training.fineTune->unfreeze = "conv2d_1";
        std::vector<std::string> notes;
        const RunEnded whole = trained(tuned, &notes);
        QVERIFY2(whole.outcome == RunEnded::Outcome::Completed, whole.reason.c_str());
        QVERIFY(mentions(notes, "Fine-tuning from epoch 2"));
        QVERIFY(stayed(whole, "conv2d.weight"));
        QVERIFY(!stayed(whole, "conv2d_1.weight"));
        const auto history = RunFolder(whole.folder).history().value();
        QVERIFY(std::abs(history[1].learningRate - 0.1 * history[0].learningRate) < 1e-9);

        TrainRequest parts = tuned;
        parts.home = path("tuned-parts");
        RunEnded part = trained(parts, nullptr, true);
        QVERIFY(part.outcome == RunEnded::Outcome::Stopped && stayed(part, "conv2d_1.weight"));
        parts.resume = part.run;
        part = trained(parts, nullptr, true); // stops again, after the epoch that thawed
        QCOMPARE(part.epochs, 2);
        part = trained(parts);
        QCOMPARE(part.epochs, 4);
        QVERIFY(readFile(last(part)).value() == readFile(last(whole)).value());
    }

    /// What an edit thaws begins with fresh moments, whether or not the run was stopped before its next checkpoint.
    void anEditOfTheFreezingHoldsAlsoWhereTheRunStopsInItsFirstEpoch() {
        TrainRequest parts = request("thawed", 3);
        const auto edited = [&](bool stops) {
            TrainRequest next = parts;
            next.resume = trained(parts, nullptr, true).run;
            next.settings = {{"model.freeze", "none"}};
            if (stops) {
                std::stop_source stop;
                TrainControl control;
                const RunEnded ended =
                    m_engine->value()->train(next, stop.get_token(), control, [&](const TrainEvent& event) {
                        if (std::holds_alternative<BatchFinished>(event))
                            stop.request_stop();
                    });
                if (ended.outcome != RunEnded::Outcome::Stopped || ended.epochs != 1)
                    qWarning("%s", ended.reason.c_str());
                next.settings.clear();
            }
            return trained(next);
        };
        const RunEnded whole = edited(false), cut = edited(true);
        QVERIFY2(whole.outcome == RunEnded::Outcome::Completed, whole.reason.c_str());
        QVERIFY2(cut.outcome == RunEnded::Outcome::Completed, cut.reason.c_str());
        QVERIFY(!stayed(whole, "conv2d.weight"));
        QVERIFY(readFile(last(cut)).value() == readFile(last(whole)).value());
    }

    void stoppingWhileALaterEpochIsPreparedSaysSo() {
        TrainRequest parts = request("prepared", 3);
        parts.experiment.training.cacheFeatures = true;
        parts.resume = trained(parts, nullptr, true).run;
        std::stop_source stop;
        TrainControl control;
        const RunEnded ended = m_engine->value()->train(parts, stop.get_token(), control, [&](const TrainEvent& event) {
            if (std::holds_alternative<RunStarted>(event)) // the features are yet to come
                stop.request_stop();
        });
        QCOMPARE(ended.outcome, RunEnded::Outcome::Stopped);
        QCOMPARE(ended.reason, std::string("Stopped before the first batch of epoch 2."));
    }

    void blocksThawOneByOneAndAtTheirOwnRates() {
        TrainRequest gradual = request("gradual", 2);
        gradual.experiment.training.cacheFeatures = true; // features first, images once something thaws
        gradual.experiment.training.fineTune.emplace();
        gradual.experiment.training.fineTune->atEpoch = 2;
        gradual.experiment.training.fineTune->gradual = 1;
        RunEnded ended = trained(gradual);
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QVERIFY(!stayed(ended, "conv2d_1.weight") && stayed(ended, "conv2d.weight"));
        gradual.experiment.training.epochs = 3;
        ended = trained(gradual);
        QVERIFY(!stayed(ended, "conv2d.weight"));
        gradual.experiment.training.fineTune->perBlock = {{"conv2d_1", 0.0}};
        ended = trained(gradual);
        QVERIFY(stayed(ended, "conv2d_1.weight") && !stayed(ended, "conv2d.weight"));
    }

    void aResumedRunKeepsTheBatchNormsOfTheFamilyItBeganWith() {
        const GraphSpec spec = buildFromZoo("mobilenet_v3_small", {32, 32, 3, 5, Json::object()}).value();
        const std::vector<TensorSpec> ours = tensorsOf(spec, shapes(spec).value());
        for (const WeightNaming& naming : weightNamings(spec, ours)) {
            std::vector<std::vector<float>> values;
            std::vector<TensorToWrite> tensors;
            for (const TensorSpec& tensor : naming.tensors) {
                std::size_t count = 1;
                for (const std::int64_t extent : tensor.shape)
                    count *= static_cast<std::size_t>(extent);
                std::vector<float>& numbers =
                    values.emplace_back(count, tensor.name.ends_with("running_var") ? 0.01f : 0.0f);
                for (std::size_t i = 0; i < count && tensor.name.ends_with(".weight"); ++i)
                    numbers[i] = tensor.shape.size() == 1 ? 1.0f : 0.2f * std::sin(static_cast<float>(i));
                tensors.push_back({tensor.name, tensor.shape, numbers});
            }
            QVERIFY(writeSafetensors(path("family.safetensors"), tensors));
            TrainRequest request = this->request(naming.family.c_str(), 2);
            request.experiment.model = {};
            request.experiment.model.name = "mobilenet_v3_small";
            request.experiment.model.weights = path("family.safetensors");
            request.experiment.model.freeze =
                "base"; // its batch-norms are in inference mode, where epsilon counts most
            resumesLikeWhole(request);
        }
    }

    void aResumedRunKeepsItsNetworkWhateverBecameOfTheFile() {
        TrainRequest own = request("own", 2);
        own.experiment.model = {};
        own.experiment.model.graph = path("own.json");
        const GraphSpec spec = buildFromZoo("toy_cnn", {32, 32, 3, 5, Json::object()}).value();
        QVERIFY(writeFileAtomically(path("own.json"), toText(toJson(spec))));
        resumesLikeWhole(own, [&] { static_cast<void>(writeFileAtomically(path("own.json"), "{}")); });
    }

    void aRunOfFeaturesThatThawsBlockByBlockResumesBitIdentical() {
        TrainRequest gradual = request("gradual-parts", 3);
        gradual.experiment.training.cacheFeatures = true;
        gradual.experiment.training.fineTune.emplace();
        gradual.experiment.training.fineTune->atEpoch = 2;
        gradual.experiment.training.fineTune->gradual = 1;
        resumesLikeWhole(gradual);
    }

    void aNewHeadIsTrainedEvaluatedAndExplainedThroughTheFrozenBase() {
        TrainRequest headed = request("headed", 2);
        headed.experiment.model.weights.clear();
        headed.experiment.model.head = HeadSettings{HeadSettings::Pooling::Max, {16}, 0.2};
        headed.experiment.training.cacheFeatures = true;
        const RunEnded ended = trained(headed);
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QCOMPARE(tensor(last(ended), "head.out.weight").size(), std::size_t(16 * 5));
        const auto evaluation = ask(*m_engine->value(), ofRun(ended.folder, "last"), EvaluationQuestion{"val"});
        QVERIFY2(evaluation.ok(), evaluation ? "" : evaluation.error().message.c_str());
        const auto history = RunFolder(ended.folder).history().value();
        QVERIFY(std::abs(evaluation->loss - history.back().valLoss.value()) <
                1e-4); // the whole network says what its features said
        HeatMapQuestion question;
        question.image = *readImage(path("toys") + "/test/car/car_0001.png");
        const auto explanation = ask(*m_engine->value(), ofRun(ended.folder), question);
        QVERIFY2(explanation.ok(), explanation ? "" : explanation.error().message.c_str());
        QVERIFY(explanation->mapHeight > 1);
    }

    void aMeasuredEpochLeavesNoRun() {
        TrainRequest small = request("measured", 1);
        EpochTimeRequest question;
        question.experiment = small.experiment;
        question.dataset = std::make_shared<const Dataset>(openDataset(small.experiment.data, 1).value());
        question.seconds = 0.05;
        const auto time = m_engine->value()->measureEpoch(question, {});
        QVERIFY2(time.ok(), time ? "" : time.error().message.c_str());
        QVERIFY(time->secondsPerEpoch > 0 && time->imagesPerSecond > 0);
        QVERIFY(!std::filesystem::exists(path("measured")));
        std::stop_source stopped;
        stopped.request_stop();
        QVERIFY(m_engine->value()->measureEpoch(question, stopped.get_token()).error().kind == ErrorKind::Cancelled);
    }

    void torchScriptIsAnArchiveWithTheLabels() {
        const RunEnded ended = trained(request("script", 1));
        TorchScriptRequest script;
        script.source.runFolder = ended.folder;
        script.source.checkpoint = "last";
        script.file = path("network.pt");
        script.metadata = exportMetadata(RunFolder(ended.folder)).value();
        const auto written = m_engine->value()->exportTorchScript(script);
        QVERIFY2(written.ok(), written ? "" : written.error().message.c_str());
        const std::string bytes = readFile(path("network.pt")).value();
        QVERIFY(bytes.starts_with("PK"));
        QVERIFY(bytes.find("extra/labels") != std::string::npos);
        script.file = path("toys") + "/boxes.csv/network.pt";
        QVERIFY(!m_engine->value()->exportTorchScript(script).ok());
    }
};

QTEST_APPLESS_MAIN(TransferTest)
#include "tst_Transfer.moc"
