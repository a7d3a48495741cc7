// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <torch/torch.h>

#include <cmath>
#include <limits>

#include "Test.h"
#include "engine/module/MaxPooling.h"
#include "engine/module/PoolKernels.h"

using namespace sightline;
using namespace sightline::engine;

/// Maximum pooling, also after a ReLU: torch's own tells what comes out, bit for bit.
class MaxPoolingTest : public Test {
    Q_OBJECT

    using List = std::vector<std::int64_t>;

    static torch::Tensor theirs(const torch::Tensor& x, bool cut, const MaxPoolSettings& s) {
        const torch::Tensor from = cut ? torch::relu(x) : x;
        const torch::Tensor padded = torch::constant_pad_nd(
            from, {s.padding[2], s.padding[3], s.padding[0], s.padding[1]}, -std::numeric_limits<double>::infinity());
        return torch::max_pool2d(padded, s.kernel, s.stride);
    }

private Q_SLOTS:
    void equalsTorch_data() {
        QTest::addColumn<List>("x");        // images, channels, height, width
        QTest::addColumn<List>("settings"); // kernel, stride, padding
        QTest::newRow("2 x 2") << List{3, 37, 8, 10} << List{2, 2, 2, 2, 0, 0, 0, 0};
        QTest::newRow("rest left out") << List{2, 64, 7, 9} << List{2, 2, 2, 2, 0, 0, 0, 0};
        QTest::newRow("windows overlap") << List{2, 24, 11, 8} << List{3, 3, 2, 2, 1, 1, 1, 1};
        QTest::newRow("every pixel") << List{2, 5, 6, 6} << List{3, 3, 1, 1, 1, 1, 1, 1};
        QTest::newRow("lopsided padding") << List{2, 32, 8, 7} << List{3, 2, 2, 1, 0, 1, 1, 0};
        QTest::newRow("windows with gaps") << List{1, 9, 13, 12} << List{2, 2, 5, 4, 0, 0, 0, 0};
    }
    void equalsTorch() {
        QFETCH(List, x);
        QFETCH(List, settings);
        const MaxPoolSettings how{{settings[0], settings[1]},
                                  {settings[2], settings[3]},
                                  {settings[4], settings[5], settings[6], settings[7]}};
        torch::manual_seed(2);
        for (const auto type : {torch::kFloat, torch::kBFloat16}) {
            for (const bool cut : {false, true}) {
                // Few different values, so that maxima are often shared: the first one has the gradient.
                const torch::Tensor images = torch::randint(-3, 3, x).to(torch::kFloat);
                torch::Tensor ours = images.to(type).contiguous(at::MemoryFormat::ChannelsLast).requires_grad_(),
                              exact = images.clone().requires_grad_();
                QVERIFY(takesMaxPool(ours, how));
                const torch::Tensor y = maxPooled(ours, cut, how), wanted = theirs(exact, cut, how);
                QVERIFY(y.scalar_type() == type && torch::equal(y.to(torch::kFloat), wanted));
                const torch::Tensor pull = torch::randint(-4, 5, wanted.sizes()).to(torch::kFloat);
                (y * pull.to(type)).sum().backward();
                (wanted * pull).sum().backward();
                QVERIFY(torch::equal(ours.grad().to(torch::kFloat), exact.grad()));
            }
        }
    }

    void whatIsNotANumberShows() {
        torch::Tensor x = torch::zeros({1, 40, 4, 4}).contiguous(at::MemoryFormat::ChannelsLast);
        x[0][3][0][1] = std::nan("");
        x[0][39][3][2] = std::nan("");
        for (const bool cut : {false, true}) {
            const torch::Tensor bad = maxPooled(x, cut, {{2, 2}, {2, 2}, {}}).isnan();
            QCOMPARE(bad.sum().item<int>(), 2);
            QVERIFY(bad[0][3][0][0].item<bool>() && bad[0][39][1][1].item<bool>());
        }
    }

    void everyInstructionSetComputesTheSame() {
        torch::manual_seed(6);
        WindowShape shape;
        shape.images = 2, shape.channels = 70;
        for (int axis = 0; axis < 2; ++axis) {
            shape.input[axis] = 7, shape.output[axis] = 4;
            shape.kernel[axis] = 3, shape.stride[axis] = 2, shape.dilation[axis] = shape.before[axis] = 1;
        }
        const torch::Tensor x = torch::randn({2, 7, 7, 70}), pull = torch::randn({2, 4, 4, 70});
        torch::Tensor first;
        for (const InstructionSet set : instructionSets()) {
            const PoolLoops<float>& loops = poolLoops(set).exact;
            torch::Tensor y = torch::zeros_like(pull), toX = torch::zeros_like(x),
                          places = torch::zeros_like(pull, torch::kByte);
            const auto at = [](const torch::Tensor& tensor) { return tensor.data_ptr<float>(); };
            loops.forward(shape, true, at(x), at(y), places.data_ptr<std::uint8_t>(), 0, 8);
            loops.backward(shape, at(pull), places.data_ptr<std::uint8_t>(), at(toX), 0, 14);
            const torch::Tensor all = torch::cat({y.flatten(), toX.flatten()});
            if (!first.defined())
                first = all;
            QVERIFY2(torch::equal(all, first), nameOf(set));
        }
    }

    void otherKindsAreLeftToTorch() {
        const MaxPoolSettings two{{2, 2}, {2, 2}, {}};
        const auto last = [](const torch::Tensor& x) { return x.contiguous(at::MemoryFormat::ChannelsLast); };
        QVERIFY(takesMaxPool(last(torch::zeros({2, 4, 5, 5})), two));
        QVERIFY(!takesMaxPool(torch::zeros({2, 4, 5, 5}), two));
        QVERIFY(!takesMaxPool(last(torch::zeros({0, 4, 5, 5})), two));
        QVERIFY(!takesMaxPool(last(torch::zeros({2, 4, 5, 5}, torch::kDouble)), two));
        QVERIFY(!takesMaxPool(last(torch::zeros({2, 4, 50, 50})), {{16, 2}, {2, 2}, {}}));
        QVERIFY(!takesMaxPool(last(torch::zeros({2, 4, 5, 5})), {{2, 2}, {2, 2}, {2, 0, 0, 0}}));
    }
};

QTEST_APPLESS_MAIN(MaxPoolingTest)
#include "tst_MaxPooling.moc"
