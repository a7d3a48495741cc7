// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>

#include "Test.h"
#include "experiment/Experiment.h"
#include "experiment/PresetTables.h"
#include "experiment/Presets.h"

using namespace sightline;

namespace {

std::vector<Problem> problemsOf(const Json& json) {
    std::vector<Problem> found;
    const Experiment experiment = experimentFromJson(json, found);
    Q_UNUSED(experiment);
    return found;
}

bool names(const std::vector<Problem>& found, const std::string& path) {
    return std::any_of(found.begin(), found.end(), [&](const Problem& problem) { return problem.path == path; });
}

} // namespace

class ExperimentTest : public Test {
    Q_OBJECT
private Q_SLOTS:
    void allProblemsAreReportedAtOnceWithTheirPaths();
    void defaultsSurviveJson();
    void tablesPatternsAndGroupsAreSettings();
    void splitWordsAreSettings();
    void pixelsAreSettings();
    void oneKeyTakesThePlaceOfAnotherThatSaysTheSame();
    void everyPresetLoadsAndSurvivesJson();
    void theTableOfTheToyTextHasItsNineModels();
};

void ExperimentTest::allProblemsAreReportedAtOnceWithTheirPaths() {
    const auto found = problemsOf(Json::parse(
        R"({"version":1,"colour":1,"data":{"image_size":"big"},"training":{"epochs":0,"cache_features":true,"optimizer":{"learning_rate":-1}}})"));
    for (const char* path : {"colour", "data.image_size", "training.epochs", "training.cache_features",
                             "training.optimizer.learning_rate"})
        QVERIFY2(names(found, path), (std::string(path) + " is not among " + joined(found)).c_str());
    QCOMPARE(found.size(), std::size_t{5});
}

void ExperimentTest::defaultsSurviveJson() {
    const Experiment experiment;
    const Result<Experiment> again = experimentFromJson(toJson(experiment));
    QVERIFY2(again.ok(), again ? "" : again.error().message.c_str());
    QVERIFY(*again == experiment);
}

void ExperimentTest::pixelsAreSettings() {
    std::vector<Problem> found;
    const Experiment read = experimentFromJson(
        Json::parse(R"({"version":1,"data":{"path":"x","color_mode":"grayscale","channels":[3,0],"depth":[0,4095],
            "page":2,"background":[255,254,253],"keep_aspect_ratio":true,"fit":"pad","pad":"mirror"},
            "training":{"balanced":true,"loader_threads":3}})"),
        found);
    QVERIFY2(found.empty(), joined(found).c_str());
    QCOMPARE(read.data.pixels.channels, ChannelSettings::of({3, 0}));
    QCOMPARE(read.data.channels(), 2);
    QCOMPARE(read.data.pixels.depth, DepthSettings::range(0, 4095));
    QCOMPARE(read.data.pixels.page, 2);
    QCOMPARE(read.data.pixels.background, (BackgroundSettings{false, {255, 254, 253}}));
    QVERIFY(read.data.fit == Fit::Pad && read.data.pad.mirror);
    QVERIFY(read.training.balanced);
    QCOMPARE(read.training.loaderThreads, 3);
    QVERIFY(experimentFromJson(toJson(read)).value() == read);
    // What older versions know is written as they know it.
    Experiment plain;
    plain.data.pixels.channels = ChannelSettings::grey();
    plain.data.fit = Fit::Crop;
    const Json written = toJson(plain).at("data");
    QCOMPARE(written.at("color_mode"), Json("grayscale"));
    QCOMPARE(written.at("keep_aspect_ratio"), Json(true));
    for (const char* key : {"channels", "depth", "page", "background", "fit", "pad"})
        QVERIFY2(!written.contains(key), key);
    found.clear();
    experimentFromJson(
        Json::parse(R"({"version":1,"data":{"channels":[-1],"depth":[5,5],"background":"white","pad":[1,2]}})"), found);
    for (const char* path : {"data.channels", "data.depth", "data.background", "data.pad"})
        QVERIFY2(names(found, path), (std::string(path) + " is not among " + joined(found)).c_str());
}

void ExperimentTest::oneKeyTakesThePlaceOfAnotherThatSaysTheSame() {
    Json document = toJson(Experiment());
    QVERIFY(setSetting(document, "data.channels", "[0, 1, 2, 3]").ok());
    QVERIFY(!document["data"].contains("color_mode"));
    QVERIFY(setSetting(document, "data.color_mode", "grayscale").ok());
    QVERIFY(!document["data"].contains("channels"));
    QVERIFY(setSetting(document, "data.fit", "pad").ok());
    QVERIFY(!document["data"].contains("keep_aspect_ratio"));
    QVERIFY(setSetting(document, "data.keep_aspect_ratio", "true").ok());
    QVERIFY(!document["data"].contains("fit"));
}

