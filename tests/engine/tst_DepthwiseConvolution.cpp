// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <torch/torch.h>

#include "Test.h"
#include "engine/module/DepthwiseConvolution.h"
#include "engine/module/DepthwiseKernels.h"
#include "engine/module/GraphModule.h"
#include "engine/train/Compute.h"
#include "zoo/Zoo.h"

using namespace sightline;
using namespace sightline::engine;

/// A convolution with a kernel for each channel: torch's own in float64 tells what comes out.
class DepthwiseConvolutionTest : public Test {
    Q_OBJECT

    struct Passed {
        torch::Tensor output, ofX, ofWeight, ofBias;
    };
    template <typename Work>
    static Passed passed(torch::Tensor x, torch::Tensor weight, torch::Tensor bias, const torch::Tensor& pull,
                         Work work) {
        for (torch::Tensor* leaf : {&x, &weight, &bias})
            *leaf = leaf->detach().requires_grad_();
        const torch::Tensor y = work(x, weight, bias);
        (y * pull.to(y.scalar_type())).sum().backward();
        return {y.detach(), x.grad(), weight.grad(), bias.grad()};
    }
    static double apart(const torch::Tensor& ours, const torch::Tensor& theirs) {
        return ((ours.to(torch::kDouble) - theirs).abs().max() / theirs.abs().max()).item<double>();
    }
    static torch::Tensor exact(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                               const DepthwiseSettings& s) {
        const torch::Tensor padded =
            torch::constant_pad_nd(x, {s.padding[2], s.padding[3], s.padding[0], s.padding[1]}, 0);
        return torch::conv2d(padded, weight, bias, s.stride, torch::IntArrayRef{0, 0}, s.dilation, x.size(1));
    }

private Q_SLOTS:
    void equalsTorch_data() {
        QTest::addColumn<std::vector<std::int64_t>>("x"); // images, channels, height, width
        QTest::addColumn<std::vector<std::int64_t>>("kernel");
        QTest::addColumn<std::vector<std::int64_t>>("settings"); // stride, dilation, padding
        using List = std::vector<std::int64_t>;
        QTest::newRow("3 x 3") << List{3, 37, 9, 8} << List{3, 3} << List{1, 1, 1, 1, 1, 1, 1, 1};
        QTest::newRow("stride 2") << List{2, 64, 11, 8} << List{3, 3} << List{2, 2, 1, 1, 1, 1, 1, 1};
        QTest::newRow("lopsided padding") << List{2, 32, 10, 12} << List{5, 5} << List{2, 2, 1, 1, 1, 2, 2, 1};
        QTest::newRow("7 x 7") << List{1, 96, 8, 8} << List{7, 7} << List{1, 1, 1, 1, 3, 3, 3, 3};
        QTest::newRow("dilated") << List{2, 5, 13, 12} << List{3, 2} << List{2, 1, 3, 2, 3, 3, 1, 0};
        QTest::newRow("larger than the image") << List{2, 33, 2, 1} << List{5, 5} << List{1, 1, 1, 1, 2, 2, 2, 2};
        QTest::newRow("one pixel") << List{4, 40, 1, 1} << List{1, 1} << List{1, 1, 1, 1, 0, 0, 0, 0};
    }
    void equalsTorch() {
        QFETCH(std::vector<std::int64_t>, x);
        QFETCH(std::vector<std::int64_t>, kernel);
        QFETCH(std::vector<std::int64_t>, settings);
        const DepthwiseSettings how{{settings[0], settings[1]},
                                    {settings[2], settings[3]},
                                    {settings[4], settings[5], settings[6], settings[7]}};
        torch::manual_seed(2);
        const torch::Tensor weight = torch::randn({x[1], 1, kernel[0], kernel[1]})
                                         .contiguous(at::MemoryFormat::ChannelsLast),
                            bias = torch::randn({x[1]});
        for (const auto type : {torch::kFloat, torch::kBFloat16}) {
            const torch::Tensor images = torch::randn(x).to(type).contiguous(at::MemoryFormat::ChannelsLast);
            QVERIFY(takesDepthwise(images, weight));
            const torch::Tensor pull = torch::randn_like(exact(images.to(torch::kFloat), weight, bias, how)).to(type);
            const Passed ours = passed(images, weight, bias, pull, [&](const auto& a, const auto& b, const auto& c) {
                return depthwiseConvolution(a, b, c, how);
            });
            const auto wide = [](const torch::Tensor& values) { return values.to(torch::kDouble); };
            const Passed theirs =
                passed(wide(images), wide(weight), wide(bias), wide(pull),
                       [&](const auto& a, const auto& b, const auto& c) { return exact(a, b, c, how); });
            QVERIFY(ours.output.scalar_type() == type && ours.output.sizes() == theirs.output.sizes());
            const double most = type == torch::kFloat ? 1e-5 : 8e-3;
            QCOMPARE_LE(apart(ours.output, theirs.output), most);
            QCOMPARE_LE(apart(ours.ofX, theirs.ofX), most);
            QCOMPARE_LE(apart(ours.ofWeight, theirs.ofWeight), 1e-5);
            QCOMPARE_LE(apart(ours.ofBias, theirs.ofBias), 1e-5);
            QCOMPARE(ours.ofWeight.strides(), weight.strides()); // the optimiser walks both as they lie in memory
        }
    }

