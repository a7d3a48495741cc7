// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <fstream>

#include "Test.h"
#include "search/JournalFile.h"
#include "search/StudyJournal.h"
#include "support/Files.h"
#include "support/Random.h"

using namespace sightline;

namespace {
const char* const kOptunas =
    "{'op_code':0,'worker_id':'o','study_name':'s','directions':[1]}\n"
    "{'op_code':0,'worker_id':'o','study_name':'other','directions':[1]}\n"
    "{'op_code':4,'worker_id':'o','study_id':1,'datetime_start':'2026-01-01T00:00:00.000000+00:00'}\n"
    "{'op_code':4,'worker_id':'o','study_id':0,'datetime_start':'2026-01-01T00:00:00.000000+00:00'}\n"
    "{'op_code':5,'worker_id':'o','trial_id':1,'param_name':'x','param_value_internal':0.5,'distribution':'{}'}\n"
    "{'op_code':9,'worker_id':'o','trial_id':1,'system_attr':{'a':1}}\n"
    "{'op_code':6,'worker_id':'o','trial_id':1,'state':3,'values':null,'datetime_complete':'2026-01-01T00:00:01.000000+"
    "00:00'}\n";
const char* const kTorn = "{'op_code': 6, 'worker_id': 'worker', 'trial_id': 1, 'sta";
} // namespace

/// Optuna's journal.
class StudyJournalTest : public FreshFolderTest {
    Q_OBJECT

    std::filesystem::path file() const { return root() / "journal.log"; }
    static SearchSpace space() {
        std::vector<Problem> problems;
        return searchSpaceFromJson(Json::parse(R"({"training.epochs": {"int": [1, 9]},
            "training.optimizer.name": {"choice": ["adam", "sgd"]}})"),
                                   problems);
    }
    /// Two trials: one that was completed, one in progress.
    void writeTwo() const {
        const StudyJournal journal(file(), "worker");
        QVERIFY(journal.createStudy("study", true));
        SearchTrial first;
        first.point = {{"training.epochs", 3}, {"training.optimizer.name", 1}};
        first.started = journalTime();
        QVERIFY(journal.begin(first, space()));
        QVERIFY(journal.report(0, 1, 0.5));
        QVERIFY(journal.report(0, 2, 0.75));
        SearchTrial second = first;
        second.number = 1;
        QVERIFY(journal.begin(second, space()));
        QVERIFY(journal.setRuns(1, {"b"}));
        first.state = SearchTrial::State::Complete;
        first.value = 0.7;
        first.values = {0.75, 0.65};
        first.figures = {{"val_loss", 0.1}};
        first.runs = {"a", "c"};
        first.ended = journalTime();
        QVERIFY(journal.end(0, first));
    }
    /// With ' for ".
    void append(std::string text) const {
        std::replace(text.begin(), text.end(), '\'', '"');
        std::ofstream(file(), std::ios::app) << text;
    }

