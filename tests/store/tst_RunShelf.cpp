// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cstdio>
#include <stdexcept>

#include "Test.h"
#include "experiment/RunEdit.h"
#include "store/RunCheckpoint.h"
#include "store/RunEvents.h"
#include "store/RunFork.h"
#include "store/RunMark.h"
#include "store/RunState.h"
#include "store/RunStore.h"
#include "store/RunTree.h"
#include "store/Safetensors.h"
#include "store/SettingsDifference.h"
#include "support/FileCalls.h"
#include "support/Files.h"

using namespace sightline;
namespace fs = std::filesystem;

namespace {

Experiment experimentNamed(const std::string& name) {
    Experiment experiment;
    experiment.name = name;
    return experiment;
}

RunSummary runWith(const std::string& id, std::optional<double> valAccuracy, std::optional<double> valLoss = {}) {
    RunSummary run;
    run.id = id;
    run.name = "name of " + id;
    run.bestValAccuracy = valAccuracy;
    run.bestValLoss = valLoss;
    return run;
}

std::vector<std::string> idsOf(const std::vector<RunSummary>& runs) {
    std::vector<std::string> ids;
    for (const RunSummary& run : runs)
        ids.push_back(run.id);
    return ids;
}

void keepState(const RunFolder& run, const std::string& checkpoint, const Json& state) {
    QVERIFY(writeSafetensors(run.path() / "checkpoints" / (checkpoint + ".safetensors"), {},
                             {{kRunState, toText(state, -1)}}));
}

/// Looks at the folders of runs whenever a file is opened to be written, while it lives.
class OnEachOpen {
public:
    using Look = void (*)(const fs::path& run);
    OnEachOpen(fs::path runs, Look look) {
        s_runs = std::move(runs);
        s_look = look;
        fileCalls().open = [](const char* file, int flags, mode_t mode) {
            for (const auto& entry : fs::directory_iterator(s_runs))
                s_look(entry.path());
            return s_real.open(file, flags, mode);
        };
    }
    ~OnEachOpen() { fileCalls() = s_real; }
    OnEachOpen(const OnEachOpen&) = delete;
    OnEachOpen& operator=(const OnEachOpen&) = delete;

private:
    static inline const FileCalls s_real = fileCalls();
    static inline fs::path s_runs;
    static inline Look s_look = nullptr;
};

/// "a(b c)": b and c stand below a; groups in capitals.
std::string treeText(const std::vector<RunNode>& nodes) {
    std::string text;
    for (const RunNode& node : nodes)
        text += (text.empty() ? "" : " ") + node.id + (node.below.empty() ? "" : "(" + treeText(node.below) + ")");
    return text;
}

} // namespace

/// Tags, stars, groups, order and filter of runs, how their settings differ, and what a fork has of its parent.
class RunShelfTest : public FreshFolderTest {
    Q_OBJECT
    RunStore store() const { return RunStore::open(root() / "home").value(); }

private Q_SLOTS:
    void whatCannotBeForkedNamesWhatCan() {
        RunStore runs = store();
        const RunFolder parent = runs.create(experimentNamed("parent")).value();
        const RunFolder fork = runs.create(experimentNamed("fork")).value();
        keepState(parent, "epoch-0002", {{"epoch", 2}, {"batch", 0}});
        keepState(parent, "last", {{"epoch", 3}, {"batch", 5}});
        const Result<RunFolder> refused = forkRun(runs, parent, "7");
        QVERIFY(!refused.ok());
        QVERIFY2(refused.error().message.ends_with(
                     "has no checkpoint of epoch 7. It can be forked from last (epoch 4, batch 5) or epoch 2."),
                 refused.error().message.c_str());
        const std::string earlier = "the run " + parent.id() + " from epoch 2";
        QCOMPARE(pointsBefore(parent, {4, 5}).words(), earlier);
        QCOMPARE(pointsBefore(parent, {3, 0}).words(), std::string());
        QVERIFY(writeParent(fork, {parent.id(), 3}));
        QCOMPARE(pointsBefore(fork, {4, 5}).words(), earlier);
        QCOMPARE(pointsBefore(fork, {5, 0}).words(), std::string()); // it has none of its own
        keepState(parent, "previous", {{"epoch", 2}, {"batch", 0}}); // once
        QCOMPARE(pointsBefore(parent, {4, 5}).words(), earlier);
        keepState(parent, "previous", {{"epoch", 3}, {"batch", 0}});
        QCOMPARE(pointsBefore(parent, {4, 5}).words(), "the run " + parent.id() + " from epoch 3 or epoch 2");
        QCOMPARE(beginningOfFork(parent, "3")->epoch, 3);
    }