    void aBiasIsNotNeeded() {
        const torch::Tensor x = torch::randn({2, 8, 5, 5}).contiguous(at::MemoryFormat::ChannelsLast).requires_grad_(),
                            weight = torch::randn({8, 1, 3, 3}).requires_grad_();
        const torch::Tensor y = depthwiseConvolution(x, weight, {}, {{1, 1}, {1, 1}, {1, 1, 1, 1}});
        QVERIFY(torch::allclose(y, torch::conv2d(x, weight, {}, 1, 1, 1, 8), 1e-4, 1e-5));
        y.sum().backward();
        QVERIFY(x.grad().defined() && weight.grad().defined());
    }

    void everyInstructionSetComputesTheSame() {
        torch::manual_seed(6);
        WindowShape shape;
        shape.images = 2, shape.channels = 70;
        for (int axis = 0; axis < 2; ++axis) {
            shape.input[axis] = shape.output[axis] = 6 + axis;
            shape.kernel[axis] = 3, shape.stride[axis] = shape.dilation[axis] = shape.before[axis] = 1;
        }
        const torch::Tensor x = torch::randn({2, 6, 7, 70}), pull = torch::randn({2, 6, 7, 70}),
                            weights = torch::randn({3, 3, 70});
        torch::Tensor first;
        for (const InstructionSet set : instructionSets()) {
            const DepthwiseLoops<float>& loops = depthwiseLoops(set).exact;
            const torch::Tensor y = torch::zeros_like(x), toX = torch::zeros_like(x), sums = torch::zeros_like(weights);
            const auto at = [](const torch::Tensor& tensor) { return tensor.data_ptr<float>(); };
            loops.forward(shape, at(x), at(weights), at(weights), at(y), 0, 12);
            loops.backward(shape, at(pull), at(weights), at(toX), 0, 12);
            loops.weights(shape, at(x), at(pull), at(sums), 0, 12);
            const torch::Tensor all = torch::cat({y.flatten(), toX.flatten(), sums.flatten()}).to(torch::kDouble);
            if (!first.defined())
                first = all;
            QVERIFY2(apart(all, first) < 1e-6, nameOf(set));
        }
    }

    /// What is kept of a frozen base is what the base gives in training.
    void aFrozenBaseGivesItsFeatures() {
        const auto module = *GraphModule::make(*buildFromZoo("mobilenet_v2", {32, 32, 3, 3, Json::object()}), 1);
        module->enableTraining(module->spec().nodes.size() - 1);
        torch::manual_seed(3);
        const torch::Tensor images = torch::rand({2, 3, 32, 32}).contiguous(at::MemoryFormat::ChannelsLast);
        const Bf16Autocast autocast(true);
        module->seedDraws(1);
        const torch::Tensor whole = module->forward(images, true)[0];
        module->seedDraws(1);
        const torch::Tensor kept = module->forwardFromFeatures(module->features(images), true)[0];
        QVERIFY(torch::equal(whole, kept));
    }

    void otherKindsAreLeftToTorch() {
        const torch::Tensor weight = torch::zeros({4, 1, 3, 3});
        const auto last = [](const torch::Tensor& x) { return x.contiguous(at::MemoryFormat::ChannelsLast); };
        QVERIFY(takesDepthwise(last(torch::zeros({2, 4, 5, 5})), weight));
        QVERIFY(!takesDepthwise(torch::zeros({2, 4, 5, 5}), weight));
        QVERIFY(!takesDepthwise(last(torch::zeros({0, 4, 5, 5})), weight));
        QVERIFY(!takesDepthwise(last(torch::zeros({2, 2, 5, 5})), weight)); // two kernels a channel
        QVERIFY(!takesDepthwise(last(torch::zeros({2, 4, 5, 5}, torch::kDouble)), weight));
    }
};

QTEST_APPLESS_MAIN(DepthwiseConvolutionTest)
#include "tst_DepthwiseConvolution.moc"
