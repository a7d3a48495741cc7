// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <tuple>

#include "Test.h"
#include "experiment/RunEdit.h"
#include "store/FindRun.h"
#include "store/KeptEpochs.h"
#include "store/ParentHistory.h"
#include "store/RunCheckpoint.h"
#include "store/RunIndex.h"
#include "store/RunState.h"
#include "store/RunStore.h"
#include "store/Safetensors.h"
#include "store/WeightsDigest.h"
#include "support/FileCalls.h"
#include "support/Files.h"

using namespace sightline;
namespace fs = std::filesystem;

namespace {

Experiment someExperiment(const std::string& name = "toys, small net") {
    Experiment experiment;
    experiment.name = name;
    experiment.data.path = "/data/toys";
    experiment.training.epochs = 7;
    return experiment;
}

Json epochEvent(int epoch, double loss, double valAccuracy) {
    return {{"type", "epoch"},        {"epoch", epoch},     {"loss", loss},
            {"accuracy", 0.5},        {"val_loss", 1.25},   {"val_accuracy", valAccuracy},
            {"learning_rate", 0.001}, {"seconds", 2.5},     {"images_per_second", 200.0},
            {"wait_share", 0.01},     {"skipped_images", 1}};
}

static void keep(const RunFolder& run, const std::string& name, int epoch) {
    const std::vector<float> values(100, 1.0f);
    QVERIFY(writeSafetensors(run.path() / "checkpoints" / name, {{"a", {100}, values}},
                             {{"epoch", std::to_string(epoch)}, {kWeightsDigest, ""}})
                .ok());
}
/// The values change, the header and the length do not.
static void damage(const RunFolder& run, const std::string& name) {
    std::fstream file(run.path() / "checkpoints" / name, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(-200, std::ios::end);
    file << std::string(200, '\0');
}
static void tear(const RunFolder& run, const std::string& name) {
    const fs::path file = run.path() / "checkpoints" / name;
    fs::resize_file(file, fs::file_size(file) / 2);
}

} // namespace

class TestRunStore : public FreshFolderTest {
    Q_OBJECT
    fs::path home() const { return root() / "home"; }
    RunStore store() const { return RunStore::open(home()).value(); }

private Q_SLOTS:
    void aNewRunIsListedWithItsExperiment() {
        RunStore runs = store();
        const auto run = runs.create(someExperiment());
        QVERIFY(run.ok());
        QVERIFY(run->experimentAtStart().value() == someExperiment());
        Experiment now = someExperiment();
        now.data.pixels.depth = DepthSettings::full(); // as it was read where nothing says otherwise
        QVERIFY(run->experiment().value() == now);
        const auto list = runs.list();
        QCOMPARE(list->size(), std::size_t(1));
        QCOMPARE(list->front().name, std::string("toys, small net"));
        QCOMPARE(list->front().network, std::string("toy_cnn"));
        QCOMPARE(list->front().plannedEpochs, 7);
        QCOMPARE(list->front().folder, run->path());
    }

    void aForkKeepsWhatItsDeletedParentWent() {
        RunStore runs = store();
        const RunFolder parent = runs.create(someExperiment()).value(), fork = runs.create(someExperiment()).value();
        for (int epoch = 1; epoch <= 4; ++epoch)
            QVERIFY(parent.appendEvent(epochEvent(epoch, 1.0 / epoch, 0.25)).ok());
        for (int epoch = 1; epoch <= 3; ++epoch)
            QVERIFY(fork.appendEvent(epochEvent(epoch, 2.0, 0.25)).ok());
        QVERIFY(historyOfParent(fork).empty()); // it is none yet
        QVERIFY(
            writeFileAtomically(fork.path() / "parent.json", toText(Json{{"run", parent.id()}, {"epoch", 2}}) + "\n"));
        QCOMPARE(historyOfParent(fork).size(), std::size_t(4));
        QVERIFY(runs.remove(parent).ok());
        QCOMPARE(historyOfParent(fork).size(), std::size_t(4));
        QCOMPARE(historyOfParent(fork).back().loss, 0.25);
        std::filesystem::remove(fork.path() / "parent-events.jsonl"); // as if the parent had been deleted by hand
        QCOMPARE(historyOfParent(fork).size(), std::size_t(2));
        QCOMPARE(fork.history()->size(), std::size_t(3)); // its own is as it was
    }

