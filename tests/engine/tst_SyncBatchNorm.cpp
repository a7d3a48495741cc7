// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <ATen/CPUGeneratorImpl.h>
#include <torch/torch.h>

#include <barrier>
#include <thread>
#include <vector>

#include "Test.h"
#include "engine/module/SyncBatchNorm.h"

using namespace sightline;
using namespace sightline::engine;

/// Batch-norms of several processes are one over the whole batch: torch's own over all images tells.
class SyncBatchNormTest : public Test {
    Q_OBJECT

    struct Passed {
        torch::Tensor output, ofInput, ofWeight, ofBias, mean, variance;
    };
    /// The same for every thread: from draws of its own, since torch's are shared by all of them.
    static BatchNormTensors fresh() {
        const at::Generator draws = at::detail::createCPUGenerator(3);
        return {torch::rand({kChannels}, draws).requires_grad_(),
                torch::rand({kChannels}, draws).requires_grad_(),
                torch::rand({kChannels}, draws),
                torch::rand({kChannels}, draws) + 0.5,
                0.1,
                1e-3};
    }
    /// What a loss of sum(output * pulls) comes to.
    template <typename Norm>
    static Passed passed(const torch::Tensor& images, const torch::Tensor& pulls, Norm norm) {
        const BatchNormTensors tensors = fresh();
        torch::Tensor x = images.detach().clone().requires_grad_();
        const torch::Tensor output = norm(x, tensors);
        (output * pulls).sum().backward();
        return {output.detach(),     x.grad(),          tensors.weight.grad(), tensors.bias.grad(),
                tensors.runningMean, tensors.runningVar};
    }
    static Passed whole(const torch::Tensor& images, const torch::Tensor& pulls) {
        return passed(images, pulls, [](const torch::Tensor& x, const BatchNormTensors& norm) {
            return torch::batch_norm(x, norm.weight, norm.bias, norm.runningMean, norm.runningVar, true, norm.momentum,
                                     norm.epsilon, false);
        });
    }
    static bool isClose(const torch::Tensor& a, const torch::Tensor& b) { return torch::allclose(a, b, 1e-4, 1e-5); }

    /// Threads for processes: parts of so many images each; 0 stands for a blank one that counts nothing.
    static std::vector<Passed> parts(const torch::Tensor& images, const torch::Tensor& pulls,
                                     const std::vector<std::int64_t>& sizes) {
        std::vector<Passed> results(sizes.size());
        std::vector<torch::Tensor> given(sizes.size());
        std::barrier meeting(static_cast<std::ptrdiff_t>(sizes.size()));
        std::vector<std::jthread> threads;
        std::int64_t begin = 0;
        for (std::size_t rank = 0; rank < sizes.size(); begin += sizes[rank], ++rank) {
            const bool counts = sizes[rank] > 0;
            const torch::Tensor own =
                counts ? images.narrow(0, begin, sizes[rank]) : torch::zeros_like(images[0]).unsqueeze(0);
            const torch::Tensor pull = counts ? pulls.narrow(0, begin, sizes[rank]) : torch::zeros_like(own);
            threads.emplace_back([&, rank, own, pull, counts] {
                BatchNormSums sums;
                sums.counts = counts;
                sums.sum = [&](torch::Tensor& values) {
                    given[rank] = values.clone();
                    meeting.arrive_and_wait();
                    values.zero_();
                    for (const torch::Tensor& one : given)
                        values.add_(one);
                    meeting.arrive_and_wait();
                };
                const auto norm = [&](const torch::Tensor& x, const BatchNormTensors& tensors) {
                    return syncBatchNormed(x, tensors, sums);
                };
                results[rank] = passed(own, pull, norm);
            });
        }
        threads.clear();
        return results;
    }

    static constexpr std::int64_t kChannels = 5;

private Q_SLOTS:
    void partsAreNormedAsTheWhole_data() {
        QTest::addColumn<std::vector<std::int64_t>>("sizes");
        QTest::addColumn<bool>("spatial");
        QTest::newRow("one process") << std::vector<std::int64_t>{13} << true;
        QTest::newRow("7 and 6") << std::vector<std::int64_t>{7, 6} << true;
        QTest::newRow("12, 1 and none") << std::vector<std::int64_t>{12, 1, 0} << true;
        QTest::newRow("vectors") << std::vector<std::int64_t>{7, 6} << false;
    }
    void partsAreNormedAsTheWhole() {
        QFETCH(std::vector<std::int64_t>, sizes);
        QFETCH(bool, spatial);
        torch::manual_seed(8);
        const std::vector<std::int64_t> shape =
            spatial ? std::vector<std::int64_t>{13, kChannels, 6, 4} : std::vector<std::int64_t>{13, kChannels};
        const torch::Tensor images = torch::randn(shape) * 3 + 20, pulls = torch::randn(shape);
        const Passed expected = whole(images, pulls);
        const std::vector<Passed> made = parts(images, pulls, sizes);
        torch::Tensor ofWeight = torch::zeros({kChannels}), ofBias = torch::zeros({kChannels});
        std::int64_t begin = 0;
        for (std::size_t rank = 0; rank < sizes.size(); begin += sizes[rank], ++rank) {
            const Passed& own = made[rank];
            QVERIFY(isClose(own.mean, expected.mean));
            QVERIFY(isClose(own.variance, expected.variance));
            ofWeight += own.ofWeight;
            ofBias += own.ofBias;
            if (sizes[rank] == 0) {
                QVERIFY(own.ofInput.eq(0).all().item<bool>());
                continue;
            }
            QVERIFY(isClose(own.output, expected.output.narrow(0, begin, sizes[rank])));
            QVERIFY(isClose(own.ofInput, expected.ofInput.narrow(0, begin, sizes[rank])));
        }
        QVERIFY(torch::allclose(ofWeight, expected.ofWeight, 1e-3, 1e-4));
        QVERIFY(torch::allclose(ofBias, expected.ofBias, 1e-3, 1e-4));
    }
};

QTEST_APPLESS_MAIN(SyncBatchNormTest)
#include "tst_SyncBatchNorm.moc"
