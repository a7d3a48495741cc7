// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <functional>

#include "Test.h"
#include "ToyRuns.h"
#include "engine/AskedModel.h"
#include "engine/ProbeImages.h"
#include "store/ProbeFile.h"
#include "store/RunEvents.h"
#include "store/RunFork.h"
#include "store/RunStore.h"
#include "store/Safetensors.h"

using namespace sightline;

/// Pinned images: their heat maps are drawn while a run goes on, and nothing else is another for it.
class ProbesTest : public Test {
    Q_OBJECT

    ToyRuns m_runs;
    std::vector<std::string> m_paths; ///< of images of the set: of each split one

    TrainRequest request(const QString& kind, int epochs = 3) const {
        TrainRequest request = m_runs.request(kind.toUtf8().constData(), epochs);
        Experiment& experiment = request.experiment;
        TrainingSettings& training = experiment.training;
        experiment.model.options = Json{{"dropout", 0.3}, {"filters", {4, 8}}};
        if (kind == QLatin1String("augmented")) {
            experiment.augmentation.rotationRange = 20;
            experiment.augmentation.mixup = 0.4;
        } else if (kind == QLatin1String("batch-norm") || kind == QLatin1String("bf16")) {
            experiment.model.options["batch_norm"] = true;
            training.earlyStopping.emplace();
            training.precision = kind == QLatin1String("bf16") ? Precision::Bf16 : Precision::Fp32;
        } else if (kind == QLatin1String("features")) {
            experiment.model.freeze = "conv2d_1";
            training.cacheFeatures = true;
            training.fineTune.emplace();
            training.fineTune->atEpoch = 3;
        }
        return request;
    }
    TrainRequest pinned(const QString& kind, int epochs = 3) const {
        TrainRequest asked = request(kind, epochs);
        asked.experiment.training.probes = m_paths;
        return asked;
    }
    TrainCommand pins(const std::vector<std::string>& paths, Result<void>* done = nullptr) const {
        return {TrainCommand::Kind::Edit,
                {{"training.probes", toText(Json(paths), -1)}},
                [done](const Result<void>& result) {
                    if (done)
                        *done = result;
                }};
    }

    struct Course {
        RunEnded ended;
        std::vector<int> drawn; ///< epochs
        std::string said;
    };
    using AtBatch = std::function<void(TrainControl&, const BatchFinished&)>;
    Course trained(const TrainRequest& request, const AtBatch& atBatch = {},
                   const std::function<void(const RunStarted&)>& begun = {}, std::stop_source stop = {}) const {
        TrainControl control;
        Course course;
        course.ended = m_runs.engine().train(request, stop.get_token(), control, [&](const TrainEvent& event) {
            if (const auto* started = std::get_if<RunStarted>(&event); started && begun)
                begun(*started);
            if (const auto* batch = std::get_if<BatchFinished>(&event); batch && atBatch)
                atBatch(control, *batch);
            if (const auto* probes = std::get_if<ProbesDrawn>(&event))
                course.drawn.push_back(probes->epoch);
            if (const auto* note = std::get_if<RunNote>(&event))
                course.said += note->message + "\n";
        });
        return course;
    }
    /// Other images every epoch, so that all epochs are drawn, however fast they are.
    void pinOthers(TrainControl& control, const BatchFinished& batch) const {
        if (batch.batch == 2)
            control.post(pins(batch.epoch % 2 ? std::vector{m_paths[0]} : m_paths));
    }