    void aMissingCheckpointNamesThoseThereAre() {
        const RunFolder run = store().create(someExperiment()).value();
        const std::map<std::string, std::string> after{{"epoch", "6"}};
        QVERIFY(makeFolder(run.path() / "checkpoints"));
        QVERIFY(writeSafetensors(run.path() / "checkpoints" / "epoch-0006.safetensors", {}, after));
        const auto chosen = chooseCheckpoint(run.path(), "4");
        QVERIFY(!chosen);
        QVERIFY2(chosen.error().message.ends_with("has no checkpoint of epoch 4; use 6, best or last."),
                 chosen.error().message.c_str());
    }

    void theHistoryIsReadFromTheEvents() {
        const RunFolder run = store().create(someExperiment()).value();
        QVERIFY(run.appendEvent(epochEvent(1, 1.5, 0.25)).ok());
        QVERIFY(run.appendEvent(epochEvent(2, 0.1, 0.5)).ok());
        const auto history = run.history();
        QCOMPARE(history->size(), std::size_t(2));
        EpochMetrics expected;
        expected.epoch = 2;
        expected.loss = 0.1;
        expected.accuracy = 0.5;
        expected.valLoss = 1.25;
        expected.valAccuracy = 0.5;
        expected.learningRate = 0.001;
        expected.seconds = 2.5;
        expected.imagesPerSecond = 200;
        expected.waitShare = 0.01;
        expected.skippedImages = 1;
        QVERIFY(history->back() == expected);
    }

    void anUnfinishedLineIsLeftOutAndTheNextEventBeginsANewOne() {
        const RunFolder run = store().create(someExperiment()).value();
        QVERIFY(run.appendEvent(epochEvent(1, 1.5, 0.25)).ok());
        std::ofstream(run.path() / "events.jsonl", std::ios::app) << "{\"type\":\"epoch\",\"epo";
        QCOMPARE(run.history()->size(), std::size_t(1));
        QVERIFY(run.appendEvent(epochEvent(2, 1.0, 0.5)).ok());
        QCOMPARE(run.history()->size(), std::size_t(2));
    }

    void anEpochDoneAgainAfterResumingReplacesTheOldOne() {
        const RunFolder run = store().create(someExperiment()).value();
        for (int epoch = 1; epoch <= 3; ++epoch)
            QVERIFY(run.appendEvent(epochEvent(epoch, epoch, 0.5)).ok());
        QVERIFY(run.appendEvent(epochEvent(2, 20, 0.5)).ok());
        const auto history = run.history();
        QCOMPARE(history->size(), std::size_t(2));
        QCOMPARE(history->back().loss, 20.0);
    }

    void theStateFollowsTheEvents() {
        RunStore runs = store();
        const RunFolder run = runs.create(someExperiment()).value();
        QCOMPARE(runs.list()->front().state, std::string("interrupted"));
        std::optional<RunMark> mark = *RunMark::take(run.path());
        QVERIFY(run.appendEvent({{"type", "run_started"}}).ok());
        QCOMPARE(runs.list()->front().state, std::string("running"));
        QVERIFY(run.appendEvent(epochEvent(1, 1, 0.75)).ok());
        QVERIFY(run.appendEvent({{"type", "run_ended"},
                                 {"outcome", "failed"},
                                 {"reason", "The loss became NaN."},
                                 {"best_epoch", 1}})
                    .ok());
        mark.reset();
        QVERIFY(!fs::exists(run.path() / "running.json"));
        const RunSummary ended = runs.list()->front();
        QCOMPARE(ended.state, std::string("failed"));
        QCOMPARE(ended.reason, std::string("The loss became NaN."));
        QCOMPARE(ended.bestEpoch, 1);
        QCOMPARE(ended.bestValAccuracy, std::optional<double>(0.75));
    }

    void aRunWhoseProcessIsGoneIsInterrupted() {
        RunStore runs = store();
        const RunFolder run = runs.create(someExperiment()).value();
        const RunMark mark = *RunMark::take(run.path());
        QCOMPARE(runs.list()->front().state, std::string("running"));
        QVERIFY(writeFileAtomically(run.path() / "running.json", R"({"process":"another boot","number":1})").ok());
        QCOMPARE(runs.list()->front().state, std::string("interrupted"));
    }

