// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <torch/torch.h>

#include <cmath>
#include <limits>
#include <vector>

#include "Test.h"
#include "ThreadRanks.h"
#include "augment/BatchPart.h"
#include "engine/module/LoadedModel.h"
#include "engine/train/RankAgreement.h"
#include "engine/train/RankSteps.h"

using namespace sightline;
using namespace sightline::engine;

/// A step by several processes is the step of one.
class RankStepsTest : public Test {
    Q_OBJECT

    static constexpr std::int64_t kImages = 13;

    std::shared_ptr<GraphModule> module(bool batchNorm = false) const {
        const Json options{{"filters", {4, 8}}, {"dropout", 0}, {"batch_norm", batchNorm}};
        const Result<GraphSpec> graph = graphByName("toy_cnn", 16, 16, 3, 4, options);
        const auto made = GraphModule::make(*graph, 5);
        (*made)->enableTraining();
        return *made;
    }
    static StepSettings settings() {
        StepSettings step;
        step.optimizer.name = OptimizerSettings::Name::Sgd;
        step.optimizer.momentum = 0.9;
        step.optimizer.clipNorm = 1;
        step.loss.labelSmoothing = 0.1;
        step.classWeights = {0.5f, 2.0f, 1.0f, 1.5f};
        return step;
    }
    /// The images from `begin` to `end`, of a batch of `whole`.
    FeedBatch part(std::int64_t begin, std::int64_t end, int whole) const {
        FeedBatch batch;
        batch.input.images = m_images.narrow(0, begin, end - begin);
        batch.targets.labels = m_labels.narrow(0, begin, end - begin);
        batch.samples =
            std::span(m_samples).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
        batch.size = static_cast<int>(end - begin);
        batch.whole = whole;
        return batch;
    }
    /// After two steps over the images from 0 to `end`, each process with its part of kImages as far as they go.
    torch::Tensor trained(int ranks, std::int64_t end, bool batchNorm = false, bool areApart = false,
                          std::vector<WholeBatch>* batches = nullptr, std::vector<float>* losses = nullptr) const {
        torch::Tensor weights;
        ThreadRanks::run(
            ranks,
            [&](Ranks& own) {
                const auto network = module(batchNorm);
                Moments moments = Moments::zeros(network->parameters());
                RankSteps steps({*network, own, batchNorm, [&] { return own.rank() == 1; }});
                const auto range =
                    BatchPart{static_cast<std::size_t>(own.rank()), static_cast<std::size_t>(ranks)}.among(kImages);
                const std::int64_t from = std::min(end, static_cast<std::int64_t>(range.begin)),
                                   to = std::min(end, static_cast<std::int64_t>(range.end));
                for (int number = 1; number <= 2; ++number) {
                    const WholeBatch whole = steps.train(moments, settings(), part(from, to, kImages), 0.1, number);
                    if (own.rank() != 0)
                        continue;
                    if (batches)
                        batches->push_back(whole);
                    if (losses)
                        *losses = whole.each->losses;
                }
                const std::vector<double> sums =
                    own.gather(std::vector<double>{network->parameters().sum().item<double>()});
                if (own.rank() == 0 &&
                    std::all_of(sums.begin(), sums.end(), [&](double sum) { return sum == sums[0]; }))
                    weights = torch::cat({network->parameters().detach().clone(), network->statistics().clone()});
            },
            areApart);
        return weights;
    }
    torch::Tensor trainedAlone(std::int64_t end, bool batchNorm, std::vector<StepResult>& results,
                               SampleResults& each) const {
        const auto network = module(batchNorm);
        Moments moments = Moments::zeros(network->parameters());
        for (int number = 1; number <= 2; ++number) {
            const FeedBatch batch = part(0, end, kImages);
            results.push_back(trainStep(*network, moments, settings(), batch.input, batch.targets, 0.1, number, &each));
        }
        return torch::cat({network->parameters().detach().clone(), network->statistics().clone()});
    }

    torch::Tensor m_images, m_labels;
    std::vector<std::uint32_t> m_samples;

private Q_SLOTS:
    void initTestCase() {
        torch::manual_seed(2);
        m_images = torch::rand({kImages, 16, 16, 3});
        m_labels = torch::randint(4, {kImages}, torch::kLong);
        for (std::uint32_t i = 0; i < kImages; ++i)
            m_samples.push_back(100 + i);
    }

