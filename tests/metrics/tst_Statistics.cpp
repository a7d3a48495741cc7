// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <cmath>

#include "Test.h"
#include "metrics/Bootstrap.h"
#include "metrics/Comparison.h"
#include "metrics/Evaluation.h"

using namespace sightline;

namespace {

Json golden() {
    const Result<Json> json = readJsonFile(std::string(SIGHTLINE_GOLDEN_DIR) + "/metrics.json");
    return json ? *json : Json::object();
}

Prediction predictionOf(int truth, const std::vector<double>& weights) {
    double sum = 0;
    for (const double weight : weights)
        sum += weight;
    Prediction prediction;
    prediction.path = "image";
    prediction.truth = truth;
    for (const double weight : weights)
        prediction.probabilities.push_back(static_cast<float>(weight / sum));
    const auto& p = prediction.probabilities;
    prediction.predicted = static_cast<int>(std::max_element(p.begin(), p.end()) - p.begin());
    prediction.confidence = static_cast<double>(p[static_cast<std::size_t>(prediction.predicted)]);
    return prediction;
}

/// The weights that tests/parity/metrics_golden.py has for many classes.
Prediction predictionByFormula(std::int64_t image, std::int64_t classes) {
    const std::int64_t truth = image * 37 % classes;
    std::vector<double> weights;
    for (std::int64_t j = 0; j < classes; ++j) {
        const std::int64_t weight = (image * 7919 + j * 104729 + image * j % 97 * 31) % 251 + 1;
        weights.push_back(static_cast<double>(weight + (j == truth && image % 3 != 0 ? 400 : 0)));
    }
    return predictionOf(static_cast<int>(truth), weights);
}

Evaluation evaluationOf(const Json& golden) {
    Evaluation evaluation;
    evaluation.split = "test";
    std::int64_t classes = 0;
    if (golden.contains("weights")) {
        const auto truth = golden["truth"].get<std::vector<int>>();
        const auto weights = golden["weights"].get<std::vector<std::vector<double>>>();
        for (std::size_t i = 0; i < truth.size(); ++i)
            evaluation.predictions.push_back(predictionOf(truth[i], weights[i]));
        classes = static_cast<std::int64_t>(weights.front().size());
    } else {
        classes = golden["classes"].get<std::int64_t>();
        for (std::int64_t i = 0; i < golden["images"].get<std::int64_t>(); ++i)
            evaluation.predictions.push_back(predictionByFormula(i, classes));
    }
    for (std::int64_t i = 0; i < classes; ++i)
        evaluation.classes.push_back(std::to_string(i));
    summarize(evaluation, 1, fittedTemperature(evaluation.predictions));
    return evaluation;
}

/// Where `found` differs from `wanted` in what `wanted` has; empty: nowhere.
QString differenceOf(const Json& found, const Json& wanted, const QString& path = {}) {
    const QString here = path + QStringLiteral(": ") + QString::fromStdString(found.dump()) + QStringLiteral(", not ") +
                         QString::fromStdString(wanted.dump());
    if (wanted.is_structured()) {
        if (found.type() != wanted.type() || (wanted.is_array() && found.size() != wanted.size()))
            return here;
        for (const auto& [key, value] : wanted.items()) {
            const Json& one =
                wanted.is_array() ? found[static_cast<std::size_t>(std::stoul(key))] : found.value(key, Json("absent"));
            if (QString inside = differenceOf(one, value, path + QLatin1Char('/') + QString::fromStdString(key));
                !inside.isEmpty())
                return inside;
        }
        return {};
    }
    if (!wanted.is_number())
        return found == wanted ? QString() : here;
    const bool isDrawn = path.contains(QStringLiteral("macro_f1"));
    const bool isFitted = path.contains(QStringLiteral("temperature"));
    const double tolerance = isDrawn ? 0.03 : isFitted ? 1e-7 : 1e-9;
    return found.is_number() && std::abs(found.get<double>() - wanted.get<double>()) <= tolerance ? QString() : here;
}

ConfusionMatrix matrixOf(const std::vector<std::vector<int>>& rows) {
    ConfusionMatrix matrix(static_cast<int>(rows.size()));
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t j = 0; j < rows.size(); ++j)
            matrix.add(static_cast<int>(i), static_cast<int>(j), rows[i][j]);
    return matrix;
}