void ExperimentTest::tablesPatternsAndGroupsAreSettings() {
    const auto read = experimentFromJson(Json::parse(
        R"json({"version":1,"data":{"path":"x","table":{"path_column":"file","label_column":3,"header":false},"pattern":"(?P<class>[a-z]+)_","group":{"pattern":"(p\\d+)"}}})json"));
    QVERIFY2(read.ok(), read ? "" : read.error().message.c_str());
    QCOMPARE(read->data.table.pathColumn, std::string("file"));
    QCOMPARE(read->data.table.labelColumn, std::string("3"));
    QVERIFY(read->data.table.header == TableSettings::Header::No);
    QCOMPARE(read->data.group.pattern, std::string("(p\\d+)"));
    const auto again = experimentFromJson(toJson(*read));
    QVERIFY(again.ok() && *again == *read);
    const auto found = problemsOf(Json::parse(
        R"({"version":1,"data":{"pattern":"(","table":{"colour":1},"group":{"pattern":"a","column":"b"}}})"));
    for (const char* path : {"data.pattern", "data.table.colour", "data.group"})
        QVERIFY2(names(found, path), joined(found).c_str());
}

void ExperimentTest::splitWordsAreSettings() {
    const auto read = experimentFromJson(Json::parse(
        R"({"version":1,"data":{"path":"x","split_words":{"train":["Lernen"],"val":["eval","dev"]},"table":{"merge_alike_labels":true}}})"));
    QVERIFY2(read.ok(), read ? "" : read.error().message.c_str());
    QCOMPARE(read->data.splitWords.train, std::vector<std::string>{"Lernen"});
    QCOMPARE(read->data.splitWords.validation, (std::vector<std::string>{"eval", "dev"}));
    QVERIFY(read->data.table.mergeAlikeLabels);
    const auto again = experimentFromJson(toJson(*read));
    QVERIFY(again.ok() && *again == *read);
    const auto found = problemsOf(Json::parse(
        R"({"version":1,"data":{"split_words":{"train":["a"," "],"val":["A "],"test":5,"dev":[]},"table":{"merge_alike_labels":1}}})"));
    for (const char* path : {"data.split_words.test", "data.split_words.dev", "data.table.merge_alike_labels"})
        QVERIFY2(names(found, path), joined(found).c_str());
    const auto clash =
        problemsOf(Json::parse(R"({"version":1,"data":{"split_words":{"train":["a"," "],"val":["A "]}}})"));
    QVERIFY2(names(clash, "data.split_words.val") && names(clash, "data.split_words.train"), joined(clash).c_str());
}

void ExperimentTest::everyPresetLoadsAndSurvivesJson() {
    QVERIFY(presets().size() >= 10);
    for (const Preset& preset : presets()) {
        const Result<Json> json = parseJson(preset.json, preset.name);
        QVERIFY2(json.ok(), preset.name.c_str());
        QVERIFY2(preset.about.size() > 20 && preset.about.ends_with('.'), preset.name.c_str());
        const Result<Experiment> experiment = experimentFromJson(*json);
        QVERIFY2(experiment.ok(), experiment ? "" : (preset.name + ": " + experiment.error().message).c_str());
        const Result<Experiment> again = experimentFromJson(toJson(*experiment));
        QVERIFY2(again.ok() && *again == *experiment, preset.name.c_str());
    }
}

void ExperimentTest::theTableOfTheToyTextHasItsNineModels() {
    const PresetTable* table = findPresetTable("toys");
    QVERIFY(table && !findPresetTable("toy"));
    QCOMPARE(table->rows.size(), std::size_t{9});
    std::vector<std::string> networks;
    for (const PresetTable::Row& row : table->rows) {
        const Result<Experiment> experiment = presetExperiment(row.preset);
        QVERIFY2(experiment.ok(), row.preset.c_str());
        networks.push_back(experiment->model.name + " " + experiment->model.options.value("filters", Json()).dump());
        QCOMPARE(experiment->training.reduceLrOnPlateau.has_value(), row.changes == "Adjust Learning Rate");
    }
    QCOMPARE(networks[0], std::string("toy_cnn null")); // two with 32 filters
    QCOMPARE(networks[4], std::string("toy_cnn [32,32,64]"));
    QCOMPARE(networks[5], std::string("toy_cnn [16,32,64]"));
    QCOMPARE(networks[6], std::string("toy_cnn [32,64,64]"));
    QCOMPARE(networks[7], std::string("toy_cnn [32,32,32,64]"));
    QCOMPARE(networks[8], std::string("mobilenet_v2 null"));
    QCOMPARE(table->rows[8].changes, std::string("Use MobilenetV2 base model"));
    QVERIFY(!presetExperiment("toy").ok());
}

QTEST_APPLESS_MAIN(ExperimentTest)
#include "tst_Experiment.moc"
