// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "metrics/Evaluation.h"

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
    void predictionsSurviveTheirTable();
    void anotherTableIsNotRead();
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
    QVERIFY(predictionsCsv(evaluation.classes, evaluation.predictions).find("\"a,b.png\",a,b,") != std::string::npos);
}

void MetricsTest::predictionsSurviveTheirTable() {
    const std::vector<std::string> classes = {"a", "b, too", "c"};
    std::vector<Prediction> predictions = {prediction(0, 0), prediction(1, 2), prediction(2, 1)};
    predictions[0].probabilities = {1.0F / 3, 1e-42F, 2.0F / 3 + 1e-7F};
    predictions[1].probabilities = {0.1F, 0.2F, 0.7F};
    predictions[2].probabilities = {0, 1, 0};
    for (Prediction& one : predictions) {
        one.confidence = static_cast<double>(one.probabilities[static_cast<std::size_t>(one.predicted)]);
        one.loss = 1.0 / 7 + one.confidence;
    }
    const auto read = readPredictions(predictionsCsv(classes, predictions), classes);
    QVERIFY(read.ok());
    QCOMPARE(read->size(), predictions.size());
    for (std::size_t i = 0; i < predictions.size(); ++i) {
        const Prediction &found = (*read)[i], &wanted = predictions[i];
        QCOMPARE(found.path, wanted.path);
        QVERIFY(found.truth == wanted.truth && found.predicted == wanted.predicted);
        QVERIFY(found.loss == wanted.loss && found.confidence == wanted.confidence); // to the last bit
        QVERIFY(found.probabilities == wanted.probabilities);
    }
}

void MetricsTest::anotherTableIsNotRead() {
    const std::vector<std::string> classes = {"a", "b", "c"};
    const std::string csv = predictionsCsv(classes, {prediction(0, 0), prediction(1, 2)});
    QVERIFY(!readPredictions(csv, {"a", "b", "d"}).ok());
    QVERIFY(!readPredictions(csv.substr(0, csv.size() - 8), classes).ok());
    std::string altered = csv;
    altered.replace(altered.find("0.25"), 4, "x.25");
    QVERIFY(!readPredictions(altered, classes).ok());
}

QTEST_APPLESS_MAIN(MetricsTest)
#include "tst_Metrics.moc"
