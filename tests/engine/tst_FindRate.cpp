// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>

#include "Test.h"
#include "ToyRuns.h"
#include "engine/RateSuggestion.h"

using namespace sightline;

/// The learning-rate range test trains as a run does, and leaves nothing behind.
class FindRateTest : public Test {
    Q_OBJECT

    RateFindRequest request(int batches = 20) const {
        RateFindRequest request;
        request.experiment = m_toys.request("none", 2).experiment;
        request.dataset = m_dataset;
        request.batches = batches;
        return request;
    }

    RateCurve found(const RateFindRequest& request) const {
        const Result<RateCurve> curve = m_toys.engine().findRate(request, {}, {});
        if (!curve)
            qWarning("%s", curve.error().message.c_str());
        return curve ? *curve : RateCurve{};
    }

    std::string refusal(const RateFindRequest& request, std::stop_token stop = {}) const {
        const Result<RateCurve> curve = m_toys.engine().findRate(request, stop, {});
        return curve ? std::string() : curve.error().message;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_toys.begin(12, 4, 32));
        m_dataset = std::make_shared<const Dataset>(openDataset(m_toys.request("none", 1).experiment.data, 42).value());
    }

    void theRatesRiseByOneFactor() {
        const RateCurve curve = found(request(20)); // an epoch has 8 batches
        QVERIFY(curve.rates.size() >= 10);
        QCOMPARE(curve.rates.size(), curve.losses.size());
        QCOMPARE(curve.rates.front(), 1e-7);
        const double factor = std::pow(1e8, 1.0 / 19);
        for (std::size_t i = 1; i < curve.rates.size(); ++i)
            QVERIFY(std::abs(curve.rates[i] / curve.rates[i - 1] - factor) < 1e-9);
    }

    /// A run's weights, by its id: of the home that was chosen.
    void weightsByNameAreThoseOfTheHome() {
        TrainControl control;
        const RunEnded run = m_toys.engine().train(m_toys.request("weights", 1), {}, control, [](const TrainEvent&) {});
        QVERIFY2(run.outcome == RunEnded::Outcome::Completed, run.reason.c_str());
        RateFindRequest tuned = request(4);
        tuned.experiment.model.weights = run.run;
        tuned.home = m_toys.path("weights");
        QCOMPARE(refusal(tuned), std::string());
        QVERIFY(found(tuned).losses.front() != found(request(4)).losses.front());
        tuned.home = m_toys.path("none");
        QVERIFY2(refusal(tuned).find(run.run + " cannot be opened") != std::string::npos, refusal(tuned).c_str());
    }

    void theSameSeedGivesTheSameBits() {
        RateFindRequest first = request();
        first.experiment.model.options = Json{{"dropout", 0.5}};
        const RateCurve a = found(first), b = found(first);
        QCOMPARE(a.losses, b.losses);
        first.experiment.seed = 7;
        QVERIFY(found(first).losses != a.losses);
        QVERIFY(!std::filesystem::exists(m_toys.path("none")));
    }

    void itTrainsAsARunDoes() {
        TrainRequest run = m_toys.request("run", 2);
        run.experiment.model.options = Json{{"dropout", 0.3}, {"batch_norm", true}};
        run.experiment.augmentation.horizontalFlip = true;
        run.experiment.augmentation.mixup = 0.4;
        run.experiment.training.loss.labelSmoothing = 0.1;
        run.experiment.training.optimizer.weightDecay = 1e-4;
        std::vector<double> losses;
        TrainControl control;
        const RunEnded ended = m_toys.engine().train(run, {}, control, [&](const TrainEvent& event) {
            if (const auto* batch = std::get_if<BatchFinished>(&event))
                losses.push_back(batch->loss);
        });
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        RateFindRequest same = request(static_cast<int>(losses.size()));
        same.experiment = run.experiment;
        same.lowest = static_cast<double>(static_cast<float>(run.experiment.training.optimizer.learningRate));
        same.highest = same.lowest * (1 + 1e-12);
        const RateCurve curve = found(same);
        QCOMPARE(curve.losses.size(), losses.size());
        SmoothedLoss smoothed;
        for (std::size_t i = 0; i < losses.size(); ++i)
            QVERIFY(std::abs(curve.losses[i] - smoothed.add(losses[i])) < 1e-6);
    }

    void itEndsWhereTheLossExplodes() {
        RateFindRequest wild = request(60);
        wild.experiment.training.optimizer.name = OptimizerSettings::Name::Sgd;
        wild.highest = 1e6;
        const RateCurve curve = found(wild);
        QVERIFY(curve.rates.size() > 5 && curve.rates.size() < 60);
        for (const double loss : curve.losses)
            QVERIFY(std::isfinite(loss));
        const double best = *std::min_element(curve.losses.begin(), curve.losses.end() - 1);
        for (std::size_t i = 0; i + 1 < curve.losses.size(); ++i)
            QVERIFY(curve.losses[i] <= 4 * curve.losses.front());
        QVERIFY(best > 0);
    }

    void noNumbersGiveNoSuggestion() {
        RateFindRequest broken = request();
        broken.experiment.normalization.preset = NormalizationSettings::Preset::Keras;
        broken.experiment.normalization.rescale = 1e38;
        const RateCurve curve = found(broken);
        QVERIFY(curve.rates.empty() && curve.losses.empty());
        QVERIFY(!curve.suggestion.steep && !curve.suggestion.valley && !curve.suggestion.minimumTenth);
    }

    void whatCannotBeTriedIsSaid() {
        RateFindRequest none = request();
        none.dataset = nullptr;
        QVERIFY(refusal(none).find("open a folder") != std::string::npos);
        RateFindRequest frozen = request();
        frozen.experiment.model.freeze = "nowhere";
        QVERIFY(refusal(frozen).find("model.freeze") != std::string::npos);
        RateFindRequest turned = request();
        turned.highest = turned.lowest;
        QVERIFY(!refusal(turned).empty());
        std::stop_source stopped;
        stopped.request_stop();
        QCOMPARE(m_toys.engine().findRate(request(), stopped.get_token(), {}).error().kind, ErrorKind::Cancelled);
    }

    void itSaysHowFarItIs() {
        std::vector<double> shares;
        const Result<RateCurve> curve =
            m_toys.engine().findRate(request(8), {}, [&](double share) { shares.push_back(share); });
        QVERIFY(curve.ok());
        QVERIFY(std::is_sorted(shares.begin(), shares.end()));
        QCOMPARE(shares.back(), 1.0);
    }

private:
    ToyRuns m_toys;
    std::shared_ptr<const Dataset> m_dataset;
};

QTEST_GUILESS_MAIN(FindRateTest)
#include "tst_FindRate.moc"
