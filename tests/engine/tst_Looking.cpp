// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <optional>
#include <thread>

#include "Test.h"
#include "ToyRuns.h"
#include "engine/GivenBatchBytes.h"
#include "store/RemoteCommand.h"

using namespace sightline;

/// Looking at the last batch of a run in progress shows what was trained, and changes nothing.
class LookingTest : public Test {
    Q_OBJECT

    struct Look {
        GivenBatch batch;
        std::string error;
        BatchFinished after; ///< the last batch before it was answered
    };

    /// A run that is looked at after every batch.
    RunEnded looked(const TrainRequest& request, std::vector<Look>& looks) const {
        TrainControl control;
        BatchFinished last;
        return m_toys.engine().train(request, {}, control, [&](const TrainEvent& event) {
            const auto* batch = std::get_if<BatchFinished>(&event);
            if (!batch)
                return;
            last = *batch;
            TrainCommand look{TrainCommand::Kind::Look};
            const auto made = std::make_shared<Look>();
            look.showed = [made](GivenBatch given) { made->batch = std::move(given); };
            look.answered = [made, &last, &looks](const Result<void>& done) {
                made->error = done ? std::string() : done.error().message;
                made->after = last;
                looks.push_back(std::move(*made));
            };
            control.post(std::move(look));
        });
    }

    static double meanLoss(const GivenBatch& batch) {
        return std::accumulate(batch.images.begin(), batch.images.end(), 0.0,
                               [](double sum, const GivenImage& image) { return sum + image.loss; }) /
               static_cast<double>(batch.images.size());
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_toys.begin(12, 4, 32)); }

    void aRunThatIsLookedAtEndsTheSame() {
        TrainRequest plain = m_toys.request("plain", 2);
        plain.experiment.model.options = Json{{"dropout", 0.3}, {"batch_norm", true}};
        plain.experiment.augmentation.mixup = 0.4;
        plain.experiment.augmentation.horizontalFlip = true;
        TrainRequest other = plain;
        other.home = m_toys.path("looked");
        TrainControl control;
        const RunEnded whole = m_toys.engine().train(plain, {}, control, [](const TrainEvent&) {});
        std::vector<Look> looks;
        const RunEnded seen = looked(other, looks);
        QCOMPARE(looks.size(), std::size_t(16));
        QVERIFY(!ToyRuns::weightsOf(whole).empty());
        QVERIFY(ToyRuns::weightsOf(whole) == ToyRuns::weightsOf(seen));
    }

    void itShowsTheBatchTrainedLast() {
        std::vector<Look> looks;
        looked(m_toys.request("last", 2), looks);
        QCOMPARE(looks.size(), std::size_t(16)); // in the validations, too, which come after an epoch's last batch
        for (const Look& look : looks) {
            QVERIFY2(look.error.empty(), look.error.c_str());
            QCOMPARE(look.batch.epoch, look.after.epoch);
            QCOMPARE(look.batch.batch, look.after.batch);
            QVERIFY(std::abs(meanLoss(look.batch) - look.after.loss) < 1e-5);
            const auto right = std::count_if(look.batch.images.begin(), look.batch.images.end(), [](const auto& image) {
                return image.target[static_cast<std::size_t>(image.predicted)] == 1.0f;
            });
            QCOMPARE(static_cast<double>(right) / static_cast<double>(look.batch.images.size()), look.after.accuracy);
            for (const GivenImage& image : look.batch.images)
                QCOMPARE(image.pixels.size(), std::size_t(32 * 32 * 3));
        }
    }

    void mixedImagesHaveTwoLabels() {
        TrainRequest mixed = m_toys.request("mixed", 1);
        mixed.experiment.augmentation.cutmix = 1;
        std::vector<Look> looks;
        looked(mixed, looks);
        int shared = 0;
        for (const Look& look : looks) {
            QVERIFY(std::abs(meanLoss(look.batch) - look.after.loss) < 1e-5);
            for (const GivenImage& image : look.batch.images) {
                QVERIFY(std::abs(std::accumulate(image.target.begin(), image.target.end(), 0.0f) - 1) < 1e-6f);
                shared +=
                    std::count_if(image.target.begin(), image.target.end(), [](float share) { return share > 0; }) == 2;
            }
        }
        QVERIFY(shared > 10);
    }

    void aPausedRunIsLookedAt() {
        TrainControl control;
        std::optional<GivenBatch> seen;
        const RunEnded ended =
            m_toys.engine().train(m_toys.request("paused", 1), {}, control, [&](const TrainEvent& event) {
                if (const auto* batch = std::get_if<BatchFinished>(&event); batch && batch->batch == 3)
                    control.pause();
                if (const auto* paused = std::get_if<RunPaused>(&event); paused && paused->paused) {
                    TrainCommand look{TrainCommand::Kind::Look};
                    look.showed = [&](GivenBatch given) { seen = std::move(given); };
                    look.answered = [&](const Result<void>&) { control.resume(); };
                    control.post(std::move(look));
                }
            });
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QVERIFY(seen && seen->batch == 3 && seen->images.size() == 8);
    }

    /// The batch of a paused run, through the run's folder and in this process.
    void anotherProcessLooks() {
        TrainControl control;
        Result<std::string> bytes = Error{"no"};
        std::optional<GivenBatch> seen;
        std::filesystem::path folder;
        std::jthread other;
        const RunEnded ended =
            m_toys.engine().train(m_toys.request("remote", 1), {}, control, [&](const TrainEvent& event) {
                if (const auto* started = std::get_if<RunStarted>(&event))
                    folder = started->folder;
                if (const auto* batch = std::get_if<BatchFinished>(&event); batch && batch->batch == 3)
                    control.pause();
                if (const auto* paused = std::get_if<RunPaused>(&event); paused && paused->paused)
                    other = std::jthread([&] {
                        bytes = lookAt(folder, std::chrono::seconds(60), {});
                        TrainCommand look{TrainCommand::Kind::Look};
                        look.showed = [&](GivenBatch given) { seen = std::move(given); };
                        look.answered = [&](const Result<void>&) { control.resume(); };
                        control.post(std::move(look));
                    });
            });
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QVERIFY2(bytes.ok(), bytes ? "" : bytes.error().message.c_str());
        QVERIFY(seen && seen->batch == 3);
        QVERIFY(*bytes == toBytes(*seen));
        QVERIFY(std::filesystem::is_empty(folder / "control")); // nothing of it stays
        const Result<std::string> late = lookAt(folder, std::chrono::seconds(1), {});
        QVERIFY(!late && late.error().message.find("is not in progress") != std::string::npos);
    }

    void keptFeaturesHaveNoImages() {
        TrainRequest frozen = m_toys.request("features", 1);
        frozen.experiment.model.freeze = "base";
        frozen.experiment.training.cacheFeatures = true;
        std::vector<Look> looks;
        looked(frozen, looks);
        QVERIFY(!looks.empty());
        for (const Look& look : looks)
            QVERIFY2(look.error.find("training.cache_features") != std::string::npos, look.error.c_str());
    }

private:
    ToyRuns m_toys;
};

QTEST_GUILESS_MAIN(LookingTest)
#include "tst_Looking.moc"
