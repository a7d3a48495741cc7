// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>

#include "Test.h"
#include "search/SearchPlan.h"
#include "search/SearchPresets.h"
#include "search/Strangers.h"

using namespace sightline;

namespace {

Json planJson(const std::string& space) {
    std::string text = "{'version': 1, 'base': {'version': 1, 'data': {'path': 'x'}}, 'space': " + space + "}";
    std::replace(text.begin(), text.end(), '\'', '"');
    return Json::parse(text);
}

std::vector<Problem> problemsOf(const Json& json) {
    std::vector<Problem> found;
    static_cast<void>(searchPlanFromJson(json, {}, found));
    return found;
}

const std::string kAll =
    "{'model.options.filters': {'repeat': {'int': [2, 4]}, 'of': {'int': [32, 256], 'step': 32}},"
    " 'training.optimizer.name': {'choice': ['adam', 'rmsprop']}, 'training.balanced': {'bool': true},"
    " 'training.optimizer.learning_rate': {'float': [0.0001, 0.1], 'log': true},"
    " 'augmentation.zoom_range': {'choice': [[1.0, 1.0], [0.8, 1.2]]}, 'training.epochs': {'int': [1, 8]}}";

} // namespace

/// SEARCH.json as a value.
class SearchSpaceTest : public Test {
    Q_OBJECT

private Q_SLOTS:
    void aPlanIsReadAndWritten() {
        const auto plan = searchPlanFromJson(planJson(kAll), {}, "search.json");
        QVERIFY2(plan, plan ? "" : plan.error().message.c_str());
        QCOMPARE(plan->space.dimensions.size(), std::size_t{6});
        QVERIFY(plan->maximize);
        QCOMPARE(plan->keepBest, 3);
        const auto again = searchPlanFromJson(toJson(*plan), {}, "search.json");
        QVERIFY(again);
        QVERIFY(*again == *plan);
    }

    void badInputIsRefusedByPath_data() {
        QTest::addColumn<QString>("space");
        QTest::addColumn<QString>("path");
        const auto row = [](const char* name, const char* space, const char* path) {
            QTest::newRow(name) << QString::fromLatin1(space) << QString::fromLatin1(path);
        };
        row("no space", "{}", "space");
        row("unknown setting", "{'training.epoch': {'int': [1, 2]}}", "space.training.epoch");
        row("unknown block", "{'trainings.epochs': {'int': [1, 2]}}", "space.trainings.epochs");
        row("unknown option of the network", "{'model.options.filter': {'int': [1, 2]}}", "space.model.options.filter");
        row("wrong type", "{'training.epochs': {'choice': ['many']}}", "space.training.epochs");
        row("impossible value", "{'training.epochs': {'int': [0, 2]}}", "space.training.epochs");
        row("no kind", "{'training.epochs': {}}", "space.training.epochs");
        row("no object", "{'training.epochs': 3}", "space.training.epochs");
        row("two kinds", "{'training.epochs': {'int': [1, 2], 'choice': [1]}}", "space.training.epochs");
        row("unknown key", "{'training.epochs': {'int': [1, 2], 'stop': 1}}", "space.training.epochs.stop");
        row("empty range", "{'training.epochs': {'int': [3, 2]}}", "space.training.epochs.int");
        row("no range", "{'training.epochs': {'int': 3}}", "space.training.epochs.int");
        row("fraction", "{'training.epochs': {'int': [1, 2.5]}}", "space.training.epochs.int");
        row("step of zero", "{'training.epochs': {'int': [1, 3], 'step': 0}}", "space.training.epochs.step");
        row("step beside log", "{'training.epochs': {'int': [1, 3], 'step': 2, 'log': true}}",
            "space.training.epochs.step");
        row("log of zero", "{'training.optimizer.momentum': {'float': [0, 1], 'log': true}}",
            "space.training.optimizer.momentum.float");
        row("no choices", "{'training.epochs': {'choice': []}}", "space.training.epochs.choice");
        row("the same choice twice", "{'training.epochs': {'choice': [1, 2, 1]}}", "space.training.epochs.choice");
        row("a bool that is false", "{'training.balanced': {'bool': false}}", "space.training.balanced.bool");
        row("repeat without of", "{'model.options.dense': {'repeat': {'int': [1, 2]}}}",
            "space.model.options.dense.of");
        row("repeat of floats", "{'model.options.dense': {'repeat': {'float': [1, 2]}, 'of': {'int': [8, 16]}}}",
            "space.model.options.dense.repeat");
        row("a part and the whole",
            "{'training.optimizer': {'choice': [{}]}, 'training.optimizer.name': {'choice': ['adam']}}",
            "space.training.optimizer.name");
    }
    void badInputIsRefusedByPath() {
        QFETCH(const QString, space);
        QFETCH(const QString, path);
        const std::vector<Problem> found = problemsOf(planJson(space.toStdString()));
        QVERIFY2(std::any_of(found.begin(), found.end(),
                             [&](const Problem& problem) { return problem.path == path.toStdString(); }),
                 joined(found).c_str());
    }

