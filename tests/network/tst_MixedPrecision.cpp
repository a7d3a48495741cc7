// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "network/MixedPrecision.h"
#include "zoo/Zoo.h"

using namespace sightline;

/// Which networks compute in bfloat16 when nobody says which precision.
class MixedPrecisionTest : public Test {
    Q_OBJECT

    static GraphSpec network(const char* name) { return buildFromZoo(name, {64, 64, 3, 5}).value(); }
    /// What resnet18 does tells whether this processor has bfloat16 at all.
    static bool asResnet(const GraphSpec& spec) {
        return usesBf16(Precision::Auto, spec) == usesBf16(Precision::Auto, network("resnet18"));
    }

private Q_SLOTS:
    void whatIsAskedForIsDone() {
        QVERIFY(usesBf16(Precision::Bf16, network("resnet18")));
        QVERIFY(!usesBf16(Precision::Fp32, network("resnet18")));
    }

    void mobileNetworksAreAsFast() {
        for (const char* name : {"mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0", "convnext_tiny"})
            QVERIFY2(asResnet(network(name)), name);
    }

    void whatIsSlowerInItIsNot() {
        GraphSpec grouped = network("resnet18"), bent = network("resnet18");
        for (Node& node : grouped.nodes)
            if (node.op == Op::Conv2d && node.id != grouped.nodes[1].id)
                node.attributes["groups"] = 2;
        QVERIFY(!usesBf16(Precision::Auto, grouped));
        for (Node& node : bent.nodes)
            if (node.op == Op::Activation)
                node.attributes["kind"] = "tanh";
        QVERIFY(!usesBf16(Precision::Auto, bent));
    }
};

QTEST_APPLESS_MAIN(MixedPrecisionTest)
#include "tst_MixedPrecision.moc"