    void theWeightsAreThoseOfOneProcess_data() {
        QTest::addColumn<int>("ranks");
        QTest::addColumn<int>("images");
        QTest::addColumn<bool>("batchNorm");
        QTest::addColumn<bool>("areApart");
        QTest::newRow("two") << 2 << 13 << false << false;
        QTest::newRow("three") << 3 << 13 << false << false;
        QTest::newRow("images that cannot be read weigh nothing") << 2 << 9 << false << false;
        QTest::newRow("an empty part") << 3 << 5 << false << false;
        QTest::newRow("batch-norm over all") << 2 << 13 << true << false;
        QTest::newRow("batch-norm over all, an empty part") << 3 << 5 << true << false;
        QTest::newRow("three machines") << 3 << 13 << false << true;
        QTest::newRow("two machines, images that cannot be read") << 2 << 9 << false << true;
    }
    void theWeightsAreThoseOfOneProcess() {
        QFETCH(int, ranks);
        QFETCH(int, images);
        QFETCH(bool, batchNorm);
        QFETCH(bool, areApart);
        std::vector<StepResult> alone;
        SampleResults each;
        const torch::Tensor expected = trainedAlone(images, batchNorm, alone, each);
        std::vector<WholeBatch> batches;
        std::vector<float> losses;
        const torch::Tensor made = trained(ranks, images, batchNorm, areApart, &batches, &losses);
        QVERIFY(made.defined()); // and the same on each rank
        QVERIFY2(torch::allclose(made, expected, 1e-4, 1e-5),
                 qPrintable(QString::number((made - expected).abs().max().item<double>())));
        QCOMPARE(batches.size(), alone.size());
        for (std::size_t i = 0; i < alone.size(); ++i) {
            QVERIFY(std::abs(batches[i].result.loss - alone[i].loss) < 1e-5);
            QCOMPARE(batches[i].result.right, alone[i].right);
            QCOMPARE(batches[i].size, images);
            QVERIFY(batches[i].wishesToStop);
        }
        QCOMPARE(losses.size(), each.losses.size());
        for (std::size_t i = 0; i < losses.size(); ++i)
            QVERIFY(std::abs(losses[i] - each.losses[i]) < 1e-4f);
    }

    void aBatchWithoutImagesChangesNothing() {
        const auto fresh = module(true);
        QVERIFY(trained(2, 0, true).equal(torch::cat({fresh->parameters().detach(), fresh->statistics()})));
    }

    void aLossThatIsNoNumberLeavesTheWeights() {
        ThreadRanks::run(2, [&](Ranks& own) {
            const auto network = module();
            const torch::Tensor before = network->parameters().detach().clone();
            Moments moments = Moments::zeros(network->parameters());
            RankSteps steps({*network, own, false, {}});
            FeedBatch batch = own.rank() == 0 ? part(0, 7, kImages) : part(7, kImages, kImages);
            if (own.rank() == 1)
                batch.input.images = torch::full_like(batch.input.images, std::numeric_limits<float>::quiet_NaN());
            QVERIFY(std::isnan(steps.train(moments, settings(), batch, 0.1, 1).result.loss));
            QVERIFY(network->parameters().detach().equal(before));
        });
    }

    void validationIsJudgedInParts() {
        const auto alone = module();
        const FeedBatch all = part(0, kImages, kImages);
        const StepResult expected = validationStep(*alone, settings(), all.input, all.targets.labels);
        ThreadRanks::run(3, [&](Ranks& own) {
            const auto network = module();
            RankSteps steps({*network, own, false, {}});
            const auto range = BatchPart{static_cast<std::size_t>(own.rank()), 3}.among(kImages);
            const WholeBatch whole = steps.judge(settings(), part(static_cast<std::int64_t>(range.begin),
                                                                  static_cast<std::int64_t>(range.end), kImages));
            QVERIFY(std::abs(whole.result.loss - expected.loss) < 1e-5);
            QCOMPARE(whole.result.right, expected.right);
            QVERIFY(std::equal(whole.samples.begin(), whole.samples.end(), m_samples.begin(), m_samples.end()));
        });
    }

    void theLowestRankThatFailedNamesTheFailure() {
        ThreadRanks::run(3, [](Ranks& own) {
            QVERIFY(agreed(own, {}).ok());
            const Result<void> mine =
                own.rank() == 0 ? Result<void>() : badInput("No disk at " + std::to_string(own.rank()));
            const Result<void> all = agreed(own, mine);
            QVERIFY(!all.ok());
            QCOMPARE(all.error().kind, ErrorKind::BadInput);
            QCOMPARE(all.error().message, std::string(own.rank() == 1 ? "No disk at 1" : "Rank 1: No disk at 1"));
        });
    }
};

QTEST_APPLESS_MAIN(RankStepsTest)
#include "tst_RankSteps.moc"