    void otherKeysAreRefusedByPath_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::newRow("version") << "version"
                                 << "2";
        QTest::newRow("objective") << "objective"
                                   << "\"val_f1\"";
        QTest::newRow("direction") << "direction"
                                   << "\"up\"";
        QTest::newRow("sampler") << "sampler"
                                 << "\"cmaes\"";
        QTest::newRow("trials") << "trials"
                                << "0";
        QTest::newRow("keep_best") << "keep_best"
                                   << "0";
        QTest::newRow("backend") << "backend"
                                 << "\"cloud\"";
        QTest::newRow("base") << "base"
                              << "\"nowhere.json\"";
        QTest::newRow("trails") << "trails"
                                << "3";
    }
    void otherKeysAreRefusedByPath() {
        QFETCH(const QString, key);
        QFETCH(const QString, value);
        Json json = planJson("{'training.epochs': {'int': [1, 2]}}");
        QVERIFY2(problemsOf(json).empty(), joined(problemsOf(json)).c_str());
        json[key.toStdString()] = Json::parse(value.toStdString());
        const std::vector<Problem> found = problemsOf(json);
        QVERIFY(!found.empty());
        QCOMPARE(QString::fromStdString(found.front().path), key);
    }

    void aPointIsAnExperiment() {
        const auto plan = searchPlanFromJson(planJson(kAll), {}, "search.json");
        QVERIFY(plan);
        const Point point{{"model.options.filters.length", 2},
                          {"model.options.filters.0", 64},
                          {"model.options.filters.1", 32},
                          {"training.optimizer.name", 1},
                          {"training.balanced", 1},
                          {"training.optimizer.learning_rate", 0.01},
                          {"augmentation.zoom_range", 1},
                          {"training.epochs", 3}};
        std::vector<Problem> found;
        const Experiment experiment = experimentAt(*plan, point, found);
        QVERIFY2(found.empty(), joined(found).c_str());
        QCOMPARE(experiment.training.optimizer.name, OptimizerSettings::Name::RmsProp);
        QCOMPARE(experiment.training.optimizer.learningRate, 0.01);
        QVERIFY(experiment.training.balanced);
        QCOMPARE(experiment.training.epochs, 3);
        QVERIFY(experiment.model.options["filters"] == Json({64, 32}));
        QVERIFY(toJson(experiment)["augmentation"]["zoom_range"] == Json({0.8, 1.2}));
    }

    void valuesThatNoTrialCanHaveAreRefused_data() {
        QTest::addColumn<QString>("space");
        QTest::addColumn<QString>("mention");
        QTest::newRow("a choice") << "{'training.optimizer.name': {'choice': ['adam', 'foo']}}"
                                  << "cannot be \"foo\"";
        QTest::newRow("the low end") << "{'training.optimizer.learning_rate': {'float': [-0.3, 0.1]}}"
                                     << "training.optimizer.learning_rate";
        QTest::newRow("the high end") << "{'data.validation_split': {'float': [0.1, 1.5]}}"
                                      << "cannot be 1.5";
        QTest::newRow("an option's choice") << "{'model.options.filters': {'choice': [[32], [0, 32]]}}"
                                            << "space.model.options.filters: cannot be [0,32]: it must be a list";
        QTest::newRow("an option's range") << "{'model.options.dropout': {'float': [0.1, 1.5]}}"
                                           << "space.model.options.dropout: cannot be 1.5";
        QTest::newRow("a list of an option that is none")
            << "{'model.options.dropout': {'repeat': {'int': [1, 2]}, 'of': {'int': [0, 1]}}}"
            << "space.model.options.dropout: must be a number";
        QTest::newRow("options together") << "{'model.options': {'choice': [{}, {'filtres': [8]}]}}"
                                          << "model.options.filtres is not an option of toy_cnn";
        QTest::newRow("a network") << "{'model.name': {'choice': ['toy_cnn', 'toy']}}"
                                   << "there is no network 'toy'";
        QTest::newRow("a network without the option")
            << "{'model.name': {'choice': ['toy_cnn', 'resnet18']}, 'model.options.dense': {'choice': [[8], [16]]}}"
            << "space.model.name: cannot be \"resnet18\": model.options.dense is not an option of resnet18";
        QTest::newRow("the wrong kind") << "{'training.balanced': {'choice': [true, 'yes']}}"
                                        << "cannot be \"yes\"";
    }
    void valuesThatNoTrialCanHaveAreRefused() {
        QFETCH(const QString, space);
        QFETCH(const QString, mention);
        const std::vector<Problem> found = problemsOf(planJson(space.toStdString()));
        QCOMPARE(found.size(), std::size_t{1});
        QVERIFY2(joined(found).find(mention.toStdString()) != std::string::npos, joined(found).c_str());
    }

    /// Of every kind, each once.
    void allFaultsAreSaidAtOnce() {
        Json json = planJson("{'training.epochs': {'int': [8, 1]}, 'training.epoch': {'int': [1, 2]},"
                             " 'model.options.filters': {'repeat': {'int': [1000000000000, 2000000000000]},"
                             " 'of': {'int': [8, 16]}}}");
        json["base"]["seed"] = "one";
        json["objective"] = "speed";
        json["trails"] = 5;
        const auto refused = searchPlanFromJson(json, {}, "search.json");
        QVERIFY(!refused);
        const QString words = QString::fromStdString(refused.error().message);
        for (const char* part : {"space.training.epochs.int: is empty", "space.training.epoch: is not a setting",
                                 "space.model.options.filters.repeat: must be",
                                 "base.seed: ", "objective: must be loss", "trails: is not a setting"}) {
            const QString wanted = QString::fromLatin1(part);
            QVERIFY2(words.count(wanted) == 1, qPrintable(wanted + QStringLiteral(" once in: ") + words));
        }
        QCOMPARE(words.count(QStringLiteral("space.")), 3);
    }

    void aBaseWithAnImpossibleNetworkIsRefused() {
        Json json = planJson("{'training.epochs': {'int': [1, 2]}}");
        json["base"]["model"] = {{"name", "toy_cnn"}, {"options", {{"filtres", {8}}}}};
        QCOMPARE(problemsOf(json).size(), std::size_t{1});
        QCOMPARE(problemsOf(json)[0].path, std::string("base.model.options.filtres"));
        json["space"] = {{"model.options.filtres", {{"choice", {{8}, {16}}}}}};
        QCOMPARE(problemsOf(json).size(), std::size_t{1});
        QCOMPARE(problemsOf(json)[0].path, std::string("space.model.options.filtres"));
    }

    void numbersThatTheSpaceDoesNotAllowAreDropped() {
        const auto plan = searchPlanFromJson(planJson(kAll), {}, "search.json");
        QVERIFY(plan);
        Point point{{"model.options.filters.length", 1e9},
                    {"model.options.filters.0", 64},
                    {"training.optimizer.name", 7},
                    {"training.balanced", 0.5},
                    {"training.optimizer.learning_rate", 0.01},
                    {"training.epochs", std::nan("")},
                    {"made.up", 1}};
        const std::vector<std::string> dropped = dropStrangers(plan->space, point);
        QCOMPARE(dropped.size(), std::size_t{5});
        QVERIFY((point == Point{{"model.options.filters.0", 64}, {"training.optimizer.learning_rate", 0.01}}));
        QCOMPARE(settingsOf(plan->space, point).size(), std::size_t{1});
    }

    void stepsEndWithinTheRange() {
        const auto plan = searchPlanFromJson(planJson("{'training.epochs': {'int': [1, 8], 'step': 3}}"), {}, "x");
        QVERIFY(plan);
        QCOMPARE(plan->space.dimensions[0].each.high, 7.0);
        QCOMPARE(plan->space.dimensions[0].each.count(), std::size_t{3});
    }

    void distributionsAreOptunas() {
        const auto plan = searchPlanFromJson(planJson(kAll), {}, "x");
        QVERIFY(plan);
        const auto text = [&](const char* name) { return Json::parse(optunaText(*distributionOf(plan->space, name))); };
        QVERIFY(text("model.options.filters.length")["attributes"] ==
                Json::parse(R"({"log": false, "step": 1, "low": 2, "high": 4})"));
        QCOMPARE(text("model.options.filters.3")["name"].get<std::string>(), std::string("IntDistribution"));
        QVERIFY(!distributionOf(plan->space, "model.options.filters.4"));
        QVERIFY(text("training.optimizer.learning_rate") == Json::parse(R"({"name": "FloatDistribution",
                               "attributes": {"log": true, "step": null, "low": 0.0001, "high": 0.1}})"));
        QVERIFY(text("training.balanced")["attributes"]["choices"] == Json({false, true}));
        QVERIFY(text("augmentation.zoom_range")["attributes"]["choices"] == Json({"[1.0,1.0]", "[0.8,1.2]"}));
    }

    void searchesThatComeWithTheProgramArePossible() {
        QVERIFY(searchPresets().size() >= 2);
        for (const SearchPreset& preset : searchPresets()) {
            const auto plan = searchPlanFromJson(Json::parse(preset.json), {}, preset.name);
            QVERIFY2(plan, plan ? "" : plan.error().message.c_str());
        }
    }

    void theTunersSearchIsTheTextsOwn() {
        const auto plan =
            searchPlanFromJson(Json::parse(findSearchPreset("toy-robot-tuner")->json), {}, "toy-robot-tuner");
        QVERIFY(plan);
        QCOMPARE(plan->trials, 30);
        QCOMPARE(plan->executionsPerTrial, 2);
        QCOMPARE(plan->base.training.epochs, 40);
        QVERIFY(gridSize(plan->space) == std::nullopt); // (64 + 512 + 4096) x (8 + ... + 4096) x 2 x 2
        const Distribution& filters = plan->space.dimensions[0].each;
        QCOMPARE(filters.count(), std::size_t{8});
        QCOMPARE(filters.valueAt(7), 256.0);
    }
};

QTEST_APPLESS_MAIN(SearchSpaceTest)
#include "tst_SearchSpace.moc"