    void aNameThatCouldBeAFolderIsRefused() {
        RunStore runs = store();
        Experiment experiment = someExperiment();
        for (const char* name : {"a/b", "a\nb"}) {
            experiment.name = name;
            const auto refused = runs.create(experiment);
            QVERIFY(!refused && refused.error().kind == ErrorKind::BadInput);
            QCOMPARE(refused.error().message, std::string("A run's name must not contain a slash or a line break."));
        }
        QVERIFY(runs.list()->empty());
    }

    void theIndexIsRebuiltFromTheFolders() {
        RunStore runs = store();
        const RunFolder run = runs.create(someExperiment()).value();
        QVERIFY(runs.rename(run, "the good one").ok());
        QVERIFY(runs.setNote(run, "kept").ok());
        for (const char* name : {"runs.db", "runs.db-wal", "runs.db-shm"})
            fs::remove(home() / name);
        const auto list = store().list();
        QCOMPARE(list->size(), std::size_t(1));
        QCOMPARE(list->front().name, std::string("the good one"));
        QCOMPARE(list->front().note, std::string("kept"));
    }

    /// SQLite's WAL is no file that machines could share.
    void aHomeOnTheNetworkHasAnIndexOnEachMachine() {
        const FileCalls real = fileCalls();
        const QByteArray cache = qgetenv("XDG_CACHE_HOME");
        static std::string shared;
        shared = home().string();
        fileCalls().fileSystem = [](const char* path) { return std::string(path) == shared ? 0x6969ul : 0xef53ul; };
        for (const char* machine : {"one", "another"}) {
            qputenv("XDG_CACHE_HOME", (root() / machine).c_str());
            QVERIFY(store().create(someExperiment()).ok());
            QVERIFY(fs::exists(indexFileOf(home())));
            QVERIFY(indexFileOf(home()).string().starts_with((root() / machine / "sightline").string()));
        }
        QCOMPARE(store().list()->size(), std::size_t(2)); // also what the other one made
        QVERIFY(!fs::exists(home() / "runs.db"));
        QVERIFY(writeFileAtomically(root() / "unwritable", ""));
        qputenv("XDG_CACHE_HOME", (root() / "unwritable").c_str());
        const QByteArray temp = qgetenv("TMPDIR");
        fs::create_directory(root() / "temp");
        qputenv("TMPDIR", (root() / "temp").c_str());
        const fs::path mine = indexFileOf(home()).parent_path().parent_path();
        QCOMPARE(mine.parent_path(), root() / "temp");
        QVERIFY(fs::status(mine).permissions() == fs::perms::owner_all);
        fs::remove(mine);
        fs::create_directory_symlink(root(), mine); // by somebody else
        QVERIFY(!indexFileOf(home()).string().starts_with(mine.string()));
        const QByteArray own = qgetenv("HOME");
        qunsetenv("HOME");
        qunsetenv("XDG_CACHE_HOME");
        const fs::path fresh = indexFileOf(home()), again = indexFileOf(home()); // nowhere else to go
        own.isNull() ? qunsetenv("HOME") : qputenv("HOME", own);
        qputenv("XDG_CACHE_HOME", (root() / "unwritable").c_str());
        QVERIFY(!fresh.string().starts_with(mine.string() + '/'));
        QCOMPARE(again, fresh); // no other folder each time that the list is opened
        QVERIFY(fs::status(fresh.parent_path().parent_path()).permissions() == fs::perms::owner_all);
        qputenv("TMPDIR", (root() / "of another machine").c_str());
        const fs::path local = indexFileOf(home());
        QVERIFY2(local.string().starts_with("/tmp/sightline-"), local.c_str());
        qputenv("TMPDIR", (root() / "temp").c_str());
        qputenv("XDG_CACHE_HOME", (root() / "one").c_str());
        fileCalls().fileSystem = [](const char*) { return 0x6969ul; }; // the cache and TMPDIR as well
        QCOMPARE(indexFileOf(home()), local);
        QVERIFY(indexFileOf(home()) != indexFileOf(root() / "other home"));
        fileCalls() = real;
        temp.isNull() ? qunsetenv("TMPDIR") : qputenv("TMPDIR", temp);
        cache.isNull() ? qunsetenv("XDG_CACHE_HOME") : qputenv("XDG_CACHE_HOME", cache);
        QCOMPARE(indexFileOf(home()), home() / "runs.db");
    }

