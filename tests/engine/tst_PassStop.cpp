// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <QTest>

#include "Test.h"
#include "engine/module/ModuleCopies.h"
#include "engine/module/PassStop.h"
#include "zoo/Zoo.h"

using namespace sightline;
using engine::GraphModule;

/// A pass that nobody waits for ends at the next node, and a network is copied no further than anybody waits.
class PassStopTest : public Test {
    Q_OBJECT

    std::shared_ptr<GraphModule> m_module;
    torch::Tensor m_images = torch::rand({2, 3, 32, 32});

    static std::stop_token stopped() {
        std::stop_source source;
        source.request_stop();
        return source.get_token();
    }
    static GraphSpec spec(const char* network) { return buildFromZoo(network, {32, 32, 3, 5, Json::object()}).value(); }

private Q_SLOTS:
    void initTestCase() { m_module = *GraphModule::make(spec("toy_cnn"), 1); }

    void aStoppedPassIsLeft() {
        QVERIFY(m_module->infer(m_images).front().defined());
        {
            const engine::StopsPasses stops(stopped());
            QVERIFY_EXCEPTION_THROWN(m_module->infer(m_images), engine::PassStopped);
            torch::Tensor cut;
            QVERIFY_EXCEPTION_THROWN(m_module->forwardFromCut(m_images, "conv", cut), engine::PassStopped);
            const engine::StopsPasses goes(std::stop_token{}); // the last one counts
            QVERIFY(m_module->infer(m_images).front().defined());
        }
        QVERIFY(m_module->infer(m_images).front().defined());
    }

    void soIsThePassBack() {
        std::stop_source stop;
        const engine::StopsPasses stops(stop.get_token());
        const torch::Tensor leaf = m_images.clone().requires_grad_(true);
        const auto gradient = [&] { return torch::autograd::grad({m_module->infer(leaf)[0].sum()}, {leaf})[0]; };
        const torch::Tensor whole = gradient();
        const torch::Tensor scores = m_module->infer(leaf)[0];
        stop.request_stop();
        QVERIFY_EXCEPTION_THROWN(torch::autograd::grad({scores.sum()}, {leaf}), engine::PassStopped);
        const engine::StopsPasses goes(std::stop_token{});
        QVERIFY(torch::equal(gradient(), whole)); // looking changes nothing
    }

    void theClassifierAloneIsDrawnAgain() {
        const auto classifier = classifierNodes(m_module->spec());
        const auto copy = engine::drawnAgain(*m_module, classifier, 2, {});
        const auto other = *GraphModule::make(m_module->spec(), 2);
        QVERIFY(copy.ok());
        std::size_t drawn = 0;
        for (std::size_t i = 0; i < other->entries().size(); ++i) {
            const bool isNew = classifier[other->entries()[i].node];
            drawn += isNew ? 1 : 0;
            const auto& wanted = isNew ? other : m_module;
            QVERIFY(torch::equal((*copy)->entries()[i].view, wanted->entries()[i].view));
        }
        QVERIFY(drawn > 0 && drawn < other->entries().size());
    }

    void allWeightsAreDrawnAsANewNetworksAre() {
        const GraphSpec graph = spec("resnet18");
        const auto trained = *GraphModule::make(graph, 1), fresh = *GraphModule::make(graph, 2);
        const auto copy = engine::drawnAgain(*trained, std::vector<bool>(graph.nodes.size(), true), 2, {});
        QVERIFY(copy && torch::equal((*copy)->parameters(), fresh->parameters()));
        QVERIFY(torch::equal((*copy)->statistics(), fresh->statistics()));
    }

    void aDoubleCopySaysTheSame() {
        const auto copy = engine::inDouble(*m_module, {});
        QVERIFY(copy.ok());
        const torch::Tensor exact = (*copy)->infer(m_images.to(torch::kDouble))[0];
        QCOMPARE(exact.scalar_type(), torch::kDouble);
        QVERIFY(torch::allclose(exact.to(torch::kFloat), m_module->infer(m_images)[0], 1e-4, 1e-5));
    }

    void copiesAreStopped() {
        const std::vector<bool> all(m_module->spec().nodes.size(), true);
        for (const auto& copy : {engine::drawnAgain(*m_module, all, 2, stopped()),
                                 engine::drawnAgain(*m_module, classifierNodes(m_module->spec()), 2, stopped()),
                                 engine::inDouble(*m_module, stopped())}) {
            QVERIFY(!copy.ok());
            QVERIFY(copy.error().kind == ErrorKind::Cancelled);
        }
    }
};

QTEST_GUILESS_MAIN(PassStopTest)
#include "tst_PassStop.moc"
