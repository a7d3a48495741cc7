// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "engine/TrainEvents.h"
#include "experiment/PresetTables.h"
#include "report/GroupTable.h"
#include "store/FoldGroup.h"
#include "store/GroupFolder.h"
#include "store/RunStore.h"
#include "store/TableGroup.h"
#include "support/Files.h"

using namespace sightline;

/// Groups of runs as files and as the tables that people copy into their texts.
class GroupTableTest : public FreshFolderTest {
    Q_OBJECT

    static constexpr const char* kId = "20260131-142530-ab12";

    static Experiment named(const std::string& name) {
        Experiment experiment;
        experiment.name = name;
        return experiment;
    }
    static TableGroup someTable() {
        TableGroup group{kId, "three models", {}};
        group.rows.push_back({"Baseline", named("one"), "20260131-142531-0001", .733, .747, {}});
        group.rows.push_back({"Add \"Dropout\" | 0.5, twice", named("two"), "20260131-142532-0002", .5, {}, {}});
        group.rows.push_back({"Use a base", named("three"), {}, {}, {}, "Its weights are missing."});
        return group;
    }
    GroupTable stored(const TableGroup& group) const {
        return writeTableGroup(root(), group) ? readGroupTable(root(), group.id).value() : GroupTable();
    }

private Q_SLOTS:
    void aTableIsReadAsItWasWritten() {
        const TableGroup group = someTable();
        QVERIFY(writeTableGroup(root(), group).ok());
        QVERIFY(kindOfGroup(root(), kId) == RunGroup::Kind::Table);
        const auto read = readTableGroup(root(), kId);
        QVERIFY2(read.ok(), read ? "" : read.error().message.c_str());
        QCOMPARE(read->name, group.name);
        QCOMPARE(read->rows.size(), group.rows.size());
        for (std::size_t i = 0; i < group.rows.size(); ++i) {
            QVERIFY(read->rows[i].experiment == group.rows[i].experiment);
            QCOMPARE(read->rows[i].changes, group.rows[i].changes);
            QCOMPARE(read->rows[i].run, group.rows[i].run);
            QVERIFY(read->rows[i].valAccuracy == group.rows[i].valAccuracy);
            QVERIFY(read->rows[i].testAccuracy == group.rows[i].testAccuracy);
            QCOMPARE(read->rows[i].failure, group.rows[i].failure);
        }
        QCOMPARE(read->memberOf(1).member, std::string("model 2 of 3"));
    }

    void aTableOfPresetsSaysWhatTrainsItAgain() {
        const PresetTable& presets = *findPresetTable("toys");
        TableGroup group{kId, presets.title, {}};
        for (const PresetTable::Row& row : presets.rows) {
            Experiment experiment = presetExperiment(row.preset).value();
            experiment.data.path = "/my toys";
            experiment.training.epochs = 3;
            group.rows.push_back({row.changes, std::move(experiment)});
        }
        QCOMPARE(trainedAgainBy(group),
                 std::string("train --preset-table toys --set 'data.path=/my toys' --set training.epochs=3"));
        group.rows.back().experiment.training.epochs = 4;
        QCOMPARE(trainedAgainBy(group), std::string());
        QCOMPARE(trainedAgainBy(someTable()), std::string());
    }

    void markdownHasTheColumnsOfTheText() {
        QCOMPARE(groupMarkdown(stored(someTable())),
                 std::string("| Model | Changes made | Validation accuracy | Test accuracy |\n|---|---|---|---|\n"
                             "| 1 | Baseline | 73.3 % | 74.7 % |\n"
                             "| 2 | Add \"Dropout\" \\| 0.5, twice | 50.0 % | - |\n"
                             "| 3 | Use a base | - | - |\n"
                             "\nModel 3: Its weights are missing.\n"));
    }