    void aBrokenIndexIsMadeAnew() {
        QVERIFY(store().create(someExperiment()).ok());
        for (const char* name : {"runs.db-wal", "runs.db-shm"})
            fs::remove(home() / name);
        QVERIFY(writeFileAtomically(home() / "runs.db", std::string(5000, 'x')).ok());
        QCOMPARE(store().list()->size(), std::size_t(1));
    }

    void aRunThatCannotBeMadeLeavesNoFolder() {
        RunStore runs = store();
        for (const char* name : {"runs.db", "runs.db-wal", "runs.db-shm"})
            fs::remove(home() / name);
        fs::create_directories(home() / "runs.db" / "in the way");
        QVERIFY(!runs.create(someExperiment()).ok());
        QVERIFY(fs::is_empty(home() / "runs"));
    }

    void aRowWithoutAFolderIsDropped() {
        RunStore runs = store();
        const RunFolder run = runs.create(someExperiment()).value();
        fs::remove_all(run.path());
        QVERIFY(runs.list()->empty());
    }

    void runFoldersWithFilesMissingAreListedWithWhatIsThere() {
        RunStore runs = store();
        fs::create_directories(home() / "runs" / "20260131-142530-ab12");
        fs::create_directories(home() / "runs" / "odd");
        QVERIFY(writeFileAtomically(home() / "runs" / "odd" / "experiment.json", "{\"version\": 1, \"na").ok());
        QVERIFY(writeFileAtomically(home() / "runs" / "odd" / "events.jsonl",
                                    "\n[]\n{\"type\": 5}\n{\"type\":\"epoch\",\"epoch\":\"x\"}\n")
                    .ok());
        QVERIFY(writeFileAtomically(home() / "runs" / "odd" / "about.json", "[1]").ok());
        QVERIFY(writeFileAtomically(home() / "runs" / "odd" / "running.json", "{\"process\": 3}").ok());
        const auto list = runs.list();
        QVERIFY(list.ok());
        QCOMPARE(list->size(), std::size_t(2));
        QCOMPARE(list->at(0).id, std::string("odd"));
        QCOMPARE(list->at(1).created, std::string("2026-01-31T14:25:30Z"));
        for (const RunSummary& summary : *list) {
            QCOMPARE(summary.state, std::string("interrupted"));
            QVERIFY(!summary.reason.empty());
            const RunFolder folder(summary.folder);
            QVERIFY(!folder.experiment().ok());
            QVERIFY(!folder.classes().ok());
            QVERIFY(!folder.graph().ok());
            QVERIFY(!folder.checkpoint("best").ok());
            QVERIFY(folder.history()->empty());
        }
    }

    void runsAreFoundByIdPrefixNameAndFolder() {
        RunStore runs = store();
        const RunFolder first = runs.create(someExperiment("first")).value();
        const RunFolder second = runs.create(someExperiment("second")).value();
        QCOMPARE(runs.find(first.id())->id(), first.id());
        QCOMPARE(runs.find("second")->id(), second.id());
        QCOMPARE(runs.find(first.path().string())->id(), first.id());
        fs::rename(first.path(), home() / "runs" / "aaa-1");
        QCOMPARE(runs.find("aaa")->id(), std::string("aaa-1"));
        fs::rename(second.path(), home() / "runs" / "aaa-2");
        const auto ambiguous = runs.find("aaa");
        QVERIFY(!ambiguous.ok());
        QVERIFY(ambiguous.error().message.find("aaa-1") != std::string::npos);
        for (const char* name : {"", "nothing", "../runs", "/tmp"})
            QVERIFY(!runs.find(name).ok());
        for (const auto& entry : fs::directory_iterator(home())) // the index is not asked, and not made
            if (entry.path().filename().string().starts_with("runs.db"))
                fs::remove(entry.path());
        for (const char* name : {"aaa-1", "first"})
            QCOMPARE(findRun(home(), name)->id(), std::string("aaa-1"));
        QVERIFY(!fs::exists(home() / "runs.db"));
    }

    void aDeletedRunIsGone() {
        RunStore runs = store();
        const RunFolder run = runs.create(someExperiment()).value();
        QVERIFY(runs.remove(run).ok());
        QVERIFY(!fs::exists(run.path()));
        QVERIFY(runs.list()->empty());
    }

