// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>
#include <numeric>

#include "Test.h"
#include "ToyRuns.h"
#include "engine/train/RunCourse.h"
#include "network/TrainingStages.h"

using namespace sightline;

/// Everything a run will do, tried before it: the figures are the run's, and nothing is left behind.
class TrainCheckTest : public Test {
    Q_OBJECT

    TrainCheckRequest request(const char* home = "none") const {
        const TrainRequest run = m_toys.request(home, 3);
        return {run.experiment, m_dataset, run.home};
    }

    TrainCheck checked(const TrainCheckRequest& request) const {
        const Result<TrainCheck> check = m_toys.engine().check(request, {}, {});
        if (!check)
            qWarning("%s", check.error().message.c_str());
        return check ? *check : TrainCheck{};
    }

    static double meanLoss(const GivenBatch& batch) {
        return std::accumulate(batch.images.begin(), batch.images.end(), 0.0,
                               [](double sum, const GivenImage& image) { return sum + image.loss; }) /
               static_cast<double>(batch.images.size());
    }

    static std::string joinedProblems(const TrainCheck& check) {
        std::string all;
        for (const std::string& problem : check.problems)
            all += problem + "\n";
        return all;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_toys.begin(12, 4, 32));
        m_dataset = std::make_shared<const Dataset>(openDataset(m_toys.request("none", 1).experiment.data, 42).value());
    }

    void aGoodExperimentGoes() {
        std::vector<double> shares;
        const Result<TrainCheck> check =
            m_toys.engine().check(request(), {}, [&](double share) { shares.push_back(share); });
        QVERIFY2(check.ok(), check ? "" : check.error().message.c_str());
        QVERIFY(check->overfits.steps > 0 && check->overfits.steps < 200);
        QVERIFY(check->overfits.loss <= 0.1);
        QVERIFY(check->loaderImagesPerSecond > 0 && check->networkImagesPerSecond > 0 && check->secondsTotal > 0);
        QVERIFY(check->peakBytes > 50'000'000 && check->freeBytes > check->peakBytes);
        QVERIFY(std::is_sorted(shares.begin(), shares.end()));
        QCOMPARE(shares.back(), 1.0);
        QVERIFY(!std::filesystem::exists(m_toys.path("none")));
        QVERIFY2(joinedProblems(*check).find("learning rate") == std::string::npos, joinedProblems(*check).c_str());
    }

    void itsBatchIsTheFirstOfTheRun() {
        TrainCheckRequest wanted = request("run");
        wanted.experiment.model.options = Json{{"dropout", 0.5}};
        wanted.experiment.augmentation.horizontalFlip = true;
        const TrainCheck check = checked(wanted);
        TrainRequest run = m_toys.request("run", 1);
        run.experiment = wanted.experiment;
        run.experiment.training.epochs = 1;
        std::optional<BatchFinished> first;
        TrainControl control;
        m_toys.engine().train(run, {}, control, [&](const TrainEvent& event) {
            if (const auto* batch = std::get_if<BatchFinished>(&event); batch && !first)
                first = *batch;
        });
        QCOMPARE(check.batch.epoch, 1);
        QCOMPARE(check.batch.batch, 1);
        QCOMPARE(check.batch.images.size(), std::size_t(8));
        QVERIFY(std::abs(meanLoss(check.batch) - first->loss) < 1e-5);
    }

    void itsPicturesAreTheImages() {
        TrainCheckRequest wanted = request();
        wanted.experiment.normalization.preset = NormalizationSettings::Preset::Imagenet;
        const TrainCheck check = checked(wanted);
        QCOMPARE(check.batch.height, 32);
        for (const GivenImage& image : check.batch.images) {
            const auto sample = std::find_if(m_dataset->samples.begin(), m_dataset->samples.end(),
                                             [&](const Sample& known) { return known.path == image.path; });
            QVERIFY(sample != m_dataset->samples.end());
            const Result<Image> file = loadSample(*m_dataset, *sample, wanted.experiment.data);
            QVERIFY(file.ok());
            QVERIFY(std::equal(image.pixels.begin(), image.pixels.end(), file->pixels.begin(), file->pixels.end(),
                               [](std::uint8_t shown, auto value) {
                                   return std::abs(static_cast<double>(shown) - static_cast<double>(value)) < 1;
                               }));
            QCOMPARE(image.target[static_cast<std::size_t>(sample->label)], 1.0f);
            QCOMPARE(std::accumulate(image.target.begin(), image.target.end(), 0.0f), 1.0f);
            QVERIFY(image.predicted >= 0 && image.predicted < 5 && image.probability >= 0.2);
        }
    }

    void whatKeepsItFromLearningIsSaid() {
        TrainCheckRequest slow = request();
        slow.experiment.training.optimizer.learningRate = 1e-9;
        QVERIFY2(joinedProblems(checked(slow)).find("raise the learning rate") != std::string::npos,
                 joinedProblems(checked(slow)).c_str());
        TrainCheckRequest wild = request();
        wild.experiment.training.optimizer.name = OptimizerSettings::Name::Sgd;
        wild.experiment.training.optimizer.learningRate = 1e6;
        QVERIFY(joinedProblems(checked(wild)).find("lower the learning rate") != std::string::npos);
    }

    void theDiskIsWhatTheRunTakes() {
        TrainCheckRequest wanted = request("disk");
        wanted.experiment.training.checkpoint = CheckpointSettings{.keepEvery = 1};
        const TrainCheck check = checked(wanted);
        TrainRequest run = m_toys.request("disk", 3);
        run.experiment = wanted.experiment;
        TrainControl control;
        const RunEnded ended = m_toys.engine().train(run, {}, control, [](const TrainEvent&) {});
        double bytes = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(ended.folder))
            if (entry.is_regular_file() && entry.hard_link_count() == 1)
                bytes += static_cast<double>(entry.file_size());
        QVERIFY2(std::abs(static_cast<double>(check.diskBytes) / bytes - 1) < 0.15,
                 (std::to_string(check.diskBytes) + " for " + std::to_string(bytes)).c_str());
    }

    /// A trial decodes a few, a run all.
    void whatStaysDecodedIsCounted() {
        Dataset many = *m_dataset;
        for (int i = 0; i < 11; ++i) {
            const std::vector<Sample> once = many.samples;
            many.samples.insert(many.samples.end(), once.begin(), once.end());
        }
        TrainCheckRequest wanted = request();
        wanted.dataset = std::make_shared<const Dataset>(std::move(many));
        wanted.experiment.data.imageHeight = wanted.experiment.data.imageWidth = 64;
        wanted.experiment.data.cacheMemoryMegabytes = 16384;
        const std::uint64_t all = std::uint64_t{wanted.dataset->count(Subset::Train)} * 64 * 64 * 3;
        QVERIFY(all > 1'000'000'000);
        QVERIFY(checked(wanted).peakBytes > all);
    }

    void keptFeaturesAreCheckedToo() {
        TrainCheckRequest frozen = request();
        frozen.experiment.model.freeze = "base";
        frozen.experiment.training.cacheFeatures = true;
        frozen.experiment.training.optimizer.learningRate = 0.01;
        const TrainCheck check = checked(frozen);
        QCOMPARE(check.batch.images.size(), std::size_t(8));
        QVERIFY(check.overfits.loss < meanLoss(check.batch));
        QVERIFY(!std::filesystem::exists(m_toys.path("none")));
    }

    /// Images that do not stay decoded are read anew in every epoch: there is one speed. Toys do.
    void theLoaderHasTwoSpeedsWhereImagesStayDecoded() {
        QVERIFY(checked(request()).laterLoaderImagesPerSecond > 0);
        TrainCheckRequest uncached = request();
        uncached.experiment.data.cacheMemoryMegabytes = uncached.experiment.data.cacheDiskMegabytes = 0;
        const TrainCheck check = checked(uncached);
        QCOMPARE(check.laterLoaderImagesPerSecond, 0.0);
        QVERIFY(check.loaderImagesPerSecond > 0);
    }

    void whatIsThawedLaterIsCounted() {
        TrainCheckRequest frozen = request();
        frozen.experiment.model.name = "mobilenet_v2"; // a long one: what it keeps for the pass back is much
        frozen.experiment.model.options = Json::object();
        frozen.experiment.model.freeze = "base";
        frozen.experiment.training.batchSize = 48;
        const TrainCheck before = checked(frozen);
        frozen.experiment.training.fineTune.emplace();
        const TrainCheck thawed = checked(frozen);
        const GraphSpec graph = graphFor(frozen.experiment, 5).value();
        const GraphCost cost = shapes(graph).value();
        const std::vector<TrainingStage> stages = trainingStages(graph, frozen.experiment);
        QCOMPARE(stages.size(), std::size_t(2));
        const auto more = worstTrainingMemory(graph, cost, {48}, stages).total() -
                          worstTrainingMemory(graph, cost, {48}, {stages.front()}).total();
        QVERIFY2(more > 20'000'000, qPrintable(QString::number(more)));
        QVERIFY2(thawed.peakBytes > before.peakBytes + static_cast<std::uint64_t>(more) / 2,
                 (std::to_string(thawed.peakBytes) + " after " + std::to_string(before.peakBytes)).c_str());
    }

    /// Whatever the machine is like.
    void theWholeRunCountsAllItsParts() {
        using engine::RunCourse;
        const RunCourse plain{{{10, 20}}, 5, 2, 1, 0};
        QCOMPARE(engine::secondsOf(plain), 5 + 10 * (20 + 2.0));
        RunCourse saving = plain;
        saving.saveEveryMinutes = 0.1; // three times within each epoch
        QCOMPARE(engine::secondsOf(saving), engine::secondsOf(plain) + 10 * 3 * 2.0);
        saving.saveEveryMinutes = 1; // no epoch is that long
        QCOMPARE(engine::secondsOf(saving), engine::secondsOf(plain));
        RunCourse thawing = plain;
        thawing.stages.push_back({4, 50});
        QCOMPARE(engine::secondsOf(thawing), engine::secondsOf(plain) + 4 * 52.0);
        TrainingSettings training;
        QCOMPARE(engine::checkpointsAnEpoch(training, false), 1.0);
        QCOMPARE(engine::checkpointsAnEpoch(training, true), 2.0); // the best, too
        training.checkpoint = CheckpointSettings{.monitor = "val_loss", .keepEvery = 4};
        training.earlyStopping.emplace().restoreBestWeights = false; // they are written all the same
        QCOMPARE(engine::checkpointsAnEpoch(training, true), 2.25 + 1.0 / 3);
    }

    void itCanBeStoppedAndRefuses() {
        std::stop_source stopped;
        stopped.request_stop();
        QCOMPARE(m_toys.engine().check(request(), stopped.get_token(), {}).error().kind, ErrorKind::Cancelled);
        std::stop_source later;
        const Result<TrainCheck> cut = m_toys.engine().check(request(), later.get_token(), [&](double share) {
            if (share > 0.2)
                later.request_stop();
        });
        QCOMPARE(cut.error().kind, ErrorKind::Cancelled);
        TrainCheckRequest none = request();
        none.dataset = nullptr;
        QCOMPARE(m_toys.engine().check(none, {}, {}).error().kind, ErrorKind::BadInput);
        TrainCheckRequest unknown = request();
        unknown.experiment.training.earlyStopping = EarlyStoppingSettings{};
        unknown.experiment.model.name = "no_such_net";
        QCOMPARE(m_toys.engine().check(unknown, {}, {}).error().kind, ErrorKind::BadInput);
    }

private:
    ToyRuns m_toys;
    std::shared_ptr<const Dataset> m_dataset;
};

QTEST_GUILESS_MAIN(TrainCheckTest)
#include "tst_TrainCheck.moc"
