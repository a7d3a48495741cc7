// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <torch/torch.h>

#include <cmath>

#include "Test.h"
#include "engine/module/GraphModule.h"
#include "engine/module/NormedActivation.h"
#include "zoo/Zoo.h"

using namespace sightline;
using namespace sightline::engine;

/// Batch-norm, sum and activation in one pass: torch's own in float64 tell what comes out.
class NormedActivationTest : public Test {
    Q_OBJECT

    struct Passed {
        torch::Tensor output, ofX, ofOther, ofWeight, ofBias, mean, variance;
    };
    static BatchNormTensors norm(std::int64_t channels, torch::ScalarType type) {
        const auto ramp = [&](double from, double to) { return torch::linspace(from, to, channels).to(type); };
        return {ramp(0.5, 2).requires_grad_(), ramp(-2, 2).requires_grad_(), ramp(-1, 1), ramp(0.5, 2), 0.2, 1e-3};
    }
    static torch::Tensor activated(NormActivation activation, const torch::Tensor& z) {
        switch (activation) {
        case NormActivation::None:
            return z;
        case NormActivation::Relu:
            return torch::relu(z);
        case NormActivation::Relu6:
            return torch::hardtanh(z, 0, 6);
        case NormActivation::Silu:
            return torch::silu(z);
        case NormActivation::HardSwish:
            return torch::hardswish(z);
        }
        return {};
    }
    template <typename Work>
    static Passed passed(torch::Tensor x, torch::Tensor other, const torch::Tensor& pull, const BatchNormTensors& norm,
                         Work work) {
        x = x.detach().requires_grad_();
        if (other.defined())
            other = other.detach().requires_grad_();
        const torch::Tensor y = work(x, other, norm);
        (y * pull.to(y.scalar_type())).sum().backward();
        return {y.detach(),         x.grad(),         other.defined() ? other.grad() : torch::Tensor(),
                norm.weight.grad(), norm.bias.grad(), norm.runningMean,
                norm.runningVar};
    }
    /// Largest difference, as a share of the largest value.
    static double apart(const torch::Tensor& ours, const torch::Tensor& theirs) {
        return ((ours.to(torch::kDouble) - theirs).abs().max() / theirs.abs().max()).item<double>();
    }