    void aRunThatTrainsOrLiesElsewhereIsNotDeleted() {
        RunStore runs = store();
        const RunFolder run = runs.create(someExperiment()).value();
        std::optional<RunMark> mark = *RunMark::take(run.path());
        const auto refused = runs.remove(run);
        QVERIFY(!refused.ok() && refused.error().kind == ErrorKind::BadInput);
        QVERIFY2(refused.error().message.find("in progress") != std::string::npos, refused.error().message.c_str());
        const fs::path elsewhere = home().parent_path() / "elsewhere";
        fs::create_directories(elsewhere);
        QVERIFY(!runs.remove(RunFolder(elsewhere)).ok());
        QVERIFY(fs::exists(elsewhere) && fs::exists(run.path()));
        mark.reset();
        QVERIFY(runs.remove(run).ok());
    }

    void aNameOfSeveralRunsIsRefusedWithTheirIds() {
        RunStore runs = store();
        const RunFolder first = runs.create(someExperiment("baseline")).value();
        const RunFolder second = runs.create(someExperiment("baseline")).value();
        const auto found = runs.find("baseline");
        QVERIFY(!found.ok() && found.error().kind == ErrorKind::BadInput);
        QVERIFY(found.error().message.find(first.id()) != std::string::npos);
        QVERIFY(found.error().message.find(second.id()) != std::string::npos);
        QVERIFY(runs.rename(second, "other").ok());
        QCOMPARE(runs.find("baseline")->id(), first.id());
    }

    void theExperimentFollowsTheEditsAndThePlace() {
        RunStore runs = store();
        const RunFolder run = runs.create(someExperiment()).value();
        const Experiment began = *run.experimentAtStart();
        QVERIFY(fs::path(began.data.path).is_absolute());
        const auto edit = edited(began, {{"training.epochs", "77"}, {"training.schedule.name", "cosine"}});
        QVERIFY2(edit.ok(), edit ? "" : edit.error().message.c_str());
        QCOMPARE(edit->changes["training.epochs"][1].get<int>(), 77);
        QVERIFY(run.appendEvent({{"type", "edit"}, {"epoch", 3}, {"batch", 0}, {"changes", edit->changes}}).ok());
        QVERIFY(writeFileAtomically(run.path() / "data.json", R"({"root": "/new/place"})").ok());
        const Experiment now = *run.experiment();
        QCOMPARE(now.training.epochs, 77);
        QVERIFY(now.training.schedule.name == ScheduleSettings::Name::Cosine);
        QCOMPARE(now.data.path, std::string("/new/place"));
        QVERIFY(*run.experimentAtStart() == began);
    }

    void whatMayNotChangeIsNamed() {
        const Experiment now = someExperiment();
        for (const char* path : {"training.batch_size", "seed", "data.image_size", "training", "training.epoch",
                                 "training.epochsx", "model.name"}) {
            const auto refused = edited(now, {{"training.epochs", "3"}, {path, "5"}});
            QVERIFY(!refused.ok() && refused.error().kind == ErrorKind::BadInput);
            QVERIFY2(refused.error().message.find(path) != std::string::npos, refused.error().message.c_str());
        }
        QCOMPARE(edited(now, {{"training.loader_threads", "3"}})->experiment.training.loaderThreads, 3);
        for (const char* value : {"0", "many", "-3"})
            QVERIFY2(!edited(now, {{"training.epochs", value}}).ok(), value);
        QVERIFY(edited(now, {{"training.epochs", std::to_string(now.training.epochs)}})->changes.empty());
    }