Evaluation judged(const std::vector<std::string>& classes,
                  const std::vector<std::tuple<const char*, int, int>>& images) {
    Evaluation evaluation;
    evaluation.classes = classes;
    for (const auto& [path, truth, predicted] : images) {
        Prediction one;
        one.path = path;
        one.truth = truth;
        one.predicted = predicted;
        evaluation.predictions.push_back(one);
    }
    return evaluation;
}

} // namespace

class StatisticsTest : public Test {
    Q_OBJECT
private Q_SLOTS:
    void figuresAreScikitLearns_data() {
        QTest::addColumn<int>("index");
        const Json cases = golden().value("cases", Json::array());
        for (std::size_t i = 0; i < cases.size(); ++i)
            QTest::newRow(cases[i]["name"].get<std::string>().c_str()) << static_cast<int>(i);
        QVERIFY(!cases.empty());
    }

    void figuresAreScikitLearns() {
        QFETCH(int, index);
        const Json one = golden()["cases"][static_cast<std::size_t>(index)];
        const Json found = toJson(evaluationOf(one));
        const QString difference = differenceOf(found, one["expected"]);
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
        QCOMPARE(found["top_k_accuracy"][0], found["accuracy"]);
    }

    void withoutImagesNothingIsDefined() {
        Evaluation evaluation;
        evaluation.classes = {"a", "b"};
        summarize(evaluation);
        const Json json = toJson(evaluation);
        for (const char* key : {"balanced_accuracy", "cohen_kappa", "mcc", "brier", "nll"})
            QVERIFY2(json[key].is_null(), key);
        QVERIFY(json["macro"]["f1"].is_null() && json["interval"]["accuracy"].is_null());
        QVERIFY(json["interval"]["macro_f1"].is_null() && json["calibration"]["ece"].is_null());
        QVERIFY(json["per_class"][0]["mean_confidence"].is_null());
    }

    void aBrokenNetworkHasNoCurves() {
        Evaluation evaluation;
        evaluation.classes = {"a", "b"};
        for (int truth : {0, 1}) {
            Prediction one = predictionOf(truth, {1, 1});
            one.probabilities = {NAN, NAN};
            one.confidence = one.loss = NAN;
            evaluation.predictions.push_back(one);
        }
        summarize(evaluation, 0, fittedTemperature(evaluation.predictions));
        QVERIFY(!evaluation.perClass[0].rocAuc && !evaluation.calibration.ece && !evaluation.calibration.temperature);
        QCOMPARE(evaluation.topK.front(), 0.0);
    }

    void binsHaveTheirUpperEdge() {
        std::vector<Prediction> predictions;
        for (const double top : {0.6, 0.8}) { // 9/15 and 12/15
            predictions.push_back(predictionOf(0, {top, 1 - top}));
            predictions.back().confidence = top;
        }
        const auto bins = calibrationOf(predictions, {}).bins;
        QCOMPARE(bins[8].images, std::size_t{1});
        QCOMPARE(bins[11].images, std::size_t{1});
    }

    void pairsAreTheMostFrequentFirst() {
        const auto pairs = mostConfusedPairs(matrixOf({{5, 2, 0}, {2, 0, 1}, {0, 3, 9}}), 3);
        QCOMPARE(pairs.size(), std::size_t{3});
        QCOMPARE(std::pair(pairs[0].truth, pairs[0].predicted), std::pair(2, 1));
        QCOMPARE(std::pair(pairs[1].truth, pairs[1].predicted), std::pair(1, 0)); // two of three, not of seven
        QCOMPARE(pairs[1].share, 2.0 / 3);
    }

    void theDocumentHasEveryConfusedPair() {
        constexpr int kClasses = 6;
        Evaluation evaluation;
        for (int truth = 0; truth < kClasses; ++truth) {
            evaluation.classes.push_back(std::to_string(truth));
            for (int predicted = 0; predicted < kClasses; ++predicted) {
                std::vector<double> weights(kClasses, 1);
                weights[static_cast<std::size_t>(predicted)] = 2;
                evaluation.predictions.push_back(predictionOf(truth, weights));
            }
        }
        summarize(evaluation);
        QCOMPARE(toJson(evaluation)["most_confused"].size(), std::size_t{kClasses * (kClasses - 1)});
    }

    void theBootstrapFollowsTheSeed() {
        const ConfusionMatrix matrix = matrixOf({{50, 9, 1}, {4, 30, 6}, {2, 2, 41}});
        const auto one = macroF1Interval(matrix, 7), same = macroF1Interval(matrix, 7),
                   other = macroF1Interval(matrix, 8);
        QCOMPARE(one->low, same->low);
        QCOMPARE(one->high, same->high);
        QVERIFY(one->low != other->low);
        const double f1 = *macroAverages(classCounts(matrix)).f1;
        QVERIFY(one->low < f1 && f1 < one->high);
    }

