// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>
#include <functional>
#include <limits>

#include "Test.h"
#include "metrics/Curves.h"

using namespace sightline;

namespace {
struct Point {
    double loss, accuracy, valLoss, valAccuracy;
};

std::vector<EpochMetrics> curves(int epochs, const std::function<Point(int)>& at, bool validation = true) {
    std::vector<EpochMetrics> history;
    for (int i = 1; i <= epochs; ++i) {
        const Point point = at(i);
        EpochMetrics epoch;
        epoch.epoch = i;
        epoch.loss = point.loss;
        epoch.accuracy = point.accuracy;
        if (validation) {
            epoch.valLoss = point.valLoss;
            epoch.valAccuracy = point.valAccuracy;
        }
        history.push_back(epoch);
    }
    return history;
}

QStringList paths(const CurveReading& reading) {
    QStringList all;
    for (const Remedy& remedy : reading.remedies)
        all << QString::fromStdString(remedy.path);
    return all;
}

/// Training goes on to 1; validation is left behind from epoch 6 on, and its loss rises.
Point learnedByHeart(int i) {
    return {1.0 / i, std::min(1.0, 0.5 + 0.08 * i), i < 6 ? 1.2 - 0.1 * i : 0.7 + 0.1 * (i - 5),
            i < 6 ? 0.45 + 0.08 * i : 0.85};
}
} // namespace

/// What the curves of a run are said to show.
class CurvesTest : public sightline::Test {
    Q_OBJECT

private Q_SLOTS:
    void nothingIsSaidOfTheFirstEpochs() {
        QCOMPARE(readCurves({}, {}, 2).shape, CurveShape::TooShort);
        QCOMPARE(readCurves(curves(3, learnedByHeart), {}, 2).shape, CurveShape::TooShort);
    }

    void trainingFarAheadSinceAnEpoch() {
        const CurveReading reading = readCurves(curves(12, learnedByHeart), {}, 2);
        QCOMPARE(reading.shape, CurveShape::Overfitting);
        QCOMPARE(reading.since, 6); // 0.98 against 0.85
        QCOMPARE(paths(reading), (QStringList{"augmentation.rotation_range", "model.options.dropout",
                                              "training.optimizer.weight_decay", "training.early_stopping"}));
    }

    void whatIsDoneAlreadyIsNotProposed() {
        Experiment experiment;
        experiment.model.options = {{"dropout", 0.5}};
        experiment.training.optimizer.weightDecay = 0.01;
        experiment.training.earlyStopping.emplace();
        experiment.augmentation.horizontalFlip = true;
        const CurveReading reading = readCurves(curves(12, learnedByHeart), experiment, 2);
        QCOMPARE(reading.remedies.size(), std::size_t{1});
        QCOMPARE(reading.remedies[0].words, std::string("stronger augmentation"));
    }

    void dropoutIsProposedWhereTheNetworkHasSome() {
        const QString dropout = QStringLiteral("model.options.dropout");
        Experiment experiment;
        experiment.model.name = "resnet18"; // has none
        QVERIFY(!paths(readCurves(curves(12, learnedByHeart), experiment, 2)).contains(dropout));
        experiment.model.name = "mobilenet_v2"; // has some by default
        QVERIFY(!paths(readCurves(curves(12, learnedByHeart), experiment, 2)).contains(dropout));
        experiment.model.options = {{"dropout", 0.0}};
        QVERIFY(paths(readCurves(curves(12, learnedByHeart), experiment, 2)).contains(dropout));
    }

    void aGapWhileValidationStillImprovesIsNoHarm() {
        const auto history = curves(12, [](int i) {
            return Point{1.0 / i, std::min(1.0, 0.6 + 0.05 * i), 1.5 / i, 0.4 + 0.04 * i};
        });
        Experiment experiment;
        experiment.training.epochs = 20;
        QCOMPARE(readCurves(history, experiment, 2).shape, CurveShape::Learning);
        experiment.training.epochs = 12; // at its end
        const CurveReading reading = readCurves(history, experiment, 2);
        QCOMPARE(reading.shape, CurveShape::Unfinished);
        QCOMPARE(paths(reading), QStringList{"training.epochs"});
    }

    void aLossThatDoesNotFallIsNoLearning() {
        const auto flat = [](int) { return Point{0.693, 0.5, 0.693, 0.5}; };
        QCOMPARE(readCurves(curves(6, flat), {}, 2).shape, CurveShape::NotLearning);
        QCOMPARE(readCurves(curves(6, flat, false), {}, 2).shape, CurveShape::NotLearning);
        // half the images right is much where there are ten classes
        QVERIFY(readCurves(curves(6, flat), {}, 10).shape != CurveShape::NotLearning);
    }

    // Weights of another run or of the public: the first epoch is good already.
    void whatBeginsWellIsNoFault() {
        const auto good = [](int i) { return Point{0.05, i == 1 ? 0.99 : 0.989, 0.05, 0.99}; };
        QCOMPARE(readCurves(curves(4, good), {}, 2).shape, CurveShape::Learning);
        const auto little = [](int i) { return Point{i == 1 ? 0.010 : 0.013, 0.99, 0.05 - 0.001 * i, 0.99}; };
        QCOMPARE(readCurves(curves(6, little), {}, 2).shape, CurveShape::Learning);
    }

    void aLossThatRisesIsDivergence() {
        const CurveReading reading = readCurves(curves(8, [](int i) { return Point{0.5 * i, 0.3, 1, 0.3}; }), {}, 3);
        QCOMPARE(reading.shape, CurveShape::Diverging);
        QCOMPARE(reading.remedies[0].path, std::string("training.optimizer.learning_rate"));
        auto history = curves(5, learnedByHeart);
        history.back().loss = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(readCurves(history, {}, 2).shape, CurveShape::Diverging);
    }

    void validationThatStandsStillHasStalled() {
        const auto history = curves(12, [](int i) {
            return Point{1.0 / std::min(i, 5), 0.6 + 0.02 * std::min(i, 5), i < 5 ? 1.0 : i == 5 ? 0.8 : 0.81, 0.7};
        });
        const CurveReading reading = readCurves(history, {}, 2);
        QCOMPARE(reading.shape, CurveShape::Stalled);
        QCOMPARE(reading.since, 5);
        QVERIFY(paths(reading).contains(QStringLiteral("training.reduce_lr_on_plateau")));
        Experiment reduces;
        reduces.training.reduceLrOnPlateau.emplace();
        QVERIFY(!paths(readCurves(history, reduces, 2)).contains(QStringLiteral("training.reduce_lr_on_plateau")));
    }

    void withoutValidationOnlyTrainingIsJudged() {
        QCOMPARE(readCurves(curves(12, learnedByHeart, false), {}, 2).shape, CurveShape::Learning);
    }
};

QTEST_GUILESS_MAIN(CurvesTest)
#include "tst_Curves.moc"