    void theOldValueOfAnEditIsTheOneInEffect() {
        const Experiment plain = someExperiment();
        for (const auto& [path, value, old] : std::vector<std::tuple<const char*, const char*, const char*>>{
                 {"training.loader_threads", "3", "0"},
                 {"training.save_every_minutes", "1", "5"},
                 {"training.probes", R"(["a.png"])", "[]"},
                 {"training.loss.label_smoothing", "0.1", "0"},
                 {"model.freeze", "conv", R"("none")"},
                 {"augmentation", R"({"cval": 3})", "{}"},
                 {"augmentation.rotation_range", "25", "0"},
                 {"augmentation.width_shift_range", "0.5", "0"},
                 {"augmentation.height_shift_range", "0.5", "0"},
                 {"augmentation.shear_range", "5", "0"},
                 {"augmentation.zoom_range", "[0.8, 1.2]", "[1, 1]"},
                 {"augmentation.channel_shift_range", "5", "0"},
                 {"augmentation.horizontal_flip", "true", "false"},
                 {"augmentation.vertical_flip", "true", "false"},
                 {"augmentation.fill_mode", "wrap", R"("nearest")"},
                 {"augmentation.cval", "3", "0"},
                 {"augmentation.semantics", "keras<=2.8", R"("documented")"},
                 {"augmentation.exact", "true", "false"},
                 {"augmentation.augment_validation", "true", "false"},
                 {"augmentation.random_contrast", "0.2", "0"},
                 {"augmentation.hue_range", "20", "0"},
                 {"augmentation.gaussian_noise", "2", "0"},
                 {"augmentation.mixup", "0.2", "0"},
                 {"augmentation.cutmix", "0.2", "0"},
                 {"augmentation.gamma_range", "[0.5, 1.5]", "null"},
                 {"training.early_stopping", "{}", "null"}}) {
            const auto edit = edited(plain, {{path, value}});
            QVERIFY2(edit.ok(), edit ? path : edit.error().message.c_str());
            QVERIFY2(edit->changes[path][0] == Json::parse(old), path);
            for (const Json& before : {edit->changes[path][0], Json()}) { // null: as older versions wrote it
                const Json back = {{path, {edit->changes[path][1], before}}};
                QVERIFY2(withChanges(edit->experiment, back).value() == plain, path);
            }
            QVERIFY2(edited(plain, {{path, old}})->changes.empty(), path);
        }
    }

    void anUnwritableHomeIsSaidInOneSentence() {
        const fs::path file = home().parent_path() / "file";
        QVERIFY(writeFileAtomically(file, "x").ok());
        const auto opened = RunStore::open(file / "home");
        QVERIFY(!opened.ok());
        QVERIFY(opened.error().message.find("cannot be written") != std::string::npos);
        QVERIFY(opened.error().message.find((file / "home").string()) != std::string::npos);
        QVERIFY(opened.error().message.find('\n') == std::string::npos);
    }

    void aHomeThatCannotBeWrittenIsLookedAt() {
        const RunFolder first = store().create(someExperiment()).value(),
                        second = store().create(someExperiment()).value();
        for (const char* file : {"runs.db", "runs.db-wal", "runs.db-shm"})
            fs::remove(home() / file);
        QVERIFY(makeFolder(home() / "runs.db" / "in the way").ok()); // permissions do not stop root
        QVERIFY(!RunStore::open(home()).ok());
        Result<RunStore> opened = RunStore::openToRead(home());
        QVERIFY2(opened.ok(), opened ? "" : opened.error().message.c_str());
        const auto listed = opened->list();
        QCOMPARE(listed->size(), std::size_t(2));
        QCOMPARE(opened->summary(first)->id, first.id());
        QVERIFY(opened->find(second.id()).ok());
        QVERIFY(opened->remove(first).ok());
        QCOMPARE(opened->list()->size(), std::size_t(1));
        const fs::path file = home().parent_path() / "file";
        QVERIFY(writeFileAtomically(file, "x").ok());
        QVERIFY(!RunStore::openToRead(file / "home").ok());
    }

    void checkpointsFallBackToTheLast() {
        const RunFolder run = store().create(someExperiment()).value();
        QVERIFY(!run.checkpoint("best").ok());
        keep(run, "last.safetensors", 14);
        QCOMPARE(run.checkpoint("best")->filename().string(), std::string("last.safetensors"));
        keep(run, "best.safetensors", 11);
        QCOMPARE(run.checkpoint("best")->filename().string(), std::string("best.safetensors"));
        keep(run, "epoch-0012.safetensors", 12);
        QCOMPARE(run.checkpoint("12")->filename().string(), std::string("epoch-0012.safetensors"));
        for (const char* which : {"13", "-1", "", "worst", "99999999999999999999"})
            QVERIFY(!run.checkpoint(which).ok());
    }

