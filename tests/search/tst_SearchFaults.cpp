// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "KnownImages.h"
#include "SearchTest.h"
#include "data/Overlay.h"
#include "search/SearchImages.h"
#include "search/TrialRuns.h"
#include "store/RunMark.h"
#include "support/Files.h"

using namespace sightline;
using State = SearchTrial::State;

/// What no trial can help ends the search and fails none of them.
class SearchFaultsTest : public SearchTest {
    Q_OBJECT

    /// From the folder of the weights, which are named without it.
    Result<SearchFolder> beginBesideWeights(const SearchPlan& with, const char* name) const {
        if (const Result<void> written = writeFileAtomically(root() / name, ""); !written)
            return written.error();
        const auto before = std::filesystem::current_path();
        std::filesystem::current_path(root());
        Result<SearchFolder> folder = beginSearch(home(), with, {});
        std::filesystem::current_path(before);
        return folder;
    }
    static SearchSpace weightsToChoose(const std::vector<std::string>& names) {
        Json choices = Json::object();
        choices["model.weights"]["choice"] = names;
        std::vector<Problem> problems;
        SearchSpace space = searchSpaceFromJson(choices, problems);
        [&] { QVERIFY(problems.empty()); }();
        return space;
    }
    void endsBeforeATrial(const SearchFolder& folder) const {
        FakeTrainer trainer;
        const auto ended = go(trainer, home(), folder);
        QVERIFY(!ended);
        QVERIFY2(ended.error().message.starts_with("model.weights: "), ended.error().message.c_str());
        QVERIFY(viewSearch(folder)->study.trials.empty());
    }

private Q_SLOTS:
    void init() { begin(); }

    void noTrialIsLostWhileTheImagesAreGone() {
        FakeTrainer whole, trainer;
        const std::vector<std::string> wanted = found(searched(plan(), whole));
        const auto folder = beginSearch(home(), plan(), {});
        QVERIFY(folder);
        const auto toys = root() / "toys", moved = root() / "moved";
        trainer.onEpoch = [&](const Experiment&, int) {
            if (trainer.epochsTrained == 10)
                std::filesystem::rename(toys, moved);
        };
        trainer.failure = [&](const Experiment&) {
            return std::string(std::filesystem::exists(toys) || trainer.epochsTrained > 12 ? "" : "No images.");
        };
        const auto first = go(trainer, home(), *folder);
        QVERIFY(!first);
        QCOMPARE(first.error().kind, ErrorKind::BadInput);
        QVERIFY2(first.error().message.find(toys.string()) != std::string::npos, first.error().message.c_str());
        QVERIFY(first.error().message.find("--set") == std::string::npos); // said by the command line
        QCOMPARE(viewSearch(*folder)->study.trials.size(), std::size_t{4});
        QCOMPARE(viewSearch(*folder)->study.trials.back().state, State::Running);
        QVERIFY(!go(trainer, home(), *folder)); // nor does a go without them begin
        QCOMPARE(viewSearch(*folder)->study.trials.size(), std::size_t{4});
        trainer.failure = [](const Experiment&) { return std::string(); };
        SearchRequest request{home(), *folder};
        request.dataPath = moved.string();
        const auto second = runSearch(trainer, request, {}, [](const SearchEvent&) {});
        QVERIFY2(second, second ? "" : second.error().message.c_str());
        QCOMPARE(found(second->view), wanted);
        QCOMPARE(second->view.plan.base.data.path, moved.string());
        QCOMPARE(runsOfSearch(home(), second->view.id).at("trial 7").experiment()->data.path, moved.string());
    }

    void aFullDiskEndsTheSearchAndFailsNoTrial() {
        FakeTrainer trainer;
        trainer.unwritable = [&](const Experiment&, int) {
            return std::string(trainer.epochsTrained == 6 ? "No room for last.safetensors." : "");
        };
        const auto folder = beginSearch(home(), plan(), {});
        QVERIFY(folder);
        const auto first = go(trainer, home(), *folder);
        QVERIFY(!first);
        QCOMPARE(first.error().message, std::string("No room for last.safetensors."));
        QCOMPARE(viewSearch(*folder)->study.trials.back().state, State::Running);
        trainer.unwritable = [](const Experiment&, int) { return std::string(); };
        const auto second = go(trainer, home(), *folder);
        QVERIFY(second);
        for (const SearchTrial& trial : second->view.study.trials)
            QCOMPARE(trial.state, State::Complete);
    }

    void aListOfRunsThatCannotBeWrittenFailsNoTrial() {
        FakeTrainer trainer;
        const auto folder = beginSearch(home(), plan(", \"trials\": 2"), {});
        QVERIFY(folder);
        trainer.failure = [&](const Experiment&) -> std::string {
            std::filesystem::remove(home() / "runs.db");
            std::filesystem::create_directory(home() / "runs.db");
            return "The run cannot be listed.";
        };
        const auto ended = go(trainer, home(), *folder);
        QVERIFY(!ended);
        QVERIFY2(ended.error().message.find("runs.db") != std::string::npos, ended.error().message.c_str());
        QCOMPARE(viewSearch(*folder)->study.trials.size(), std::size_t{1});
        QCOMPARE(viewSearch(*folder)->study.trials[0].state, State::Running);
    }