    /// Of those made just where the checkpoint stands, the ones it was made after.
    void aForkBeginsWithItsParentsEdits() {
        RunStore runs = store();
        Experiment began = experimentNamed("parent");
        began.data.path = "/data/toys";
        const RunFolder parent = runs.create(began).value();
        QVERIFY(parent.writeGraph(Json::object()));
        const auto edit = [&](int epoch, int batch, const char* path, const char* value) {
            const auto changed = edited(*parent.experiment(), {{path, value}});
            QVERIFY(changed.ok() && !changed->changes.empty());
            QVERIFY(parent.appendEvent(
                {{"type", "edit"}, {"epoch", epoch}, {"batch", batch}, {"changes", changed->changes}}));
        };
        edit(1, 3, "training.loss.label_smoothing", "0.25");
        edit(3, 0, "training.epochs", "30");
        Json then = changeableSettings(*parent.experiment());
        keepState(parent, "last", {{"epoch", 2}, {"batch", 0}, {"settings", then}});
        edit(3, 0, "training.epochs", "40");
        edit(3, 5, "training.loss.label_smoothing", "0");
        const RunFolder fork = forkRun(runs, parent, "last").value();
        const std::vector<RecordedEdit> edits = readRunEdits(fork.path() / "events.jsonl");
        QCOMPARE(edits.size(), std::size_t(2));
        QVERIFY((edits[0].place == RunPlace{1, 3} && edits[1].place == RunPlace{3, 0}));
        QVERIFY(changeableSettings(*fork.experiment()) == then);
        QCOMPARE(fork.experimentAtStart()->training.loss.labelSmoothing, 0.0);

        then["training.epochs"] = 50; // that went with what the run did before it went back
        keepState(parent, "last", {{"epoch", 2}, {"batch", 0}, {"settings", then}});
        const RunFolder other = forkRun(runs, parent, "last").value();
        QVERIFY(changeableSettings(*other.experiment()) == then);
    }

    /// A process may die at every moment before, and another one look for runs to go on with, or to delete.
    void aForkIsWholeBeforeItCanBeGoneOnWith() {
        RunStore runs = store();
        const RunFolder parent = runs.create(experimentNamed("parent")).value();
        QVERIFY(parent.writeGraph(Json::object()));
        for (const int epoch : {1, 2}) {
            QVERIFY(parent.appendEvent({{"type", "epoch"}, {"epoch", epoch}}));
            keepState(parent, epoch == 1 ? "best" : "last", {{"epoch", epoch}, {"batch", 0}});
        }
        static fs::path s_parent;
        static int s_filled, s_unowned, s_half;
        s_parent = parent.path();
        s_filled = s_unowned = s_half = 0;
        {
            const OnEachOpen watched(parent.path().parent_path(), [](const fs::path& run) {
                const bool isFilled = run != s_parent && fs::exists(run / "events.jsonl");
                s_filled += isFilled ? 1 : 0;
                s_unowned += isFilled && !ownerOf(run) ? 1 : 0;
                s_half += run != s_parent && checkpointToResume(run) && !(isFilled && parentOf(RunFolder(run))) ? 1 : 0;
            });
            QVERIFY(forkRun(runs, parent, "last").ok());
        }
        QVERIFY(s_filled > 3);
        QCOMPARE(s_unowned, 0);
        QCOMPARE(s_half, 0);
    }