    void anEpochMayBeTheBestOrTheLast() {
        const RunFolder run = store().create(someExperiment()).value();
        const auto write = [&](const char* name, const char* state) {
            const std::vector<float> values(100, 1.0f);
            QVERIFY(writeSafetensors(run.path() / "checkpoints" / name, {{"a", {100}, values}},
                                     {{kRunState, state}, {kWeightsDigest, ""}})
                        .ok());
        };
        write("best.safetensors", R"({"epoch": 2})");
        write("last.safetensors", R"({"epoch": 5})");
        QCOMPARE(run.checkpoint("2")->filename().string(), std::string("best.safetensors"));
        QCOMPARE(run.checkpoint("5")->filename().string(), std::string("last.safetensors"));
        write("last.safetensors", R"({"epoch": 5, "batch": 3})"); // in the middle of the sixth
        QVERIFY(!run.checkpoint("5").ok());
    }

    /// The best by the checkpoint monitor, what early stopping restored by its own, and where the run ended.
    void whatEarlyStoppingRestoredIsNeitherTheBestNorTheLast() {
        const RunFolder run = store().create(someExperiment()).value();
        const auto write = [&](const std::string& name, int epoch) {
            const std::vector<float> values(100, 1.0f);
            const std::string state = "{\"epoch\": " + std::to_string(epoch) + "}";
            QVERIFY(writeSafetensors(run.path() / "checkpoints" / name, {{"a", {100}, values}},
                                     {{kRunState, state}, {kWeightsDigest, ""}})
                        .ok());
        };
        write("best.safetensors", 15);
        write("last.safetensors", 16);
        const KeptEpoch best{"best", 15, 0, true, false, false}, ended{"last", 16, 0, false, true, false};
        QVERIFY(keptEpochs(run.path()) == (std::vector<KeptEpoch>{best, ended}));
        keep(run, "early-stopping.safetensors", 6);
        QVERIFY(keptEpochs(run.path()) == (std::vector<KeptEpoch>{best, ended})); // not restored yet
        keep(run, "restored.safetensors", 0);
        const KeptEpoch restored{"last", 6, 0, false, false, true}, endedThere{"16", 16, 0, false, true, false};
        QVERIFY(keptEpochs(run.path()) == (std::vector<KeptEpoch>{restored, best, endedThere}));
        const auto fileOf = [&](const KeptEpoch& kept) {
            return chooseCheckpoint(run.path(), kept.at)->file.filename().string();
        };
        QCOMPARE(fileOf(restored), std::string("restored.safetensors"));
        QCOMPARE(fileOf(endedThere), std::string("last.safetensors"));
        write("epoch-0006.safetensors", 6);
        QCOMPARE(keptEpochs(run.path()).front().at, std::string("6"));
    }

    void aTornCheckpointGivesWayToTheOneBefore() {
        const RunFolder run = store().create(someExperiment()).value();
        keep(run, "last.safetensors", 14);
        keep(run, "best.safetensors", 11);
        keep(run, "epoch-0012.safetensors", 12);
        QVERIFY(chooseCheckpoint(run.path(), "last")->note.empty());
        tear(run, "last.safetensors");
        const auto chosen = chooseCheckpoint(run.path(), "last");
        QCOMPARE(chosen->file.filename().string(), std::string("epoch-0012.safetensors"));
        QVERIFY2(chosen->note.find("last.safetensors") != std::string::npos, chosen->note.c_str());
        QVERIFY(chosen->note.find("epoch 12") != std::string::npos);
        QVERIFY(chooseCheckpoint(run.path(), "best")->note.empty());
        damage(run, "best.safetensors");
        QVERIFY(chooseCheckpoint(run.path(), "best")->note.find("best.safetensors is damaged") != std::string::npos);
        QCOMPARE(chooseCheckpoint(run.path(), "best")->file.filename().string(), std::string("epoch-0012.safetensors"));
        damage(run, "epoch-0012.safetensors");
        const auto none = chooseCheckpoint(run.path(), "best");
        QVERIFY(!none.ok() && none.error().kind == ErrorKind::BadInput);
    }

    void classesAndGraphAreReadBack() {
        const RunFolder run = store().create(someExperiment()).value();
        const std::vector<std::string> classes = {"a-b", "Zürich", "c"};
        QVERIFY(run.writeClasses(classes).ok());
        QCOMPARE(run.classes().value(), classes);
        QVERIFY(run.writeGraph({{"name", "x"}}).ok());
        QCOMPARE(run.graph()->at("name").get<std::string>(), std::string("x"));
    }
};

QTEST_APPLESS_MAIN(TestRunStore)
#include "tst_RunStore.moc"
