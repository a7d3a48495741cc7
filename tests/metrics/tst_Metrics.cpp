// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "metrics/Metrics.h"

using namespace sightline;

namespace {

Prediction prediction(int truth, int predicted) {
    Prediction p;
    p.path = "a,b.png";
    p.truth = truth;
    p.predicted = predicted;
    p.confidence = 0.5;
    p.probabilities = {0.25F, 0.25F, 0.25F};
    p.probabilities[static_cast<std::size_t>(predicted)] = 0.5F;
    return p;
}

} // namespace

class MetricsTest : public Test {
    Q_OBJECT
private Q_SLOTS:
    void reportFollowsTheFormulas();
    void commasInPathsAreQuoted();
};

void MetricsTest::reportFollowsTheFormulas() {
    Evaluation evaluation;
    evaluation.classes = {"a", "b", "c"};
    evaluation.predictions = {prediction(0, 0), prediction(0, 1), prediction(1, 1), prediction(1, 1)};
    summarize(evaluation);
    QCOMPARE(evaluation.accuracy, 0.75);
    QCOMPARE(evaluation.confusion.at(0, 1), std::int64_t{1});
    QCOMPARE(evaluation.confusion.at(1, 0), std::int64_t{0});
    QCOMPARE(evaluation.perClass[0].precision, 1.0);
    QCOMPARE(evaluation.perClass[0].recall, 0.5);
    QCOMPARE(evaluation.perClass[1].precision, 2.0 / 3.0);
    QCOMPARE(evaluation.perClass[1].f1, 0.8);
    QCOMPARE(evaluation.perClass[2].f1, 0.0);
}

void MetricsTest::commasInPathsAreQuoted() {
    Evaluation evaluation;
    evaluation.classes = {"a", "b", "c"};
    evaluation.predictions = {prediction(0, 1)};
    summarize(evaluation);
    QVERIFY(predictionsCsv(evaluation).find("\"a,b.png\",a,b,") != std::string::npos);
}

QTEST_APPLESS_MAIN(MetricsTest)
#include "tst_Metrics.moc"
