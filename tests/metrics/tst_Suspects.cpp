// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>
#include <set>

#include "Test.h"
#include "metrics/Suspects.h"
#include "support/Random.h"

using namespace sightline;

namespace {

Prediction predictionOf(int truth, std::vector<float> probabilities) {
    Prediction one;
    one.truth = truth;
    one.probabilities = std::move(probabilities);
    one.predicted = static_cast<int>(std::max_element(one.probabilities.begin(), one.probabilities.end()) -
                                     one.probabilities.begin());
    return one;
}

/// What a network that is right nine times in ten might say of an image of `own`.
Prediction drawn(CounterRandom& random, int own, int classes) {
    std::vector<double> logits(static_cast<std::size_t>(classes));
    for (double& logit : logits)
        logit = random.normal();
    logits[static_cast<std::size_t>(own)] += 4;
    double sum = 0;
    for (const double logit : logits)
        sum += std::exp(logit);
    std::vector<float> probabilities;
    for (const double logit : logits)
        probabilities.push_back(static_cast<float>(std::exp(logit) / sum));
    return predictionOf(own, std::move(probabilities));
}

} // namespace

class SuspectsTest : public Test {
    Q_OBJECT
private Q_SLOTS:
    void labelsFlippedOnPurposeComeFirst_data() {
        QTest::addColumn<int>("classes");
        for (const int classes : {2, 5, 10})
            QTest::newRow(std::to_string(classes).c_str()) << classes;
    }

    void labelsFlippedOnPurposeComeFirst() {
        QFETCH(int, classes);
        constexpr int kImages = 1000, kFlipped = kImages / 20;
        CounterRandom random(11, RandomPurpose::Test);
        std::vector<Prediction> predictions;
        for (int i = 0; i < kImages; ++i)
            predictions.push_back(drawn(random, i % classes, classes));
        std::set<std::size_t> flipped;
        for (const std::uint32_t i : permutation(kImages, 3, RandomPurpose::Test)) {
            if (flipped.size() == kFlipped)
                break;
            const auto other = 1 + static_cast<int>(random.below(static_cast<std::uint64_t>(classes) - 1));
            predictions[i].truth = (predictions[i].truth + other) % classes;
            flipped.insert(i);
        }
        const auto labels = suspectLabels(predictions, static_cast<std::size_t>(classes));
        QCOMPARE(labels.size(), std::size_t{kImages});
        int found = 0;
        for (std::size_t i = 0; i < kImages / 10; ++i)
            found += flipped.contains(labels[i].prediction) ? 1 : 0;
        QVERIFY2(found >= kFlipped * 8 / 10, qPrintable(QString::number(found)));
    }

    /// Thresholds .6 and .5, by hand: the third image is b by threshold though it is called a.
    void theConfidentJointGoesByEachClassesThreshold() {
        const std::vector<Prediction> predictions = {predictionOf(0, {0.9F, 0.1F}), predictionOf(0, {0.45F, 0.55F}),
                                                     predictionOf(0, {0.45F, 0.55F}), predictionOf(1, {0.2F, 0.8F}),
                                                     predictionOf(1, {0.8F, 0.2F})};
        const auto labels = suspectLabels(predictions, 2);
        QCOMPARE(labels[0].prediction, std::size_t{4}); // .2 of its own label, and .8 reaches .6
        QVERIFY(labels[0].isSuspect && labels[0].suggested == 0 && std::abs(labels[0].selfConfidence - 0.2) < 1e-7);
        QCOMPARE(labels[1].prediction, std::size_t{1}); // of equal ones the first
        QVERIFY(labels[1].isSuspect && labels[1].suggested == 1);
        QVERIFY(!labels[3].isSuspect && labels[3].prediction == 3);
        QCOMPARE(labels[4].prediction, std::size_t{0});
    }

    void aClassWithoutImagesIsNeverSuggested() {
        const std::vector<Prediction> predictions = {predictionOf(0, {0.3F, 0.1F, 0.6F}),
                                                     predictionOf(1, {0.1F, 0.3F, 0.6F})};
        for (const SuspectLabel& one : suspectLabels(predictions, 3))
            QVERIFY(!one.isSuspect);
    }
};

QTEST_APPLESS_MAIN(SuspectsTest)
#include "tst_Suspects.moc"