    /// Every tensor of the last checkpoint, the optimizer's too, and the figures of every epoch.
    static std::string endOf(const RunEnded& ended) {
        std::string text;
        const auto file = SafetensorsFile::open(ended.folder + "/checkpoints/last.safetensors");
        if (file)
            for (const TensorView& tensor : file->tensors())
                text +=
                    tensor.name + std::string(reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size());
        const std::vector<EpochMetrics> epochs = RunFolder(ended.folder).history().value();
        for (const EpochMetrics& epoch : epochs)
            for (const char* name : {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"})
                text += toText(Json(epoch.value(name).value_or(-1)), -1) + " ";
        return text;
    }
    static std::size_t times(const std::string& text, const std::string& words) {
        std::size_t count = 0;
        for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1))
            ++count;
        return count;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_runs.begin(8, 3, 16));
        DataSettings data;
        data.path = m_runs.path("toys");
        const auto dataset = openDataset(data, 1);
        QVERIFY(dataset.ok());
        for (const Subset subset : {Subset::Test, Subset::Train, Subset::Validation})
            m_paths.push_back(dataset->samples[dataset->indices(subset).back()].path);
    }

    void aRunWithProbesEndsAsOneWithout_data() {
        QTest::addColumn<QString>("kind");
        for (const char* kind : {"dropout", "augmented", "batch-norm", "bf16", "features"})
            QTest::newRow(kind) << kind;
    }

    void aRunWithProbesEndsAsOneWithout() {
        QFETCH(QString, kind);
        const Course plain = trained(request(kind));
        QVERIFY2(plain.ended.outcome == RunEnded::Outcome::Completed, plain.ended.reason.c_str());
        QVERIFY(plain.drawn.empty() && !std::filesystem::exists(plain.ended.folder + "/probes"));
        const Course with = trained(pinned(kind), [&](auto& control, auto& batch) { pinOthers(control, batch); });
        QVERIFY2(with.ended.outcome == RunEnded::Outcome::Completed, with.ended.reason.c_str());
        QCOMPARE(with.drawn, (std::vector<int>{1, 2, 3}));
        QCOMPARE(probeEpochs(with.ended.folder), with.drawn);
        QVERIFY(endOf(with.ended) == endOf(plain.ended));
        const Course still = trained(pinned(kind));
        QCOMPARE(still.drawn.front(), 1);
        QCOMPARE(still.drawn.back(), 3);
        QVERIFY(endOf(still.ended) == endOf(plain.ended));
    }

    void whatIsKeptIsWhatTheQuestionAnswers() {
        const Course course = trained(pinned(QStringLiteral("asked")));
        const auto kept = readProbes(course.ended.folder, 3);
        QVERIFY2(kept.ok(), kept ? "" : kept.error().message.c_str());
        QCOMPARE(kept->maps.size(), m_paths.size());
        QVERIFY(readFile(course.ended.folder + "/events.jsonl")
                    ->find(R"({"type":"probes","epoch":3,"file":"probes/epoch-0003.json"})") != std::string::npos);
        for (std::size_t i = 0; i < m_paths.size(); ++i) {
            const ProbeMap& map = kept->maps[i];
            QCOMPARE(map.path, m_paths[i]);
            HeatMapQuestion question;
            question.image = readImage(m_runs.path("toys") + "/" + m_paths[i]).value();
            const auto answer = ask(m_runs.engine(), ofRun(course.ended.folder, "last"), question);
            QVERIFY2(answer.ok(), answer ? "" : answer.error().message.c_str());
            QCOMPARE(map.predicted, answer->classes[static_cast<std::size_t>(answer->predicted)]);
            QVERIFY(std::abs(map.probability - answer->confidence) < 1e-5);
            QVERIFY(m_paths[i].find("/" + map.truth + "/") != std::string::npos);
            const auto truth = std::find(answer->classes.begin(), answer->classes.end(), map.truth);
            const auto place = static_cast<std::size_t>(truth - answer->classes.begin());
            QVERIFY(std::abs(map.truthProbability - static_cast<double>(answer->probabilities[place])) < 1e-5);
            QCOMPARE(map.height, answer->mapHeight);
            QCOMPARE(map.width, answer->mapWidth);
            const std::vector<float>& raw = answer->rawMap.values;
            const float most = *std::max_element(raw.begin(), raw.end());
            for (std::size_t at = 0; at < raw.size(); ++at)
                QVERIFY(std::abs(map.values[at] / 255.0f - (most > 0 ? raw[at] / most : 0)) < 0.6f / 255);
        }
    }

    void largeMapsAreKeptSmall() {
        TrainRequest asked = pinned(QStringLiteral("large"), 1);
        asked.experiment.data.imageHeight = 72; // the last activation has half of that
        asked.experiment.data.imageWidth = 20;
        const Course course = trained(asked);
        const auto kept = readProbes(course.ended.folder, 1);
        QVERIFY2(kept.ok(), kept ? "" : kept.error().message.c_str());
        QCOMPARE(kept->maps[0].height, kLongestProbeSide);
        QCOMPARE(kept->maps[0].width, 10);
    }

    /// Each drawing is paid for by the epochs after it.
    void drawingIsDueWhenTheRunHasPaidForTheLastOne() {
        QVERIFY(isProbeDrawingDue(0.02, 1.0));
        QVERIFY(!isProbeDrawingDue(0.021, 1.0));
        for (const double cost : {0.01, 0.03, 0.5, 7.0}) {
            double spent = 0, last = 0, since = 0;
            int drawings = 0, before = 0;
            std::vector<int> gaps;
            for (int epoch = 1; epoch <= 1000; ++epoch) {
                since += 1;
                if (epoch > 1 && !isProbeDrawingDue(last, since))
                    continue;
                if (before > 0)
                    gaps.push_back(epoch - before);
                before = epoch;
                spent += last = cost;
                since = 0;
                ++drawings;
            }
            QVERIFY(spent - cost <= kProbeShare * 1000); // but for the last, which is not paid for yet
            QVERIFY(drawings > 1);
            QVERIFY(std::all_of(gaps.begin(), gaps.end(), [&](int gap) {
                return gap == static_cast<int>(std::ceil(cost / kProbeShare - 1e-9));
            }));
        }
    }

    void whatIsNoImageOfTheDataIsRefusedByName() {
        TrainRequest asked = pinned(QStringLiteral("refused"));
        asked.experiment.training.probes.push_back("train/duck/gone.png");
        const Course course = trained(asked);
        QVERIFY(course.ended.outcome == RunEnded::Outcome::Failed);
        QVERIFY(course.ended.errorKind == ErrorKind::BadInput);
        QVERIFY2(course.ended.reason.find("training.probes: train/duck/gone.png is not an image of the data") !=
                     std::string::npos,
                 course.ended.reason.c_str());

        for (const auto& [paths, words] :
             {std::pair(std::vector<std::string>{m_paths[0], "gone.png"}, "training.probes: gone.png is not an image"),
              {std::vector<std::string>(17, m_paths[0]), "training.probes: must be 16 images at most"},
              {std::vector<std::string>(2, m_paths[0]), "training.probes: must not name an image twice"}}) {
            Result<void> done;
            const Course edited =
                trained(pinned(QStringLiteral("refused")), [&, paths = paths](auto& control, auto& batch) {
                    if (batch.epoch == 2 && batch.batch == 2)
                        control.post(pins(paths, &done));
                });
            QVERIFY2(edited.ended.outcome == RunEnded::Outcome::Completed, edited.ended.reason.c_str());
            QVERIFY2(!done.ok() && done.error().message.find(words) != std::string::npos, words);
            QCOMPARE(readProbes(edited.ended.folder, 3)->maps.size(), m_paths.size());
            QVERIFY(readRunEdits(edited.ended.folder + "/events.jsonl").empty());
        }
    }

    void imagesArePinnedAndUnpinnedOnTheWay() {
        const Course course = trained(request(QStringLiteral("later")), [&](auto& control, auto& batch) {
            if (batch.batch != 1)
                return;
            if (batch.epoch == 2)
                control.post(pins({m_paths[1]}));
            if (batch.epoch == 3)
                control.post(pins({}));
        });
        QCOMPARE(course.drawn, std::vector<int>{2});
        const auto kept = readProbes(course.ended.folder, 2);
        QCOMPARE(kept->maps.size(), std::size_t(1));
        QCOMPARE(kept->maps[0].path, m_paths[1]);
        QCOMPARE(readRunEdits(course.ended.folder + "/events.jsonl").size(), std::size_t(2));
    }

    /// Said once, whatever comes after.
    void anImageThatCannotBeReadStopsNothing() {
        const std::filesystem::path file = m_runs.path("toys") + "/" + m_paths[0]; // a test image: not trained on
        const std::string good = readFile(file).value();
        QVERIFY(writeFileAtomically(file, "no image").ok());
        const Course course = trained(pinned(QStringLiteral("unreadable")),
                                      [&](auto& control, auto& batch) { pinOthers(control, batch); });
        QVERIFY(writeFileAtomically(file, good).ok());
        QVERIFY2(course.ended.outcome == RunEnded::Outcome::Completed, course.ended.reason.c_str());
        QCOMPARE(times(course.said, "A pinned image cannot be read: "), std::size_t(1));
        QVERIFY2(course.said.find(std::filesystem::path(m_paths[0]).filename()) != std::string::npos,
                 course.said.c_str());
        QCOMPARE(readProbes(course.ended.folder, 2)->maps.size(), std::size_t(2));
    }

    void aDiskThatTakesNothingStopsNothing() {
        const Course plain = trained(request(QStringLiteral("disk")));
        const Course course = trained(
            pinned(QStringLiteral("disk")), [&](auto& control, auto& batch) { pinOthers(control, batch); },
            [](const RunStarted& started) { // where the folder would be
                QVERIFY(writeFileAtomically(started.folder + "/probes", "in the way").ok());
            });
        QVERIFY2(course.ended.outcome == RunEnded::Outcome::Completed, course.ended.reason.c_str());
        QVERIFY(course.drawn.empty());
        QCOMPARE(times(course.said, "The heat maps of the pinned images are not drawn: "), std::size_t(1));
        QVERIFY(endOf(course.ended) == endOf(plain.ended));
    }

    void aNetworkWithoutPlacesIsSaidOnce() {
        TrainRequest asked = pinned(QStringLiteral("flat"));
        asked.experiment.model.options = Json::object();
        asked.experiment.model.graph = Json::parse(R"({"name":"flat","input":[16,16,3],"nodes":[
            {"id":"input","op":"input"},{"id":"flat","op":"flatten","inputs":["input"]},
            {"id":"fc","op":"dense","inputs":["flat"],"attributes":{"units":5}}],
            "outputs":[{"name":"main","node":"fc"}]})");
        const Course course = trained(asked, [&](auto& control, auto& batch) { pinOthers(control, batch); });
        QVERIFY2(course.ended.outcome == RunEnded::Outcome::Completed, course.ended.reason.c_str());
        QCOMPARE(times(course.said, "has no convolution to explain"), std::size_t(1));
    }

    void aResumedRunGoesOnDrawing() {
        const Course plain = trained(request(QStringLiteral("resumed")));
        for (const int batchOfStop : {2, 5}) {
            std::stop_source stop;
            TrainRequest asked = pinned(QStringLiteral("resumed"));
            const Course begun = trained(
                asked,
                [&](auto&, auto& batch) {
                    if (batch.epoch == 2 && batch.batch == batchOfStop)
                        stop.request_stop();
                },
                {}, stop);
            QVERIFY(begun.ended.outcome == RunEnded::Outcome::Stopped);
            QCOMPARE(probeEpochs(begun.ended.folder), std::vector<int>{1});
            QVERIFY(writeProbes(begun.ended.folder, {7, readProbes(begun.ended.folder, 1)->maps})); // of a time undone
            asked.resume = begun.ended.run;
            const Course rest = trained(asked);
            QVERIFY2(rest.ended.outcome == RunEnded::Outcome::Completed, rest.ended.reason.c_str());
            QVERIFY(endOf(rest.ended) == endOf(plain.ended));
            QCOMPARE(probeEpochs(rest.ended.folder).front(), 1);
            QCOMPARE(probeEpochs(rest.ended.folder).back(), 3);
        }
    }

    /// Images that are gone since do not keep a run from being resumed.
    void aResumedRunDoesWithoutAPinnedImageThatIsGone() {
        std::stop_source stop;
        TrainRequest asked = pinned(QStringLiteral("gone"));
        const Course begun = trained(
            asked,
            [&](auto&, auto& batch) {
                if (batch.epoch == 2 && batch.batch == 1)
                    stop.request_stop();
            },
            {}, stop);
        const std::filesystem::path file = m_runs.path("toys") + "/" + m_paths[0];
        std::filesystem::rename(file, m_runs.path("away.png"));
        asked.resume = begun.ended.run;
        const Course rest = trained(asked);
        std::filesystem::rename(m_runs.path("away.png"), file);
        QVERIFY2(rest.ended.outcome == RunEnded::Outcome::Completed, rest.ended.reason.c_str());
        QCOMPARE(times(rest.said, "The pinned image " + m_paths[0] + " is not among the images of this run."),
                 std::size_t(1));
        QCOMPARE(readProbes(rest.ended.folder, 3)->maps.size(), std::size_t(2));
    }

    void aForkBeginsWithWhatItsParentDrew() {
        TrainRequest asked = pinned(QStringLiteral("forked"));
        asked.experiment.training.checkpoint.emplace();
        asked.experiment.training.checkpoint->keepEvery = 1;
        const Course course = trained(asked, [&](auto& control, auto& batch) { pinOthers(control, batch); });
        auto store = RunStore::open(asked.home);
        const auto fork = forkRun(*store, RunFolder(course.ended.folder), "2");
        QVERIFY2(fork.ok(), fork ? "" : fork.error().message.c_str());
        QCOMPARE(probeEpochs(fork->path()), (std::vector<int>{1, 2}));
        QVERIFY(*readProbes(fork->path(), 2) == *readProbes(course.ended.folder, 2));
    }
};

QTEST_APPLESS_MAIN(ProbesTest)
#include "tst_Probes.moc"
