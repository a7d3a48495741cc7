// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "metrics/Metrics.h"

using namespace sightline;

class MetricsTest : public QObject {
    Q_OBJECT

    /// The toy text's confusion matrix (SPEC 2.1), rows true: 56 of 75 right.
    static Evaluation toyText() {
        static constexpr int kMatrix[5][5] = {{10, 4, 0, 0, 1}, {1, 12, 1, 0, 1}, {0, 0, 13, 0, 2}, {0, 1, 0, 13, 1}, {0, 1, 0, 6, 8}};
        Evaluation evaluation;
        evaluation.classes = {"bananagrams", "brios", "cars", "duplos", "magnatiles"};
        for (int truth = 0; truth < 5; ++truth) {
            for (int predicted = 0; predicted < 5; ++predicted) {
                for (int i = 0; i < kMatrix[truth][predicted]; ++i) {
                    Prediction prediction;
                    prediction.path = "a,b.png";
                    prediction.truth = truth;
                    prediction.predicted = predicted;
                    prediction.probabilities.assign(5, 0.1f);
                    prediction.probabilities[static_cast<std::size_t>(predicted)] = 0.6f;
                    evaluation.predictions.push_back(prediction);
                }
            }
        }
        summarize(evaluation);
        return evaluation;
    }

private Q_SLOTS:
    void accuracyIsTheShareOnTheDiagonal() { QCOMPARE(toyText().accuracy, 56.0 / 75.0); }

    void precisionAndRecallFollowTheirFormulas() {
        const Evaluation evaluation = toyText();
        QCOMPARE(evaluation.perClass[3].recall, 13.0 / 15.0);
        QCOMPARE(evaluation.perClass[3].precision, 13.0 / 19.0);
        QCOMPARE(evaluation.perClass[3].f1, 2 * (13.0 / 15.0) * (13.0 / 19.0) / (13.0 / 15.0 + 13.0 / 19.0));
        QCOMPARE(evaluation.perClass[3].support, 15);
        QCOMPARE(evaluation.top5Accuracy, 1.0);
    }

    void aClassNobodyPredictsHasZeroPrecisionNotNan() {
        Evaluation evaluation;
        evaluation.classes = {"a", "b"};
        summarize(evaluation);
        QCOMPARE(evaluation.perClass[0].precision, 0.0);
        QCOMPARE(evaluation.perClass[0].f1, 0.0);
    }

    void predictionsAreWrittenAsQuotedCsv() {
        const std::string csv = predictionsCsv(toyText());
        QVERIFY(csv.starts_with("path,true,predicted,correct,confidence,loss,bananagrams,"));
        QVERIFY(csv.find("\"a,b.png\",bananagrams,bananagrams,1,") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(MetricsTest)
#include "tst_Metrics.moc"