    /// The loss of one batch, the running statistics after it, and all gradients.
    static std::vector<torch::Tensor> learned(const std::string& name, bool fused, double brightness = 1) {
        const auto module = *GraphModule::make(*buildFromZoo(name, {64, 64, 3, 3, Json::object()}), 5);
        module->enableTraining();
        module->seedDraws(3);
        torch::manual_seed(1);
        const torch::Tensor images =
            (torch::rand({4, 3, 64, 64}) * brightness).contiguous(at::MemoryFormat::ChannelsLast);
        std::map<std::string, torch::Tensor> none; // who looks inside sees every node computed
        torch::Tensor sum = torch::zeros({});
        for (const torch::Tensor& output : module->forward(images, true, fused ? nullptr : &none))
            sum = sum + torch::cross_entropy_loss(output, torch::tensor({0, 1, 2, 1}, torch::kLong));
        sum.backward();
        std::vector<torch::Tensor> gradients;
        for (const GraphModule::Entry& entry : module->entries())
            if (entry.spec.trainable)
                gradients.push_back(entry.view.grad().flatten());
        return {sum.detach(), module->statistics(), torch::cat(gradients)};
    }

private Q_SLOTS:
    void equalsTorch_data() {
        QTest::addColumn<int>("activation");
        QTest::addColumn<bool>("added");
        QTest::newRow("alone") << int(NormActivation::None) << false;
        QTest::newRow("with a sum") << int(NormActivation::None) << true;
        QTest::newRow("relu") << int(NormActivation::Relu) << false;
        QTest::newRow("sum and relu") << int(NormActivation::Relu) << true;
        QTest::newRow("relu6") << int(NormActivation::Relu6) << false;
        QTest::newRow("sum and relu6") << int(NormActivation::Relu6) << true;
        QTest::newRow("silu") << int(NormActivation::Silu) << false;
        QTest::newRow("hardswish") << int(NormActivation::HardSwish) << false;
    }
    void equalsTorch() {
        QFETCH(int, activation);
        QFETCH(bool, added);
        const auto kind = static_cast<NormActivation>(activation);
        torch::manual_seed(4);
        for (const std::vector<std::int64_t>& shape :
             {std::vector<std::int64_t>{5, 37, 9, 7}, {9, 3, 1, 1}, {64, 16, 5, 5}, {13, 21}}) {
            for (const auto type : {torch::kFloat, torch::kBFloat16}) {
                const auto laid = [&](const torch::Tensor& values) {
                    return shape.size() == 4 ? values.to(type).contiguous(at::MemoryFormat::ChannelsLast)
                                             : values.to(type);
                };
                const torch::Tensor x = laid(torch::randn(shape) * 3 + 30),
                                    other = added ? laid(torch::randn(shape) * 2) : torch::Tensor();
                QVERIFY(takesNormedActivation(x, other));
                // Where bfloat16 may round to 6, on one side of it or the other, nothing pulls.
                const torch::Tensor six =
                    (normedActivation(x, other, norm(shape[1], torch::kFloat), NormActivation::None) - 6).abs() < 0.1;
                const torch::Tensor pull = laid(torch::randn(shape).masked_fill(six, 0));
                const Passed ours = passed(x, other, pull, norm(shape[1], torch::kFloat),
                                           [&](const auto& from, const auto& more, const auto& tensors) {
                                               return normedActivation(from, more, tensors, kind);
                                           });
                const auto wide = [](const torch::Tensor& values) {
                    return values.defined() ? values.to(torch::kDouble) : values;
                };
                const Passed exact = passed(wide(x), wide(other), wide(pull), norm(shape[1], torch::kDouble),
                                            [&](const auto& from, const auto& more, const auto& n) {
                                                const torch::Tensor z =
                                                    torch::batch_norm(from, n.weight, n.bias, n.runningMean,
                                                                      n.runningVar, true, n.momentum, n.epsilon, false);
                                                return activated(kind, more.defined() ? z + more : z);
                                            });
                const double most = type == torch::kFloat ? 2e-5 : 1e-2;
                QVERIFY(ours.output.scalar_type() == type && ours.ofX.scalar_type() == type);
                QCOMPARE_LE(apart(ours.output, exact.output), most);
                QCOMPARE_LE(apart(ours.ofX, exact.ofX), most);
                QCOMPARE_LE(apart(ours.ofWeight, exact.ofWeight), most);
                QCOMPARE_LE(apart(ours.ofBias, exact.ofBias), most);
                QCOMPARE_LE(apart(ours.mean, exact.mean), 1e-5);
                QCOMPARE_LE(apart(ours.variance, exact.variance), 1e-4);
                if (added)
                    QCOMPARE_LE(apart(ours.ofOther, exact.ofOther), most);
            }
        }
    }

    void everyInstructionSetComputesTheSame() {
        torch::manual_seed(6);
        constexpr std::int64_t kRows = 301, kChannels = 37;
        const torch::Tensor x = torch::randn({kRows, kChannels}), pull = torch::randn({kRows, kChannels}),
                            other = torch::randn({kRows, kChannels}), channel = torch::rand({3, kChannels});
        const float* per = channel.data_ptr<float>();
        const NormRows rows{kRows, kChannels, per, per + kChannels, per + 2 * kChannels};
        for (const auto kind : {NormActivation::None, NormActivation::Relu, NormActivation::Relu6, NormActivation::Silu,
                                NormActivation::HardSwish}) {
            torch::Tensor first;
            for (const InstructionSet set : instructionSets()) {
                const NormLoops<float>& loops = normLoops(set, kind).exact;
                torch::Tensor made = torch::zeros({5, kRows, kChannels}),
                              sums = torch::zeros({4 * kChannels}, torch::kDouble),
                              scratch = torch::empty({2 * kChannels});
                const auto at = [&](int i) { return made[i].data_ptr<float>(); };
                const auto* from = x.data_ptr<float>();
                loops.moments(from, kRows, kChannels, rows.mean, sums.data_ptr<double>(), scratch.data_ptr<float>());
                loops.forward(rows, from, nullptr, at(0));
                loops.forward(rows, from, other.data_ptr<float>(), at(1));
                loops.sums(rows, from, at(1), pull.data_ptr<float>(), at(2), sums.data_ptr<double>() + 2 * kChannels,
                           scratch.data_ptr<float>());
                loops.backward(rows, from, nullptr, at(2), per, per + kChannels, at(3));
                loops.backward(rows, from, pull.data_ptr<float>(), nullptr, per, per + kChannels, at(4));
                const torch::Tensor all = torch::cat({made.flatten().to(torch::kDouble), sums});
                if (!first.defined())
                    first = all;
                QVERIFY2(apart(all, first) < 1e-5, nameOf(set));
            }
        }
    }