    /// Until it has come to something of its own: it may be killed at once.
    void aForkKnowsWhatItIsToBeginWith() {
        RunStore runs = store();
        const RunFolder parent = runs.create(experimentNamed("parent")).value();
        QVERIFY(parent.writeGraph(Json::object()));
        QVERIFY(parent.appendEvent({{"type", "checkpoint"}, {"epoch", 1}}));
        keepState(parent, "last", {{"epoch", 1}, {"batch", 0}});
        QVERIFY(!forkRun(runs, parent, "last", {{"training.batch_size", "3"}}).ok());
        QCOMPARE(runs.list()->size(), std::size_t(1));
        const RunFolder fork = forkRun(runs, parent, "last", {{"training.epochs", "77"}}).value();
        QCOMPARE(runs.summary(fork)->plannedEpochs, 77);
        QVERIFY(fork.appendEvent({{"type", "run_started"}, {"run", fork.id()}}));
        const std::vector<Setting> settings = settingsToBeginWith(fork);
        QCOMPARE(settings.size(), std::size_t(1));
        QVERIFY(settings[0].path == "training.epochs" && settings[0].value == "77");
        QVERIFY(fork.appendEvent({{"type", "checkpoint"}, {"epoch", 2}}));
        QVERIFY(settingsToBeginWith(fork).empty());
        QVERIFY(forgetSettingsToBeginWith(fork).ok());
        QCOMPARE(parentOf(fork)->settings.size(), std::size_t(1)); // of no use any more, and so not written again

        const RunFolder named = forkRun(runs, parent, "last", {{"name", "mine"}, {"training.epochs", "77"}}).value();
        QCOMPARE(runs.summary(named)->name, std::string("mine"));
        QCOMPARE(settingsToBeginWith(named).size(), std::size_t(1));
        QCOMPARE(runs.summary(fork)->name, std::string("parent fork"));

        const RunFolder other = forkRun(runs, parent, "last", {{"training.epochs", "77"}}).value();
        QVERIFY(forgetSettingsToBeginWith(other).ok());
        QVERIFY(settingsToBeginWith(other).empty());
        QCOMPARE(parentOf(other)->run, parent.id());
    }

    /// Another program may have taken it meanwhile.
    void aForkThatDidNotBeginIsUnmadeWhereItIsNobodyElses() {
        RunStore runs = store();
        const RunFolder parent = runs.create(experimentNamed("parent")).value();
        QVERIFY(parent.writeGraph(Json::object()));
        keepState(parent, "last", {{"epoch", 1}, {"batch", 0}});
        const RunFolder taken = forkRun(runs, parent, "last").value(), unused = forkRun(runs, parent, "last").value();
        {
            const RunMark mark = RunMark::take(taken.path()).value();
            QVERIFY(!unmakeFork(runs, taken).ok());
        }
        QVERIFY(taken.appendEvent({{"type", "run_started"}, {"run", taken.id()}}));
        QVERIFY(taken.appendEvent({{"type", "epoch"}, {"epoch", 2}}));
        QVERIFY(unmakeFork(runs, taken).ok() && unmakeFork(runs, unused).ok());
        QVERIFY(fs::exists(taken.path()) && !fs::exists(unused.path()));
    }

