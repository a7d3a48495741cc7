// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <atomic>
#include <set>
#include <thread>

#include "FaultyFiles.h"
#include "SearchTest.h"
#include "engine/Reporting.h"
#include "search/ReportFile.h"
#include "search/SearchSteering.h"
#include "search/SearchTable.h"
#include "search/TrialRuns.h"
#include "store/FoldGroup.h"
#include "support/Files.h"

using namespace sightline;
using State = SearchTrial::State;

/// A search from its first trial to its end, whatever comes between.
class SearchRunnerTest : public SearchTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }

    void eachTrialIsARunOfTheGroup() {
        FakeTrainer trainer;
        const SearchView view = searched(plan(), trainer);
        QCOMPARE(view.state, SearchView::State::Completed);
        QCOMPARE(view.study.trials.size(), std::size_t{8});
        const auto runs = runsOfSearch(home(), view.id);
        QCOMPARE(runs.size(), std::size_t{8});
        const SearchTrial& third = view.study.trials[3];
        QCOMPARE(third.runs, std::vector<std::string>({runs.at("trial 3").id()}));
        const auto experiment = runs.at("trial 3").experiment();
        QVERIFY(experiment);
        QCOMPARE(experiment->name, std::string("toys: search, trial 3"));
        QCOMPARE(experiment->training.optimizer.learningRate, third.point.at("training.optimizer.learning_rate"));
        QVERIFY(std::abs(*third.value - trainer.accuracy(*experiment, 4)) < 1e-12);
        QCOMPARE(third.figures.at("epoch"), 4.0);
        QVERIFY(std::abs(third.figures.at("val_loss") - (1 - *third.value)) < 1e-12);
        QCOMPARE(third.reports.size(), std::size_t{4});
        int best = 0;
        for (const SearchTrial& trial : view.study.trials)
            best = *trial.value > *view.study.trials[static_cast<std::size_t>(best)].value ? trial.number : best;
        QCOMPARE(bestTrial(view.study.trials, true).value(), best);
    }

    void theSameSeedGivesTheSameTrials() {
        FakeTrainer trainer;
        for (const char* sampler : {", \"sampler\": \"random\"", ", \"sampler\": \"tpe\", \"trials\": 14"})
            QCOMPARE(found(searched(plan(sampler), trainer)), found(searched(plan(sampler), trainer)));
    }

    void executionsDifferInTheirSeedAndCountByTheirMean() {
        FakeTrainer trainer;
        trainer.accuracy = [](const Experiment& experiment, int epoch) {
            return 0.1 * static_cast<double>(experiment.seed - 7) + (epoch == 2 ? 0.5 : 0.25);
        };
        const SearchView view = searched(plan(", \"executions_per_trial\": 3, \"trials\": 2"), trainer);
        for (const SearchTrial& trial : view.study.trials) {
            QCOMPARE(trial.values.size(), std::size_t{3});
            QCOMPARE(trial.value.value(), 0.6);
            QCOMPARE(trial.figures.at("epoch"), 2.0);
            QCOMPARE(trial.runs.size(), std::size_t{3});
        }
        QVERIFY(runsOfSearch(home(), view.id).contains("trial 1, execution 3 of 3"));
    }

    void aTrialThatFailsIsKeptAndTheSearchGoesOn() {
        FakeTrainer trainer;
        int asked = 0;
        trainer.failure = [&](const Experiment&) {
            return std::string(asked++ == 2 ? "The network is too deep for the input." : "");
        };
        const SearchView view = searched(plan(), trainer);
        QCOMPARE(view.state, SearchView::State::Completed);
        QCOMPARE(view.study.trials[2].state, State::Failed);
        QCOMPARE(view.study.trials[2].error, std::string("The network is too deep for the input."));
        QCOMPARE(view.study.trials[7].state, State::Complete);
    }

    void aGridEndsWhenEachPointIsDone() {
        FakeTrainer trainer;
        SearchPlan grid = plan();
        grid.sampler = SearchPlan::Sampler::Grid;
        std::vector<Problem> problems;
        grid.space = searchSpaceFromJson(Json::parse(R"({"training.optimizer.learning_rate": {"choice": [0.1, 0.01]},
            "training.batch_size": {"int": [8, 16], "step": 8}})"),
                                         problems);
        const SearchView view = searched(grid, trainer);
        QCOMPARE(view.study.trials.size(), std::size_t{4});
        QCOMPARE(view.state, SearchView::State::Completed);
    }

    void prunedTrialsStopAfterTheirEpoch() {
        FakeTrainer trainer;
        const SearchView view = searched(plan(", \"pruner\": \"asha\""), trainer);
        double best = -1;
        for (const SearchTrial& trial : view.study.trials) {
            const bool isFirst = trial.reports.at(1) >= best; // of fewer than eight the best goes on
            best = std::max(best, trial.reports.at(1));
            QCOMPARE(trial.state, isFirst ? State::Complete : State::Pruned);
            QCOMPARE(trial.reports.size(), std::size_t(isFirst ? 4 : 1));
            if (!isFirst)
                QCOMPARE(trial.value.value(), trial.reports.at(1));
        }
    }

    void onlyTheBestKeepTheirCheckpoints() {
        FakeTrainer trainer;
        const SearchView view = searched(plan(", \"keep_best\": 2"), trainer);
        const auto ranked = rankedTrials(view.study.trials, true);
        for (std::size_t place = 0; place < ranked.size(); ++place)
            QCOMPARE(checkpointToResume(home() / "runs" / ranked[place]->runs[0]).has_value(), place < 2);
    }

    void removedCheckpointsAreSaidInOneSentence() {
        QCOMPARE(removedWords({{3}, 1}),
                 std::string("The checkpoints of trial 3 are removed; the best trial keeps its own."));
        QCOMPARE(removedWords({{6, 3, 5}, 3}),
                 std::string("The checkpoints of trials 3, 5 and 6 are removed; the best 3 trials keep theirs."));
        QCOMPARE(removedWords({{9, 5, 3, 7, 6, 8}, 3}),
                 std::string("The checkpoints of trials 3 and 5 to 9 are removed; the best 3 trials keep theirs."));
        QCOMPARE(removedWords({{1, 3, 5, 7, 9, 11, 13, 15, 17, 18}, 2}),
                 std::string("The checkpoints of 10 trials are removed; the best 2 trials keep theirs."));
    }

    void aStoppedSearchGoesOnWhereItWas() {
        FakeTrainer whole, stopped;
        const std::vector<std::string> wanted = found(searched(plan(), whole));
        std::stop_source stop;
        stopped.onEpoch = [&](const Experiment&, int) {
            if (stopped.epochsTrained == 10)
                stop.request_stop();
        };
        const auto folder = beginSearch(home(), plan(), {});
        QVERIFY(folder);
        const auto first = go(stopped, home(), *folder, stop.get_token());
        QVERIFY(first);
        QCOMPARE(first->view.state, SearchView::State::Stopped);
        QVERIFY(first->why.find("6 trials are left") != std::string::npos);
        QCOMPARE(first->view.study.trials.back().state, State::Running);
        const auto second = go(stopped, home(), *folder);
        QVERIFY(second);
        QCOMPARE(found(second->view), wanted);
        QCOMPARE(stopped.epochsTrained, 8 * 4); // no epoch twice
    }

    void aKillAtAnyPointNeitherLosesNorDoublesATrial() {
        FakeTrainer trainer;
        const std::string more = ", \"trials\": 3, \"executions_per_trial\": 2, \"pruner\": \"median\"";
        const std::vector<std::string> wanted = found(searched(plan(more), trainer));
        bool struck = true;
        for (int call = 1; struck; call += 3) {
            const auto again = home().parent_path() / ("killed-" + std::to_string(call));
            const auto folder = beginSearch(again, plan(more), {});
            QVERIFY(folder);
            {
                FaultyFiles faulty(Fault::Killed, call);
                static_cast<void>(go(trainer, again, *folder));
                struck = faulty.hasStruck();
            }
            const auto resumed = go(trainer, again, *folder);
            QVERIFY2(resumed, resumed ? "" : resumed.error().message.c_str());
            QCOMPARE(found(resumed->view), wanted);
            const auto runs = runsOfSearch(again, resumed->view.id);
            QCOMPARE(runs.size(), std::size_t{6});
            std::size_t all = 0;
            for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(again / "runs"))
                ++all;
            QCOMPARE(all, std::size_t{6});
        }
    }

    void trialsSideBySideAreAllDone() {
        FakeTrainer trainer;
        const SearchView view = searched(plan(", \"parallel\": 3"), trainer);
        QCOMPARE(view.state, SearchView::State::Completed);
        std::set<std::string> runs;
        for (const SearchTrial& trial : view.study.trials) {
            QCOMPARE(trial.state, State::Complete);
            runs.insert(trial.runs[0]);
        }
        QCOMPARE(runs.size(), std::size_t{8});
    }

    void aSearchInProgressIsNotStartedTwice() {
        FakeTrainer trainer;
        const auto folder = beginSearch(home(), plan(), {});
        QVERIFY(folder);
        std::string refused;
        const auto ended = go(trainer, home(), *folder, {}, [&](const SearchEvent& event) {
            if (!std::holds_alternative<TrialEnded>(event) || !refused.empty())
                return;
            const auto again = go(trainer, home(), *folder);
            refused = again ? "it began" : again.error().message;
        });
        QVERIFY(ended);
        QVERIFY2(refused.find("is running already") != std::string::npos, refused.c_str());
    }

    void whatIsAskedFromOutsideIsObeyed() {
        using Kind = RemoteCommand::Kind;
        FakeTrainer trainer;
        const auto folder = beginSearch(home(), plan(", \"trials\": 1000, \"parallel\": 2"), {});
        QVERIFY(folder);
        QVERIFY(steerSearch(*folder, Kind::Pause, {}).error().message.find("is not running") != std::string::npos);
        std::optional<Result<SearchEnded>> ended;
        std::atomic<bool> began = false;
        std::jthread search(
            [&] { ended = go(trainer, home(), *folder, {}, [&](const SearchEvent&) { began = true; }); });
        const auto steered = [&] { // sees to it that the search ends, whatever fails
            QTRY_VERIFY(began);
            QVERIFY(steerSearch(*folder, Kind::Pause, {}));
            QTRY_COMPARE(viewSearch(*folder)->state, SearchView::State::Paused);
            QVERIFY(steerSearch(*folder, Kind::Resume, {}));
            QTRY_COMPARE(viewSearch(*folder)->state, SearchView::State::Running);
            QVERIFY(!steerSearch(*folder, Kind::Save, {}));
            QVERIFY(steerSearch(*folder, Kind::Pause, {}));
        };
        steered();
        QVERIFY(steerSearch(*folder, Kind::Stop, {})); // a paused one
        search.join();
        QVERIFY(ended && *ended);
        QCOMPARE((*ended)->view.state, SearchView::State::Stopped);
        QVERIFY((*ended)->why.find("Stopped") != std::string::npos);
    }

    void whoSteersHasOneTrialAtATime() {
        FakeTrainer trainer;
        const auto folder = beginSearch(home(), plan(", \"parallel\": 3"), {});
        QVERIFY(folder);
        TrainControl control;
        int inProgress = 0, most = 0;
        const auto ended =
            runSearch(trainer, {home(), *folder, false, false, &control}, {}, [&](const SearchEvent& event) {
                inProgress += std::holds_alternative<TrialBegan>(event) - std::holds_alternative<TrialEnded>(event);
                most = std::max(most, inProgress);
            });
        QVERIFY(ended);
        QCOMPARE(most, 1);
        QCOMPARE(endedTrials(ended->view.study), 8);
        QCOMPARE(ended->view.plan.parallel, 3);
    }

    void foldsAreFoundByTheirExperiment() {
        RunStore store = RunStore::open(home()).value();
        FoldGroup folds;
        folds.id = "20260131-142530-ab12";
        folds.experiment.name = "cells";
        folds.folds = 3;
        const auto fold = [&] {
            QVERIFY(writeFoldGroup(home(), folds));
            QVERIFY(store.create(folds.experimentOf(1), folds.memberOf(1)));
        };
        fold();
        QVERIFY(!findGroup(store, "cells"));
        QCOMPARE(findGroupOrFoldsOf(store, "cells").value(), folds.id);
        QCOMPARE(findGroupOrFoldsOf(store, "cells: 3 folds").value(), folds.id);
        QVERIFY(!findGroupOrFoldsOf(store, "cell"));
        folds.id = "20260131-142530-cd34";
        fold();
        QVERIFY(findGroupOrFoldsOf(store, "cells").error().message.find("is 2 groups of folds") != std::string::npos);
    }

    void aSearchIsATableOfItsTrials() {
        FakeTrainer trainer;
        int asked = 0;
        trainer.failure = [&](const Experiment&) { return std::string(asked++ == 1 ? "Too deep, alas." : ""); };
        const SearchView view = searched(plan(", \"name\": \"rates\", \"trials\": 3"), trainer);
        RunStore store = RunStore::open(home()).value();
        for (const std::string& words : {view.id, view.id.substr(0, 16), std::string("rates")})
            QCOMPARE(findGroup(store, words).value(), view.id);
        QCOMPARE(findGroup(store, "rate").error().kind, ErrorKind::BadInput);
        const auto table = readTableOf(home(), view.id);
        QVERIFY2(table, table ? "" : table.error().message.c_str());
        QVERIFY(table->isComplete);
        QCOMPARE(table->rows.size(), std::size_t{3});
        QCOMPARE(table->rows[1].note, std::string("Too deep, alas."));
        QCOMPARE(table->rows[2].run, view.study.trials[2].runs[0]);
        QVERIFY(table->rows[2].value == view.study.trials[2].value);
        const std::string csv = groupCsv(*table), best = std::to_string(*bestTrial(view.study.trials, true));
        QVERIFY2(csv.starts_with("Trial,training.optimizer.learning_rate,val_accuracy,State,Runs,Note\r\n0,"),
                 csv.c_str());
        QVERIFY2(csv.find(",failed,,\"Too deep, alas.\"\r\n") != std::string::npos, csv.c_str());
        QVERIFY(csv.find(",complete," + view.study.trials[2].runs[0] + ",\r\n") != std::string::npos);
        const std::string text = groupMarkdown(*table);
        QVERIFY2(text.find("Best of 3 trials by val_accuracy (higher is better): trial " + best + ", ") !=
                     std::string::npos,
                 text.c_str());
        QVERIFY(text.find("Trial 1: Too deep, alas.") != std::string::npos);
    }

    void theReportOfASearchHasItsTrialsInOrder() {
        FakeTrainer trainer;
        const SearchView view =
            searched(plan(", \"executions_per_trial\": 2, \"keep_best\": 1, \"pruner\": \"asha\""), trainer);
        RunStore store = RunStore::open(home()).value();
        auto report = collectGroupReport(trainer, store, view.id, {}, {}, {});
        QVERIFY(report);
        QVERIFY(describeSearch(home(), *report).ok());
        std::vector<std::string> runs, members;
        for (const SearchTrial& trial : view.study.trials)
            runs.insert(runs.end(), trial.runs.begin(), trial.runs.end());
        for (const GroupMember& member : report->members)
            members.push_back(member.run.id);
        QCOMPARE(members, runs);
        QCOMPARE(report->notes.size(), std::size_t{2}); // of the two that have checkpoints: it trains nothing
        const std::string html = reportHtml(*report);
        const std::string best = std::to_string(*bestTrial(view.study.trials, true));
        for (const std::string& part :
             {"(higher is better): trial " + best + ", ", std::string("&quot;sampler&quot;: &quot;random&quot;"),
              std::string("<td>pruned</td>"), std::to_string(runs.size() - 2) + " runs have no checkpoint any more"})
            QVERIFY2(html.find(part) != std::string::npos, (part + " is missing").c_str());
        QVERIFY(html.find("stopped") == std::string::npos);
        QCOMPARE(html.find("How much each setting matters") != std::string::npos, !toJson(view)["importance"].empty());
    }

    void theReportOfASearchShowsItsBestTrial() {
        FakeTrainer trainer;
        std::vector<double> rates;                                  // of the trials
        trainer.accuracy = [&](const Experiment& experiment, int) { // the best run is not of the best trial
            const double rate = experiment.training.optimizer.learningRate;
            if (rates.empty() || rates.back() != rate)
                rates.push_back(rate);
            return rates.size() == 2 ? 0.6 : experiment.seed == 7 ? 0.9 : 0.1;
        };
        const SearchView view = searched(plan(", \"executions_per_trial\": 2, \"trials\": 2"), trainer);
        RunStore store = RunStore::open(home()).value();
        const auto file = root() / "report.html";
        QVERIFY(writeGroupReport(trainer, store, view.id, {}, file, {}, {}).ok());
        const std::string html = readFile(file).value();
        QVERIFY2(html.find("Of trial 1, execution 1 of 2") != std::string::npos, html.c_str());
    }

    void valuesOfAnotherProgramThatDoNotFitAreIgnored() {
        FakeTrainer trainer;
        SearchView view = searched(plan(", \"trials\": 2"), trainer);
        std::string journal = readFile(view.folder / "journal.log").value();
        const std::string name = "\"params\":{\"training.optimizer.learning_rate\":";
        const auto at = journal.rfind(name);
        QVERIFY2(at != std::string::npos, journal.c_str());
        journal.replace(at + name.size(), journal.find('}', at) - at - name.size(), "1e9");
        QVERIFY(writeFileAtomically(view.folder / "journal.log", journal).ok());
        const auto read = viewSearch(SearchFolder(view.folder));
        QVERIFY(read);
        QVERIFY(read->study.trials[1].point.empty());
        QCOMPARE(read->study.notes.size(), std::size_t{1});
        QVERIFY2(read->study.notes[0].starts_with("Trial 1 has values"), read->study.notes[0].c_str());
        QVERIFY(toJson(*read)["trials"][1]["params"] == Json::object());
    }

    void searchesAreFoundByIdPrefixAndName() {
        FakeTrainer trainer;
        const SearchView view = searched(plan(", \"name\": \"rates\""), trainer);
        for (const std::string& words : {view.id, view.id.substr(0, 12), std::string("rates")}) {
            const auto found = findSearch(home(), words);
            QVERIFY2(found, words.c_str());
            QCOMPARE(found->id(), view.id);
        }
        QCOMPARE(findSearch(home(), "rate").error().kind, ErrorKind::BadInput);
        QCOMPARE(findSearch(home(), "").error().kind, ErrorKind::BadInput);
    }

    void anObjectiveNeedsItsImages() {
        std::filesystem::remove_all(root() / "toys" / "val");
        const auto folder = beginSearch(home(), plan(), {});
        QVERIFY(!folder);
        QVERIFY(folder.error().message.find("validation_split") != std::string::npos);
        QVERIFY(searchFolders(home()).empty());
    }
};

QTEST_APPLESS_MAIN(SearchRunnerTest)
#include "tst_SearchRunner.moc"
