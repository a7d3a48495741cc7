// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>
#include <limits>

#include "Golden.h"
#include "Test.h"
#include "engine/train/EpochCallbacks.h"
#include "engine/train/OptimizerStep.h"

using namespace sightline;

/// Keras' callbacks and optimisers against its own traces (SPEC 5, golden vectors).
class CallbacksTest : public Test {
    Q_OBJECT

    static void follows(OptimizerSettings::Name name, const char* key) {
        const Json golden = goldenVectors("optimizers");
        OptimizerSettings settings;
        settings.name = name;
        double value = golden["p0"].get<double>(), first = 0, second = 0;
        std::int64_t step = 0;
        for (const Json& item : golden["grads"]) {
            const double gradient = item.get<double>();
            optimizerStep(settings, golden["lr"].get<double>(), step + 1, &value, &gradient, &first, &second, 1);
            QVERIFY(std::abs(value - golden[key][static_cast<std::size_t>(step)].get<double>()) < 1e-12);
            ++step;
        }
        QCOMPARE(step, 5);
    }

private Q_SLOTS:
    void realRunsStopAndSlowDownWhereKerasDid() {
        const Json cases = goldenVectors("callbacks");
        QCOMPARE(cases.size(), std::size_t(3));
        for (const Json& run : cases) {
            EarlyStoppingSettings stoppingSettings;
            stoppingSettings.patience = run["early_stopping"]["patience"].get<int>();
            EarlyStopping stopping(stoppingSettings);
            std::optional<ReduceLrOnPlateau> reduce;
            double rate = 0.001;
            if (run.contains("reduce_lr") && run["reduce_lr"].is_object()) {
                ReduceLrSettings settings;
                settings.factor = run["reduce_lr"]["factor"].get<double>();
                settings.patience = run["reduce_lr"]["patience"].get<int>();
                rate = run["reduce_lr"]["lr0"].get<double>();
                reduce.emplace(settings);
            }
            Json changes = Json::array();
            int stopped = 0, epoch = 0;
            for (const Json& loss : run["val_loss"]) {
                ++epoch;
                const auto verdict = stopping.epochEnded(epoch - 1, loss.get<double>());
                if (reduce) {
                    if (const auto reduced = reduce->epochEnded(loss.get<double>(), rate)) {
                        rate = *reduced;
                        changes.push_back(epoch);
                    }
                }
                if (verdict.stop) {
                    stopped = epoch;
                    break;
                }
            }
            const Json& expected = run["expect"];
            QCOMPARE(stopped,
                     expected["stopped_after_epoch"].is_null() ? 0 : expected["stopped_after_epoch"].get<int>());
            QCOMPARE(reduce.has_value(), expected.contains("lr_change_after_epoch"));
            if (reduce)
                QVERIFY2(changes == expected["lr_change_after_epoch"], toText(changes, -1).c_str());
        }
    }

    void adamTakesKerassSteps() { follows(OptimizerSettings::Name::Adam, "adam_keras"); }
    void rmspropTakesKerassSteps() { follows(OptimizerSettings::Name::RmsProp, "rmsprop_keras3"); }

    void notANumberNeverImproves() {
        EarlyStopping stopping(EarlyStoppingSettings{});
        QVERIFY(!stopping.epochEnded(0, std::numeric_limits<double>::quiet_NaN()).improved);
        QVERIFY(stopping.epochEnded(1, 3.0).improved);
        BestEpoch best(CheckpointSettings{});
        QVERIFY(!best.epochEnded(1, std::numeric_limits<double>::quiet_NaN()));
        QVERIFY(best.epochEnded(2, 0.5));
        QVERIFY(!best.epochEnded(3, 0.5));
        QCOMPARE(best.epoch(), 2);
    }

    void countersSurviveACheckpoint() {
        EarlyStoppingSettings settings;
        settings.patience = 3;
        EarlyStopping one(settings);
        one.epochEnded(0, 1.0);
        one.epochEnded(1, 2.0);
        EarlyStopping other(settings);
        other.restore(one.state());
        QCOMPARE(other.waited(), 1);
        QVERIFY(!other.epochEnded(2, 2.0).stop);
        QVERIFY(other.epochEnded(3, 2.0).stop);
    }

