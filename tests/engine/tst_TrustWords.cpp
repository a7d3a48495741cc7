// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "engine/questions/Trust.h"

using namespace sightline;

/// What is said of a heat map's test. No map that fails may read as one that passes.
class TestTrustWords : public Test {
    Q_OBJECT

    static Trust good() {
        Trust trust;
        trust.target = "car";
        trust.probability = 0.97;
        trust.drop = 0.61;
        trust.randomDrop = 0.04;
        trust.deletionAuc = 0.2;
        trust.insertionAuc = 0.7;
        trust.randomisedLast = 0.3;
        trust.randomisedAll = 0.1;
        return trust;
    }
    static bool approves(const Trust& trust) {
        return verdictOf(trust) == TrustVerdict::Shows ||
               sentenceOn(trust).find(": the map shows what") != std::string::npos;
    }

private Q_SLOTS:
    void aMapThatPassesIsSaidWithItsFigures() {
        QVERIFY(verdictOf(good()) == TrustVerdict::Shows);
        QCOMPARE(sentenceOn(good()), std::string("Hiding the hottest fifth costs 61 points, hiding a random fifth 4: "
                                                 "the map shows what the network uses."));
    }

    void aFifthThatCostsNoMoreThanAnyOtherFails() {
        Trust trust = good();
        trust.drop = 0.03;
        QVERIFY(verdictOf(trust) == TrustVerdict::Fails);
        QCOMPARE(sentenceOn(trust), std::string("Hiding the hottest fifth costs 3 points, hiding a random fifth 4: "
                                                "the map does not show what the network uses."));
        trust.drop = trust.randomDrop = 0.8; // anything hidden costs everything
        QVERIFY(verdictOf(trust) == TrustVerdict::Fails);
        trust.drop = -0.02;
        trust.randomDrop = 0.001;
        QCOMPARE(sentenceOn(trust), std::string("Hiding the hottest fifth adds 2 points, hiding a random fifth costs "
                                                "nothing: the map does not show what the network uses."));
    }

    void ofAnImageOfOneColorNothingIsTold() {
        Trust trust = good();
        trust.drop = trust.randomDrop = 0;
        trust.deletion = trust.insertion = std::vector<double>(31, trust.probability);
        trust.deletionAuc = trust.insertionAuc = trust.probability;
        QVERIFY(verdictOf(trust) == TrustVerdict::Unclear);
        QVERIFY2(sentenceOn(trust).find("one color: nothing can be told") != std::string::npos,
                 sentenceOn(trust).c_str());
        trust.deletion[10] -= 0.2; // a part that matters
        QVERIFY(sentenceOn(trust).find("one color") == std::string::npos);
    }

    void onePointIsOne() {
        Trust trust = good();
        trust.randomDrop = 0.01;
        trust.drop = 0.008;
        QVERIFY(sentenceOn(trust).starts_with("Hiding the hottest fifth costs 1 point, hiding a random fifth 1:"));
    }

    void inBetweenIsLeftOpen() {
        Trust trust = good();
        trust.drop = 0.11;
        QVERIFY(verdictOf(trust) == TrustVerdict::Unclear);
        QVERIFY(sentenceOn(trust).ends_with("too close to tell whether the map shows what the network uses."));
        QVERIFY(!approves(trust));
    }

    void aMapThatNeedsNoTrainedWeightsIsNotApproved() {
        Trust trust = good();
        trust.randomisedAll = 0.93;
        QVERIFY(verdictOf(trust) == TrustVerdict::Indifferent);
        QCOMPARE(sentenceOn(trust),
                 std::string("The map stays nearly the same (rank correlation 0.93) when all weights are random: it "
                             "shows the image, not what the network has learned."));
        trust = good();
        trust.randomisedLast = 1;
        QVERIFY(!approves(trust));
        QCOMPARE(sentenceOn(trust),
                 std::string(
                     "The map stays nearly the same (rank correlation 1.00) when the classifier gets random weights: "
                     "it does not tell what is evidence for car."));
    }

    void anEmptyMapSaysNothing() {
        Trust trust = good();
        trust.isEmpty = true;
        QVERIFY(verdictOf(trust) == TrustVerdict::Fails);
        QCOMPARE(sentenceOn(trust), std::string("The map is empty: it shows no evidence for car."));
    }

    void whereThereIsLittleToLoseTheTestCannotTell() {
        Trust trust = good();
        trust.probability = 0.02;
        trust.drop = 0.01;
        QVERIFY(verdictOf(trust) == TrustVerdict::Unclear);
        QCOMPARE(sentenceOn(trust),
                 std::string("The network gives car only 2.0 %: too little to tell by hiding parts what it uses."));
    }

    void deletingThatCostsLessThanInsertingGivesIsNeeded() {
        Trust trust = good();
        trust.deletionAuc = trust.insertionAuc;
        QVERIFY(!approves(trust));
    }

    void theJsonHasTheContractsKeys() {
        const Json json = toJson(good());
        QCOMPARE(json["drop"].get<double>(), 0.61);
        QCOMPARE(json["random_drop"].get<double>(), 0.04);
        QCOMPARE(json["deletion_auc"].get<double>(), 0.2);
        QCOMPARE(json["insertion_auc"].get<double>(), 0.7);
        QCOMPARE(json["randomised"]["last"].get<double>(), 0.3);
        QCOMPARE(json["randomised"]["all"].get<double>(), 0.1);
        QCOMPARE(json["verdict"].get<std::string>(), std::string("shows"));
        Trust redrawn = good(); // to weights of which the map is empty: nothing is like it
        redrawn.randomisedAll.reset();
        QVERIFY(toJson(redrawn)["randomised"]["all"].is_null());
        QVERIFY(verdictOf(redrawn) == TrustVerdict::Shows);
    }
};

QTEST_APPLESS_MAIN(TestTrustWords)
#include "tst_TrustWords.moc"