    void binomialDrawsHaveTheirMeanAndVariance_data() {
        QTest::addColumn<int>("trials");
        QTest::addColumn<double>("probability");
        QTest::newRow("few expected") << 40 << 0.1;
        QTest::newRow("many") << 400 << 0.3;
        QTest::newRow("more than half") << 1000 << 0.9;
        QTest::newRow("very many") << 100000 << 0.01;
    }

    void binomialDrawsHaveTheirMeanAndVariance() {
        QFETCH(int, trials);
        QFETCH(double, probability);
        constexpr int kDraws = 40000;
        const BinomialDraws binomial(trials);
        CounterRandom random(5, RandomPurpose::Test);
        double sum = 0, square = 0;
        const double mean = trials * probability, variance = mean * (1 - probability);
        for (int i = 0; i < kDraws; ++i) {
            const auto drawn = static_cast<double>(binomial.draw(random, trials, probability)) - mean;
            sum += drawn;
            square += drawn * drawn;
        }
        QVERIFY(std::abs(sum / kDraws) < 4 * std::sqrt(variance / kDraws));
        QVERIFY(std::abs(square / kDraws / variance - 1) < 4 * std::sqrt(2.0 / kDraws) + 1 / variance);
    }

    void mcNemarIsTheExactTest() {
        const Json golden = ::golden();
        for (const Json& one : golden["mcnemar"]) {
            const double p = mcNemar(one["first"].get<int>(), one["second"].get<int>());
            QVERIFY2(std::abs(p - one["p"].get<double>()) < 1e-9, one.dump().c_str());
        }
    }

    void networksAreComparedOnTheImagesBothKnow() {
        const Evaluation first = judged({"a", "b"}, {{"1", 0, 0}, {"2", 0, 1}, {"3", 1, 1}, {"4", 1, 0}, {"5", 0, 0}});
        const Evaluation second = judged({"b", "a"}, {{"4", 0, 1}, {"3", 0, 1}, {"2", 1, 1}, {"1", 1, 1}, {"5", 0, 0}});
        const Comparison both = compared(first, second);
        QCOMPARE(both.bothRight.size(), std::size_t{1});
        QCOMPARE(both.bothWrong.size(), std::size_t{1});
        QCOMPARE(both.onlyFirst.size(), std::size_t{1});
        QCOMPARE(both.onlyFirst[0].first, std::size_t{2});
        QCOMPARE(both.onlyFirst[0].second, std::size_t{1});
        QCOMPARE(both.onlySecond.size(), std::size_t{1});
        QCOMPARE(both.leftOut, std::size_t{2}); // "5" is a for one and b for the other
        QCOMPARE(both.p, 1.0);
    }

    void imagesOfOneNameWithOtherContentsAreNotCompared() {
        const Evaluation first = judged({"a", "b"}, {{"1", 0, 0}, {"2", 0, 1}, {"3", 1, 1}});
        const Evaluation second = judged({"a", "b"}, {{"1", 0, 1}, {"2", 0, 0}, {"4", 1, 1}});
        const Comparison both = compared(first, second, {"1", "4"});
        QCOMPARE(both.otherContents, std::size_t{1}); // the first does not have "4"
        QCOMPARE(both.leftOut, std::size_t{2});
        QVERIFY(both.onlyFirst.empty());
        QCOMPARE(both.onlySecond.size(), std::size_t{1});
        QCOMPARE(both.onlySecond[0].first, std::size_t{1});
    }

    void classesThatBothKnowAreComparedByName() {
        Evaluation first, second;
        for (const char* name : {"a", "b", "c"})
            first.perClass.emplace_back().name = name;
        for (const char* name : {"c", "d", "a"})
            second.perClass.emplace_back().name = name;
        first.perClass[2].recall = 0.5;
        second.perClass[0].recall = 0.75;
        const auto both = comparedClasses(first, second);
        QCOMPARE(both.size(), std::size_t{2});
        QCOMPARE(both[1].first.name, std::string("c"));
        QCOMPARE(both[1].first.recall, 0.5);
        QCOMPARE(both[1].second.recall, 0.75);
    }
};

QTEST_APPLESS_MAIN(StatisticsTest)
#include "tst_Statistics.moc"