    /// Whatever of early stopping is edited, while the same is watched the best so far stays the best.
    void anEditKeepsTheBestAndThePatienceThatIsUsed() {
        TrainingSettings training;
        training.earlyStopping.emplace().patience = 5;
        EpochCallbacks callbacks(training, true);
        const auto epoch = [&](int number, double valLoss) {
            EpochMetrics metrics;
            metrics.epoch = number;
            metrics.valLoss = valLoss;
            metrics.valAccuracy = 0.5;
            return callbacks.epochEnded(metrics, 0.001);
        };
        QVERIFY(epoch(1, 0.5).keepWeights && epoch(2, 0.4).keepWeights);
        QVERIFY(!epoch(3, 0.6).keepWeights);
        training.earlyStopping->patience = 7;
        training.earlyStopping->minDelta = 0.01;
        callbacks.change(training, true);
        EpochVerdict verdict = epoch(4, 0.45);
        QVERIFY(!verdict.keepWeights);
        QCOMPARE(verdict.patienceUsed, 2);
        QCOMPARE(verdict.patience, 7);

        const EarlyStoppingSettings settings = *training.earlyStopping;
        training.earlyStopping.reset();
        callbacks.change(training, true);
        QCOMPARE(epoch(5, 0.9).patience, 0);
        Json saved = Json::object(); // also where the run goes on in between
        callbacks.save(saved);
        callbacks = EpochCallbacks(training, true);
        callbacks.restore(saved);
        training.earlyStopping = settings;
        callbacks.change(training, true);
        verdict = epoch(6, 0.45);
        QVERIFY(!verdict.keepWeights);
        QCOMPARE(verdict.patienceUsed, 3);

        QCOMPARE(callbacks.whyStopped(), std::string("The validation loss did not improve for 7 epochs."));
        training.earlyStopping->monitor = "val_accuracy";
        callbacks.change(training, true);
        QCOMPARE(callbacks.whyStopped(), std::string("The validation accuracy did not improve for 7 epochs."));
        training.earlyStopping->monitor = settings.monitor;
        callbacks.change(training, true);
        QVERIFY(!epoch(7, 0.45).keepWeights); // undone before an epoch was over
        training.earlyStopping->monitor = "val_accuracy";
        callbacks.change(training, true);
        verdict = epoch(8, 0.45);
        QVERIFY(verdict.keepWeights); // nothing is known of another monitor
        QCOMPARE(verdict.patienceUsed, 0);
        training.earlyStopping->monitor = settings.monitor;
        callbacks.change(training, true);
        QVERIFY(epoch(9, 0.45).keepWeights); // and the weights of the old one are gone
    }

    void anEditOfTheRatesReductionKeepsWhatItCounted() {
        TrainingSettings training;
        training.reduceLrOnPlateau.emplace().patience = 2;
        EpochCallbacks callbacks(training, true);
        const auto rateAfter = [&](int number, double valLoss) {
            EpochMetrics metrics;
            metrics.epoch = number;
            metrics.valLoss = valLoss;
            return callbacks.epochEnded(metrics, 0.5).learningRate;
        };
        QCOMPARE(rateAfter(1, 0.4), 0.5);
        QCOMPARE(rateAfter(2, 0.6), 0.5);
        const ReduceLrSettings settings = *training.reduceLrOnPlateau;
        training.reduceLrOnPlateau.reset();
        callbacks.change(training, true);
        QVERIFY(!callbacks.reducesRate());
        training.reduceLrOnPlateau = settings;
        training.reduceLrOnPlateau->factor = 0.5;
        callbacks.change(training, true);
        QCOMPARE(rateAfter(3, 0.5), 0.25); // the second epoch without an improvement
    }
};

QTEST_APPLESS_MAIN(CallbacksTest)
#include "tst_Callbacks.moc"
