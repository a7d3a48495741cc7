// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <torch/torch.h>

#include <cmath>

#include "Test.h"
#include "engine/module/LoadedModel.h"
#include "engine/train/Compute.h"

using namespace sightline;
using namespace sightline::engine;

/// The loss of mixed samples: a target of two parts.
class MixedTest : public Test {
    Q_OBJECT

    std::shared_ptr<GraphModule> m_module;
    torch::Tensor m_images;

    StepResult step(const StepSettings& settings, const Targets& targets) const {
        Moments moments = Moments::zeros(m_module->parameters());
        return trainStep(*m_module, moments, settings, {m_images}, targets, 0.0, 1); // at rate 0 the weights stay
    }

private Q_SLOTS:
    void initTestCase() {
        const Result<GraphSpec> graph = graphByName("toy_cnn", 16, 16, 3, 4, Json{{"filters", {4, 4}}, {"dropout", 0}});
        QVERIFY2(graph.ok(), graph.ok() ? "" : graph.error().message.c_str());
        const auto module = GraphModule::make(*graph, 5);
        QVERIFY(module.ok());
        m_module = *module;
        m_module->enableTraining();
        torch::manual_seed(2);
        m_images = torch::rand({6, 16, 16, 3});
    }

    void aMixedTargetsLossIsTheMixtureOfTheTwo() {
        const torch::Tensor first = torch::tensor({0, 1, 2, 3, 0, 1}, torch::kLong),
                            second = torch::tensor({1, 1, 0, 2, 3, 0}, torch::kLong);
        for (const double smoothing : {0.0, 0.1}) {
            for (const bool weighted : {false, true}) {
                StepSettings settings;
                settings.loss.labelSmoothing = smoothing;
                if (weighted)
                    settings.classWeights = {0.5f, 2.0f, 1.0f, 1.5f};
                const double a = step(settings, {first}).loss, b = step(settings, {second}).loss;
                for (const double share : {0.0, 0.3, 1.0}) {
                    const double mixed = step(settings, {first, second, torch::full({6}, share, torch::kFloat)}).loss;
                    QVERIFY2(std::abs(mixed - (share * a + (1 - share) * b)) < 1e-5,
                             qPrintable(QString::number(mixed)));
                }
            }
        }
    }

    void accuracyCountsTheLargerShare() {
        const torch::Tensor first = torch::tensor({0, 1, 2, 3, 0, 1}, torch::kLong),
                            second = torch::tensor({3, 3, 3, 3, 3, 3}, torch::kLong);
        QCOMPARE(step({}, {first, second, torch::full({6}, 0.6, torch::kFloat)}).right, step({}, {first}).right);
        QCOMPARE(step({}, {first, second, torch::full({6}, 0.4, torch::kFloat)}).right, step({}, {second}).right);
    }
};

QTEST_APPLESS_MAIN(MixedTest)
#include "tst_Mixed.moc"
