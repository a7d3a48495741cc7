// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "zoo/ClassRows.h"
#include "zoo/Zoo.h"

using namespace sightline;

namespace {
using Rows = std::vector<std::optional<std::size_t>>;

GraphSpec network(const char* name, int classes) {
    return *buildFromZoo(name, {64, 64, 3, classes, Json::object()});
}
std::vector<TensorSpec> tensorsIn(const GraphSpec& spec) {
    return tensorsOf(spec, *shapes(spec));
}

/// Names of the tensors that hold a row for each class, where a file for `trained` meets a network for `wanted`.
QStringList held(const char* name, int trained, int wanted, WeightMatch& match) {
    const GraphSpec spec = network(name, wanted);
    const std::vector<TensorSpec> tensors = tensorsIn(spec), file = tensorsIn(network(name, trained));
    match = matchWeights(spec, tensors, file);
    ClassRows rows{static_cast<std::size_t>(trained), Rows(static_cast<std::size_t>(wanted))};
    const std::vector<bool> holds = holdsClassRows(spec, tensors, file, rows, match);
    QStringList names;
    for (std::size_t i = 0; i < tensors.size(); ++i)
        if (holds[i])
            names << QString::fromStdString(tensors[i].name);
    return names;
}
} // namespace

/// Classes that a network knows already keep their rows.
class ClassRowsTest : public sightline::Test {
    Q_OBJECT

private Q_SLOTS:
    void classesAreFoundByName() {
        const ClassRows rows = classRows({"cat", "dog", "hen"}, {"ant", "hen", "cat"});
        QVERIFY(rows.of == (Rows{std::nullopt, 2, 0}));
        QVERIFY(rows.keepsAny());
        QVERIFY(!rows.isSame());
        QVERIFY(!classRows({"cat"}, {"Cat"}).keepsAny());
        QVERIFY(classRows({"cat", "dog"}, {"cat", "dog"}).isSame());
        QVERIFY(!classRows({"cat", "dog"}, {"cat"}).isSame());
        QVERIFY(!classRows({"cat", "dog"}, {"dog", "cat"}).isSame());
        QVERIFY(classRows({"caf\u00e9"}, {"cafe\u0301"}).isSame()); // composed and not
    }

    void knownRowsAreCopied() {
        std::vector<float> values{1, 2, 3, 4, 5, 6};
        keepRows(values, {10, 20, 30, 40}, classRows({"cat", "dog"}, {"dog", "hen", "cat"}));
        QCOMPARE(values, (std::vector<float>{30, 40, 3, 4, 10, 20}));
    }

    void onlyWhatMakesTheScoresHasRows() {
        WeightMatch match;
        QCOMPARE(held("resnet18", 3, 5, match), (QStringList{"fc.weight", "fc.bias"}));
        QVERIFY(match.isComplete());
        QCOMPARE(held("toy_cnn", 3, 3, match).size(), 2); // as many classes, but others
        QCOMPARE(held("squeezenet1_1", 3, 4, match), (QStringList{"classifier.1.weight", "classifier.1.bias"}));
        QCOMPARE(held("inception_v1", 3, 4, match).size(), 6); // the auxiliary classifiers, too
        QVERIFY(match.isComplete());
    }

    void aFileOfAnotherSizeThanItsClassesIsLeftAlone() {
        const GraphSpec spec = network("resnet18", 4);
        const std::vector<TensorSpec> tensors = tensorsIn(spec), file = tensorsIn(network("resnet18", 7));
        WeightMatch match = matchWeights(spec, tensors, file);
        const std::vector<bool> holds = holdsClassRows(spec, tensors, file, ClassRows{3, Rows(4)}, match);
        QCOMPARE(std::count(holds.begin(), holds.end(), true), 0);
        QCOMPARE(match.misfits.size(), std::size_t{2});
    }
};

QTEST_APPLESS_MAIN(ClassRowsTest)
#include "tst_ClassRows.moc"