    void weightsAreFoundFromAnyFolderAndMissedBeforeATrialBegins() {
        SearchPlan with = plan(", \"trials\": 2");
        with.base.model.weights = "start.safetensors";
        const auto folder = beginBesideWeights(with, "start.safetensors");
        const auto file = root() / "start.safetensors";
        QVERIFY2(folder, folder ? "" : folder.error().message.c_str());
        QVERIFY(std::filesystem::equivalent(folder->plan()->base.model.weights, file));
        std::filesystem::remove(file);
        endsBeforeATrial(*folder);
    }

    void weightsToChooseFromAreFoundFromAnyFolderAndMissed() {
        SearchPlan with = plan(", \"trials\": 2");
        with.space = weightsToChoose({"", "a.safetensors"});
        const auto folder = beginBesideWeights(with, "a.safetensors");
        const auto file = root() / "a.safetensors";
        QVERIFY2(folder, folder ? "" : folder.error().message.c_str());
        QVERIFY(folder->plan()->space.dimensions[0].each.choices[1] == Json(file.string()));
        std::filesystem::remove(file);
        endsBeforeATrial(*folder);
    }

    void twoSpellingsOfAFileAreOneChoice() {
        SearchPlan with = plan();
        with.space = weightsToChoose({"a.safetensors", "./a.safetensors"});
        const auto folder = beginBesideWeights(with, "a.safetensors");
        QVERIFY(!folder); // nobody could read it again
        QVERIFY2(folder.error().message.find("twice") != std::string::npos, folder.error().message.c_str());
        QVERIFY(searchFolders(home()).empty());
    }

    void aPlaceThatNobodySaidHasToHaveTheVerySameImages() {
        FakeTrainer trainer;
        const auto folder = beginSearch(home(), plan(", \"trials\": 1"), {});
        QVERIFY(folder && go(trainer, home(), *folder));
        const auto toys = root() / "toys", moved = root() / "moved", others = root() / "others";
        QVERIFY(drawFewToys(others, 2, 1, 20)); // by the same names
        SearchRequest request{home(), *folder};
        request.guessesPlace = true;
        request.dataPath = others.string();
        const auto refusal = [&] {
            const auto done = moveImages(request, {});
            return done ? std::string() : done.error().message;
        };
        QVERIFY2(refusal().starts_with("No run of the search tells"), refusal().c_str());
        QVERIFY(rememberImages(home(), *folder));
        std::filesystem::rename(toys, moved);
        QVERIFY2(refusal().find("are not those of the search") != std::string::npos, refusal().c_str());
        QCOMPARE(folder->plan()->base.data.path, toys.string());
        request.guessesPlace = false; // a person who says so is believed
        QCOMPARE(refusal(), std::string());
        request.guessesPlace = true;
        request.dataPath = moved.string();
        QCOMPARE(refusal(), std::string());
        QCOMPARE(folder->plan()->base.data.path, moved.string());
    }

    /// The files may be the same: of other labels the trials that are left would learn something else.
    void aPlaceThatNobodySaidHasToHaveTheSameLabels() {
        const auto toys = root() / "toys", moved = root() / "moved";
        std::filesystem::copy(toys, moved, std::filesystem::copy_options::recursive);
        const auto images = openDataset(plan().base.data, plan().base.seed);
        QVERIFY(images && images->samples[0].label == 0);
        const auto edit = [&](const std::filesystem::path& place, const OverlayEntry& entry) {
            Overlay overlay;
            static_cast<void>(applyEdit({{images->samples[0].path, entry}}, overlay));
            QVERIFY(writeOverlay(overlayFile(home(), place), overlay, place).ok());
        };
        const auto searchAgain = [&] {
            FakeTrainer trainer;
            const auto folder = beginSearch(home(), plan(", \"trials\": 1"), {});
            [&] { QVERIFY(folder && go(trainer, home(), *folder) && rememberImages(home(), *folder)); }();
            return *folder;
        };
        const auto isRefused = [&](const SearchFolder& folder) {
            SearchRequest request{home(), folder};
            request.guessesPlace = true;
            request.dataPath = moved.string();
            const auto done = moveImages(request, {});
            return !done && done.error().message.find("or what was relabeled or excluded of them, are not those of "
                                                      "the search") != std::string::npos;
        };
        for (const OverlayEntry& entry : {OverlayEntry{images->classes.back(), false}, OverlayEntry{{}, true}}) {
            edit(toys, entry); // which is remembered by the place of the images
            edit(moved, {});
            const SearchFolder folder = searchAgain();
            QVERIFY(isRefused(folder));
            QCOMPARE(folder.plan()->base.data.path, toys.string());
            edit(moved, entry);
            QVERIFY(!isRefused(folder));
            QCOMPARE(folder.plan()->base.data.path, moved.string());
        }
        edit(toys, {});
        const SearchFolder folder = searchAgain();
        QVERIFY(isRefused(folder)); // an image that the search has seen is excluded there
        edit(moved, {});
        for (const char* subset : {"train", "val", "test"})
            std::filesystem::rename(moved / subset / images->classes[0], moved / subset / "indoor");
        QVERIFY(isRefused(folder)); // sorted into other classes
        QCOMPARE(folder.plan()->base.data.path, toys.string());
    }