    /// Values of a channel far from zero, and one without any spread.
    void smallSpreadFarFromZero() {
        torch::manual_seed(9);
        torch::Tensor x = torch::randn({6, 4, 8, 8}) + 3000;
        x.select(1, 2).fill_(17);
        x = x.contiguous(at::MemoryFormat::ChannelsLast);
        BatchNormTensors tensors = norm(4, torch::kFloat);
        const torch::Tensor mean = tensors.runningMean.clone(), variance = tensors.runningVar.clone();
        const torch::Tensor y = normedActivation(x, {}, tensors, NormActivation::None);
        QVERIFY(torch::isfinite(y).all().item<bool>());
        QVERIFY(torch::allclose(y.select(1, 2), tensors.bias[2].expand({6, 8, 8}), 0, 1e-3));
        const torch::Tensor seen = (tensors.runningVar - 0.8 * variance) / 0.2,
                            wanted = x.to(torch::kDouble).transpose(0, 1).flatten(1).var(1);
        QVERIFY(torch::allclose(seen.to(torch::kDouble), wanted, 1e-3, 1e-4));
    }

    void whatIsNotANumberShows() {
        torch::Tensor x = torch::randn({4, 3, 2, 2}).contiguous(at::MemoryFormat::ChannelsLast);
        x[1][0][0][0] = std::nan("");
        const torch::Tensor other = torch::zeros_like(x);
        for (const auto kind : {NormActivation::None, NormActivation::Relu, NormActivation::Relu6, NormActivation::Silu,
                                NormActivation::HardSwish}) {
            const bool alone = kind == NormActivation::Silu || kind == NormActivation::HardSwish;
            for (const bool added : alone ? std::vector<bool>{false} : std::vector<bool>{false, true}) {
                const BatchNormTensors tensors = norm(3, torch::kFloat);
                const torch::Tensor y = normedActivation(x, added ? other : torch::Tensor(), tensors, kind);
                QVERIFY(y.select(1, 0).isnan().all().item<bool>() && !y.select(1, 1).isnan().any().item<bool>());
                QVERIFY(tensors.runningMean[0].isnan().item<bool>() && tensors.runningVar[0].isnan().item<bool>());
            }
        }
    }

    void networksLearnTheSame_data() {
        QTest::addColumn<QString>("name");
        for (const char* name :
             {"toy_cnn", "resnet18", "mobilenet_v2", "efficientnet_b0", "mobilenet_v3_small", "densenet121"})
            QTest::newRow(name) << QString(name);
    }
    /// Fused and node by node: as close as float32 lets two ways of computing be, which images that are brighter by a
    /// millionth tell.
    void networksLearnTheSame() {
        QFETCH(QString, name);
        const auto fused = learned(name.toStdString(), true), plain = learned(name.toStdString(), false),
                   brighter = learned(name.toStdString(), false, 1 + 1e-6);
        QVERIFY(torch::allclose(fused[0], plain[0], 1e-4));
        QVERIFY(torch::allclose(fused[1], plain[1], 1e-3, 1e-4));
        const auto distance = [&](const torch::Tensor& gradients) {
            return ((gradients - plain[2]).norm() / plain[2].norm()).item<double>();
        };
        QCOMPARE_LE(distance(fused[2]), 10 * distance(brighter[2]) + 1e-4);
    }
};

QTEST_APPLESS_MAIN(NormedActivationTest)
#include "tst_NormedActivation.moc"