    void halfAForkIsKnownAsOne() {
        RunStore runs = store();
        const RunFolder parent = runs.create(experimentNamed("parent")).value();
        QVERIFY(parent.writeGraph(Json::object()));
        QVERIFY(parent.appendEvent({{"type", "epoch"}, {"epoch", 1}}));
        keepState(parent, "last", {{"epoch", 1}, {"batch", 0}});
        const FileCalls real = fileCalls();
        fileCalls().rename = [](const char* from, const char* to) {
            if (fs::path(to).filename() == "last.safetensors")
                throw std::runtime_error("killed");
            return std::rename(from, to);
        };
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(forkRun(runs, parent, "last")), std::runtime_error);
        fileCalls() = real;
        int half = 0;
        const auto list = runs.list();
        for (const RunSummary& run : *list)
            if (isHalfFork(RunFolder(run.folder))) {
                ++half;
                QCOMPARE(run.parent, parent.id());
                QCOMPARE(run.epochs, 0); // it has no figures in the lists
            }
        QCOMPARE(half, 1);
        QVERIFY(!isHalfFork(parent) && !isHalfFork(forkRun(runs, parent, "last").value()));
    }

    /// It is trained on, so early stopping is patient anew.
    void aForkOfOneThatStoppedEarlyHasItsPatienceAgain() {
        RunStore runs = store();
        const RunFolder parent = runs.create(experimentNamed("parent")).value();
        QVERIFY(parent.writeGraph(Json::object()));
        for (const int epoch : {1, 2})
            QVERIFY(parent.appendEvent({{"type", "epoch"}, {"epoch", epoch}, {"patience_used", epoch}}));
        for (const bool stopped : {false, true}) {
            keepState(parent, "last", {{"epoch", 2}, {"batch", 0}, {"stopped_early", stopped}});
            const RunEvents events = readRunEvents(forkRun(runs, parent, "last").value().path() / "events.jsonl");
            QCOMPARE(events.epochs.size(), std::size_t(2));
            QCOMPARE(events.patience.used, stopped ? 0 : 2);
        }
    }

    /// Also where it was cut off before it could say that it was completed.
    void oneThatStoppedEarlyAndGoesOnHasItsPatienceAgain() {
        for (const int used : {9, 10}) {
            RunEvents events;
            events.add({{"type", "epoch"}, {"epoch", 12}, {"patience_used", used}, {"patience", 10}});
            events.add({{"type", "run_started"}, {"first_epoch", 13}});
            QCOMPARE(events.patience.used, used == 10 ? 0 : 9);
        }
        // By more patience, in the last moment, it was saved; with less it would have stopped after the next epoch.
        for (const auto& [used, patience] : {std::pair(10, 20), std::pair(5, 3)}) {
            RunEvents killed;
            killed.add({{"type", "epoch"}, {"epoch", 12}, {"patience_used", used}, {"patience", 10}});
            killed.add({{"type", "edit"},
                        {"epoch", 13},
                        {"batch", 0},
                        {"changes", {{"training.early_stopping.patience", {10, patience}}}}});
            killed.add({{"type", "run_started"}, {"first_epoch", 13}});
            QCOMPARE(killed.patience.used, used);
        }
    }

    /// As whoever follows the run counts, and the trainer.
    void whatIsWatchedAnewIsCountedAgain() {
        const auto usedAfter = [](const Json& changes) {
            RunEvents events;
            events.add(
                {{"type", "epoch"}, {"epoch", 5}, {"patience_used", 4}, {"patience", 10}, {"monitor", "val_loss"}});
            events.add({{"type", "edit"}, {"epoch", 6}, {"batch", 0}, {"changes", changes}});
            return events.patience.used;
        };
        const Json ofLoss{{"monitor", "val_loss"}, {"mode", "auto"}, {"patience", 10}},
            longer{{"monitor", "val_loss"}, {"mode", "min"}, {"patience", 20}},
            ofAccuracy{{"monitor", "val_accuracy"}, {"mode", "auto"}, {"patience", 10}};
        QCOMPARE(usedAfter({{"training.early_stopping.monitor", {"val_loss", "loss"}}}), 0);
        QCOMPARE(usedAfter({{"training.early_stopping.mode", {"auto", "max"}}}), 0);
        QCOMPARE(usedAfter({{"training.early_stopping.mode", {"auto", "min"}}}), 4); // as it was
        QCOMPARE(usedAfter({{"training.early_stopping", {ofLoss, longer}}}), 4);
        QCOMPARE(usedAfter({{"training.early_stopping", {ofLoss, ofAccuracy}}}), 0);
        QCOMPARE(usedAfter({{"training.early_stopping", {ofLoss, nullptr}}}), 0);
        QCOMPARE(usedAfter({{"training.early_stopping", {"odd", 1}}, {"training.early_stopping.patience", {10, 20}}}),
                 4);
        QCOMPARE(usedAfter({{"training.epochs", {10, 20}}}), 4);
    }

    void whatIsSaidOfARunSurvivesTheIndex() {
        RunStore runs = store();
        const RunFolder run = runs.create(experimentNamed("one")).value();
        const RunAbout said{"better name", "a note", {"paper", "año-2026"}, true, true};
        QVERIFY(runs.setAbout(run, said).ok());
        for (const char* file : {"runs.db", "runs.db-wal", "runs.db-shm"})
            fs::remove(runs.home() / file);
        const auto list = store().list();
        QVERIFY(list.ok() && list->size() == 1);
        const RunSummary& found = list->front();
        QCOMPARE(found.name, said.name);
        QCOMPARE(found.note, said.note);
        QVERIFY(found.tags == said.tags && found.starred && found.archived);
        QVERIFY(run.about() == said);
    }

    void theIndexKeepsAllOfASummary() {
        RunStore runs = store();
        const RunGroup group{"20260101-000000-aaaa", RunGroup::Kind::Folds, "five folds", "fold 2 of 5"};
        const RunFolder run = runs.create(experimentNamed("fold"), group).value();
        for (int time = 0; time < 2; ++time) { // the first list fills the index, the second reads it
            const RunSummary found = store().list()->front();
            QVERIFY(found.group == group);
            QCOMPARE(found.settings["training"]["epochs"].get<int>(), Experiment{}.training.epochs);
            QCOMPARE(found.folder, run.path());
        }
    }

    void forksStandBelowTheirRunAndRunsBelowTheirGroup() {
        std::vector<RunSummary> runs;
        const auto add = [&](const char* id, const char* parent, const char* group) {
            RunSummary run = runWith(id, {});
            run.parent = parent;
            if (*group)
                run.group = RunGroup{group, RunGroup::Kind::Folds, "folds", id};
            runs.push_back(run);
        };
        add("d", "c", "");
        add("f2", "a", "F"); // of a group first of all
        add("c", "a", "");
        add("x", "gone", "");
        add("f1", "", "F");
        add("e", "f1", "");
        add("a", "", "");
        add("l", "m", ""); // a damaged folder's
        add("m", "l", "");
        const std::vector<std::size_t> all{0, 1, 2, 3, 4, 5, 6, 7, 8};
        QCOMPARE(treeText(runTree(runs, all)), std::string("F(f2 f1(e)) x a(c(d)) l m"));
        QCOMPARE(treeText(runTree(runs, {0, 5, 6})), std::string("d e a")); // the others are filtered away
    }

    void oddWordsAreNoTags() {
        RunStore runs = store();
        const RunFolder run = runs.create(experimentNamed("one")).value();
        for (const std::string& tag : {std::string(), std::string("two words"), std::string("a,b"),
                                       std::string(65, 'x'), std::string("line\nbreak")}) {
            const auto refused = runs.setAbout(run, {{}, {}, {"good", tag}, false, false});
            QVERIFY(!refused.ok() && refused.error().kind == ErrorKind::BadInput);
        }
        QVERIFY(run.about().tags.empty());
    }

    void aboutOfAnyShapeIsReadAsFarAsItGoes() {
        RunStore runs = store();
        const RunFolder run = runs.create(experimentNamed("one")).value();
        for (const char* text : {"", "[]", "{\"tags\": 3, \"starred\": \"yes\"}", "{\"tags\": [1, null]}", "\xff{"}) {
            QVERIFY(writeFileAtomically(run.path() / "about.json", text).ok());
            QVERIFY(run.about() == RunAbout{});
            QCOMPARE(store().list()->size(), std::size_t{1});
        }
    }

    void theBestComeFirstAndWhatHasNoFigureLast() {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        std::vector<RunSummary> runs{runWith("a", {}, nan), runWith("b", .5, .9), runWith("c", nan, .3),
                                     runWith("d", .9, {}), runWith("e", .5, .8)};
        sortRuns(runs, "val_accuracy");
        QVERIFY((idsOf(runs) == std::vector<std::string>{"d", "b", "e", "a", "c"}));
        sortRuns(runs, "val_loss");
        QVERIFY((idsOf(runs) == std::vector<std::string>{"c", "e", "b", "d", "a"}));
        sortRuns(runs, "created");
        QVERIFY((idsOf(runs) == std::vector<std::string>{"e", "d", "c", "b", "a"}));
    }

    void aGraphOfItsOwnIsOneSetting() {
        Experiment named = experimentNamed("one"), own = experimentNamed("two"), other = own;
        own.model.graph = {{"nodes", Json::array({{{"id", "input"}}, {{"id", "fc"}}})}};
        other.model.graph = {{"nodes", Json::array({{{"id", "input"}}})}};
        for (const std::vector<Experiment>& all : {std::vector{named, own}, std::vector{other, own}}) {
            const auto found = differingSettings(all);
            const auto graphs = std::count_if(found.begin(), found.end(), [](const DifferingSetting& one) {
                return one.path.starts_with("model.graph");
            });
            QCOMPARE(graphs, 1);
            const auto graph = std::find_if(found.begin(), found.end(),
                                            [](const DifferingSetting& one) { return one.path == "model.graph"; });
            QVERIFY(graph != found.end() && graph->values[1] == Json("graph of 2 nodes"));
        }
    }

    void anImportedRunHasNoSettingsOfTraining() {
        Experiment first = experimentNamed("one"), second = experimentNamed("two"), other = experimentNamed("three");
        second.data.imageHeight = 64;
        second.training.epochs = 7;
        other.training.epochs = 8;
        const std::vector<Json> two{wholeSettings(first), wholeSettings(second)};
        const auto beside = settingsThatDiffer(two, {false, true});
        QCOMPARE(beside.size(), std::size_t{1});
        QCOMPARE(beside[0].path, std::string("data.image_size"));
        QCOMPARE(settingsThatDiffer(two, {true, true}).size(), std::size_t{1});
        QCOMPARE(settingsThatDiffer(two, {false, false}).size(), std::size_t{2});
        const auto three = settingsThatDiffer({wholeSettings(second), wholeSettings(first), wholeSettings(other)},
                                              {true, false, false});
        QCOMPARE(three.size(), std::size_t{2});
        QVERIFY((three[1].values == std::vector<Json>{nullptr, 50, 8}));
    }

    void onlyDifferingSettingsAreListedWithDefaultsFilledIn() {
        Experiment first = experimentNamed("one"), second = experimentNamed("two");
        QVERIFY(differingSettings(std::vector<Experiment>{first, second}).empty());
        second.training.checkpoint = CheckpointSettings{}; // what is left out counts as its default
        second.model.options = {{"dropout", 0.0}};
        second.training.saveEveryMinutes = 9;
        second.training.epochs = 7;
        second.training.earlyStopping = EarlyStoppingSettings{};
        second.data.imageHeight = 64;
        Experiment third = second;
        third.training.epochs = 8;
        const auto differing = differingSettings(std::vector<Experiment>{first, second, third});
        std::vector<std::string> paths;
        for (const DifferingSetting& setting : differing)
            paths.push_back(setting.path);
        QVERIFY((paths == std::vector<std::string>{"data.image_size", "training.epochs", "training.save_every_minutes",
                                                   "training.early_stopping"}));
        QVERIFY((differing[0].values == std::vector<Json>{{128, 128}, {64, 128}, {64, 128}}));
        QVERIFY((differing[1].values == std::vector<Json>{50, 7, 8}));
        QVERIFY((differing[2].values == std::vector<Json>{5, 9, 9}));
        QVERIFY(differing[3].values[0].is_null() && differing[3].values[1].is_object());
        Experiment other = experimentNamed("another network");
        other.model.name = "resnet18";
        const auto networks = differingSettings(std::vector<Experiment>{experimentNamed("one"), other});
        QCOMPARE(networks.size(), std::size_t{1}); // options that only one of them has are at their defaults
        QCOMPARE(networks[0].path, std::string("model.name"));
        const auto unread = differingSettings(std::vector<Json>{Json(), wholeSettings(other)});
        QVERIFY(unread.size() == 1 && unread[0].values[0].is_null()); // an experiment that cannot be read
        QVERIFY(differingSettings(std::vector<Experiment>{first}).empty() &&
                differingSettings(std::vector<Json>{}).empty());
    }
};

QTEST_GUILESS_MAIN(RunShelfTest)
#include "tst_RunShelf.moc"