private Q_SLOTS:
    void whatIsWrittenIsReadAgain() {
        writeTwo();
        const auto study = readStudy(file());
        QVERIFY2(study, study ? "" : study.error().message.c_str());
        QVERIFY(study->hasBegun);
        QVERIFY(study->notes.empty());
        QCOMPARE(study->trials.size(), std::size_t{2});
        const SearchTrial& first = study->trials[0];
        QCOMPARE(first.state, SearchTrial::State::Complete);
        QVERIFY(first.point == Point({{"training.epochs", 3}, {"training.optimizer.name", 1}}));
        QVERIFY(first.reports == (std::map<int, double>{{1, 0.5}, {2, 0.75}}));
        QCOMPARE(first.value.value(), 0.7);
        QCOMPARE(first.values, std::vector<double>({0.75, 0.65}));
        QCOMPARE(first.runs, std::vector<std::string>({"a", "c"}));
        QCOMPARE(study->trials[1].state, SearchTrial::State::Running);
        QCOMPARE(study->trials[1].runs, std::vector<std::string>({"b"}));
        QCOMPARE(study->journalIds, std::vector<int>({0, 1}));
        QVERIFY(!std::filesystem::exists(root() / "journal.log.lock"));
    }

    void linesAreAsOptunaWritesThem() {
        writeTwo();
        const auto lines = readJournalLines(file());
        QVERIFY(lines);
        const Json& create = lines->lines[1];
        QCOMPARE(create["op_code"].get<int>(), 4);
        QVERIFY(create["params"] == Json({{"training.epochs", 3.0}, {"training.optimizer.name", 1.0}}));
        QVERIFY(Json::parse(create["distributions"]["training.optimizer.name"].get<std::string>()) ==
                Json::parse(R"({"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}})"));
        const Json& end = lines->lines.back();
        QCOMPARE(end["op_code"].get<int>(), 6);
        QCOMPARE(end["state"].get<int>(), 1);
        QVERIFY(end["values"] == Json({0.7}));
        QVERIFY(end.contains("datetime_complete"));
    }

    void aTornLastLineIsLeftOutAndCutOff() {
        writeTwo();
        append(kTorn);
        const auto torn = readStudy(file());
        QVERIFY(torn);
        QCOMPARE(torn->trials[1].state, SearchTrial::State::Running);
        QCOMPARE(torn->notes.size(), std::size_t{1});
        QVERIFY(StudyJournal(file(), "worker").report(1, 1, 0.25));
        const auto whole = readStudy(file());
        QVERIFY2(whole, whole ? "" : whole.error().message.c_str());
        QVERIFY(whole->notes.empty());
        QCOMPARE(whole->trials[1].reports.at(1), 0.25);
    }

    void aDamagedLineIsNamed() {
        writeTwo();
        append("no json\n{}\n");
        const auto study = readStudy(file());
        QVERIFY(!study);
        QCOMPARE(study.error().kind, ErrorKind::BadInput);
        QVERIFY(study.error().message.find("line 11") != std::string::npos);
    }

    void operationsOfAnotherVersionAreSaid() {
        writeTwo();
        append("{\"op_code\": 42, \"worker_id\": \"x\"}\n{\"op_code\": 42, \"worker_id\": \"x\"}\n");
        const auto study = readStudy(file());
        QVERIFY(study);
        QCOMPARE(study->trials.size(), std::size_t{2});
        QCOMPARE(study->notes.size(), std::size_t{1});
        QVERIFY(study->notes[0].find("42") != std::string::npos);
    }

    void aTrialThatHasEndedStays() {
        writeTwo();
        QVERIFY(StudyJournal(file(), "worker").report(0, 3, 9));
        QVERIFY(!readStudy(file())->trials[0].reports.contains(3));
    }

    void trialsOfOptunasOwnAreRead() {
        append(kOptunas);
        const auto study = readStudy(file());
        QVERIFY2(study, study ? "" : study.error().message.c_str());
        QCOMPARE(study->trials.size(), std::size_t{1});
        QCOMPARE(study->journalIds, std::vector<int>({1}));
        QCOMPARE(study->trials[0].point.at("x"), 0.5);
        QCOMPARE(study->trials[0].state, SearchTrial::State::Failed);
    }

    void aLockThatNobodyGivesBackIsTakenAway() {
        std::filesystem::create_symlink(file(), root() / "journal.log.lock");
        QVERIFY(appendJournalLines(file(), {Json{{"op_code", 3}}}, std::chrono::milliseconds(20)));
        QCOMPARE(readJournalLines(file())->lines.size(), std::size_t{1});
        QVERIFY(!std::filesystem::is_symlink(root() / "journal.log.lock"));
    }

    void onlyALockOfOurOwnIsDropped() {
        const auto link = root() / "journal.log.lock";
        std::filesystem::create_symlink(file(), link);
        JournalLock::dropOurs(file());
        QVERIFY(std::filesystem::is_symlink(link));
        std::filesystem::remove(link);
        {
            const auto lock = JournalLock::take(file());
            QVERIFY(lock);
            QVERIFY(std::filesystem::is_symlink(link));
            JournalLock::dropOurs(file());
            QVERIFY(!std::filesystem::is_symlink(link));
        }
    }

    void whateverTheJournalHoldsNothingBreaks() {
        writeTwo();
        const std::string whole = readFile(file()).value();
        for (std::uint64_t round = 0; round < 2000; ++round) {
            CounterRandom random(round, RandomPurpose::Test);
            std::string text = whole;
            for (std::uint64_t i = 0; i <= random.below(3); ++i) {
                const std::size_t at = random.below(text.size());
                if (random.below(2) == 0)
                    text[at] = "0123456789-{}[]\",:ntx\n"[random.below(22)];
                else
                    text.erase(at, 1 + random.below(20));
            }
            std::ofstream(file(), std::ios::trunc) << text;
            if (const auto study = readStudy(file()); study) {
                QCOMPARE(study->trials.size(), study->journalIds.size());
            } else {
                QVERIFY(study.error().message.find("line ") != std::string::npos);
            }
        }
    }
};

QTEST_APPLESS_MAIN(StudyJournalTest)
#include "tst_StudyJournal.moc"