    void csvHasPlainNumbersAndQuotedWords() {
        QCOMPARE(groupCsv(stored(someTable())),
                 std::string("Model,Changes made,Validation accuracy,Test accuracy,Run,Note\r\n"
                             "1,Baseline,0.733,0.747,20260131-142531-0001,\r\n"
                             "2,\"Add \"\"Dropout\"\" | 0.5, twice\",0.5,,20260131-142532-0002,\r\n"
                             "3,Use a base,,,,Its weights are missing.\r\n"));
    }

    void aGroupIsCompleteOnceEveryRowHasFigures() {
        TableGroup group = someTable();
        QVERIFY(!stored(group).isComplete);
        group.rows.back().failure.clear();
        QCOMPARE(stored(group).rows.back().note, std::string("Not trained yet."));
        RunStore store = RunStore::open(root()).value();
        const RunFolder run = store.create(named("three"), group.memberOf(2)).value();
        RunEnded ended;
        ended.epochs = 1;
        QVERIFY(run.appendEvent(toJson(TrainEvent(ended))).ok());
        group.rows.back().run = run.id();
        QCOMPARE(stored(group).rows.back().note, std::string("Not evaluated yet."));
        QVERIFY(!stored(group).isComplete);
        group.rows.back().valAccuracy = .25;
        QVERIFY(stored(group).isComplete);
    }

    void foldsHaveMeanAndSpread() {
        RunStore store = RunStore::open(root()).value();
        FoldGroup group{kId, named("toys"), 3, {}};
        for (const double accuracy : {.8, .9}) {
            const RunFolder run =
                store.create(group.experimentOf(static_cast<int>(group.runs.size()) + 1), group.memberOf(1)).value();
            EpochFinished epoch;
            epoch.metrics.epoch = 1;
            epoch.metrics.valAccuracy = accuracy;
            QVERIFY(run.appendEvent(toJson(TrainEvent(epoch))).ok());
            RunEnded ended;
            ended.epochs = 1;
            QVERIFY(run.appendEvent(toJson(TrainEvent(ended))).ok());
            group.runs.push_back(run.id());
        }
        QVERIFY(writeFoldGroup(root(), group).ok());
        const GroupTable table = readGroupTable(root(), kId).value();
        QVERIFY(!table.isComplete);
        QCOMPARE(table.rows.size(), std::size_t{3});
        QCOMPARE(table.rows.back().note, std::string("Not trained yet."));
        QCOMPARE(spreadWords(table),
                 std::string("Validation accuracy 85.0 % on average, standard deviation 5.0 points over 2 folds."));
        QVERIFY(groupMarkdown(table).find(spreadWords(table)) != std::string::npos);
    }

    void whatIsNoGroupIsSaid() {
        for (const char* id : {"nobody", "", "..", "a/b"})
            QVERIFY(!readGroupTable(root(), id).ok());
        for (const char* text : {"{", "[]", R"({"kind": "table"})", R"({"kind": "table", "rows": []})",
                                 R"({"kind": "table", "rows": [7]})",
                                 R"({"kind": "table", "rows": [{"experiment": {"version": 1, "seed": "x"}}]})"}) {
            QVERIFY(makeFolder(groupFolder(root(), kId)).ok());
            QVERIFY(writeFileAtomically(groupFolder(root(), kId) / "group.json", text).ok());
            QVERIFY2(!readGroupTable(root(), kId).ok(), text);
        }
    }

    void theEndingSaysHowItIsWritten() {
        const GroupTable table = stored(someTable());
        QVERIFY(writeGroupTable(table, root() / "t.csv").ok());
        QVERIFY(writeGroupTable(table, root() / "t.md").ok());
        QCOMPARE(readFile(root() / "t.csv").value(), groupCsv(table));
        QCOMPARE(readFile(root() / "t.md").value(), groupMarkdown(table));
        QVERIFY(!writeGroupTable(table, root() / "t.xlsx").ok());
    }
};

QTEST_GUILESS_MAIN(GroupTableTest)
#include "tst_GroupTable.moc"