    void fewPossibleTrialsAreWorthASearch() {
        SearchPlan with = plan();
        Json space = Json::object();
        for (int size = -59; size < 1; ++size)
            space["training.batch_size"]["choice"].push_back(size);
        std::vector<Problem> problems;
        with.space = searchSpaceFromJson(space, problems);
        QVERIFY(!problemsOfAllTrials(with).empty());
        space["training.batch_size"]["choice"].push_back(16);
        with.space = searchSpaceFromJson(space, problems);
        for (with.seed = 0; with.seed < 10; ++with.seed)
            QVERIFY(problemsOfAllTrials(with).empty());
    }

    void aRunThatIsInProgressElsewhereEndsTheSearchAndFailsNoTrial() {
        FakeTrainer trainer;
        std::stop_source stop;
        trainer.onEpoch = [&](const Experiment&, int) { stop.request_stop(); };
        const auto folder = beginSearch(home(), plan(", \"trials\": 2"), {});
        QVERIFY(folder);
        QVERIFY(go(trainer, home(), *folder, stop.get_token()).ok());
        {
            const auto mark = RunMark::take(runsOfSearch(home(), folder->id()).at("trial 0").path());
            QVERIFY(mark);
            const auto ended = go(trainer, home(), *folder);
            QVERIFY(!ended);
            QVERIFY2(ended.error().message.find("is in progress already") != std::string::npos,
                     ended.error().message.c_str());
        }
        QCOMPARE(viewSearch(*folder)->study.trials.size(), std::size_t{1});
        QCOMPARE(viewSearch(*folder)->study.trials[0].state, State::Running);
        QCOMPARE(endedTrials(go(trainer, home(), *folder)->view.study), 2);
    }

    void aStoredSearchWithAnImpossibleOptionCanBeReadButFailsNoTrial() {
        FakeTrainer trainer;
        const SearchView view = searched(plan(", \"trials\": 2"), trainer);
        const SearchFolder folder(view.folder);
        const auto file = view.folder / "search.json";
        Json json = readJsonFile(file).value();
        json["base"]["model"]["options"]["of_an_older_version"] = 1;
        json["trials"] = 4;
        QVERIFY(writeFileAtomically(file, toText(json)).ok());
        const auto read = viewSearch(folder);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(!beginSearch(home(), read->plan, {}));
        const auto refused = go(trainer, home(), folder);
        QVERIFY(!refused);
        QVERIFY2(refused.error().message.find("of_an_older_version") != std::string::npos,
                 refused.error().message.c_str());
        QCOMPARE(viewSearch(folder)->study.trials.size(), std::size_t{2});
        json["base"]["model"]["options"].erase("of_an_older_version");
        QVERIFY(writeFileAtomically(file, toText(json)).ok());
        const auto ended = go(trainer, home(), folder);
        QVERIFY2(ended, ended ? "" : ended.error().message.c_str());
        QCOMPARE(ended->view.study.trials.back().state, State::Complete);
        json["trials"] = 0;
        QVERIFY(writeFileAtomically(file, toText(json)).ok());
        QVERIFY(!viewSearch(folder));
    }

    /// Of what an earlier go began and nothing was kept.
    void aRunThatCannotBeRemovedFailsNoTrial() {
        FakeTrainer trainer;
        std::stop_source stop;
        trainer.onEpoch = [&](const Experiment&, int) { stop.request_stop(); };
        const auto folder = beginSearch(home(), plan(", \"trials\": 2"), {});
        QVERIFY(folder);
        QVERIFY(go(trainer, home(), *folder, stop.get_token()).ok());
        std::filesystem::remove_all(runsOfSearch(home(), folder->id()).at("trial 0").path() / "checkpoints");
        const auto ended = go(trainer, home(), *folder, {}, [&](const SearchEvent&) { // once it has begun
            std::filesystem::remove(home() / "runs.db");
            std::filesystem::create_directory(home() / "runs.db");
        });
        QVERIFY(!ended);
        QVERIFY2(ended.error().message.find("runs.db") != std::string::npos, ended.error().message.c_str());
        QCOMPARE(viewSearch(*folder)->study.trials.size(), std::size_t{1});
        QCOMPARE(viewSearch(*folder)->study.trials[0].state, State::Running);
    }
};

QTEST_APPLESS_MAIN(SearchFaultsTest)
#include "tst_SearchFaults.moc"
