// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>

#include "SlurmTexts.h"
#include "Test.h"
#include "search/Slurm.h"

using namespace sightline;

/// Slurm's commands: what is asked, and what is made of their answers.
class SlurmTest : public Test {
    Q_OBJECT

    using Command = std::vector<std::string>;

    /// Slurm whose programs answer the same each time; `asked` is the last command.
    static Slurm answering(const ProgramAnswer& answer, Command& asked) {
        return Slurm([answer, &asked](const Command& command) {
            asked = command;
            return Result<ProgramAnswer>(answer);
        });
    }
    static bool has(const Command& command, const std::string& word) {
        return std::find(command.begin(), command.end(), word) != command.end();
    }
    static std::vector<Json*> partsOf(Json& json) {
        std::vector<Json*> parts{&json};
        for (std::size_t i = 0; i < parts.size(); ++i)
            if (parts[i]->is_structured())
                for (Json& part : *parts[i])
                    parts.push_back(&part);
        return parts;
    }
    /// What holds of each answer, however it came about.
    static void verifySense(const Result<std::vector<SlurmTask>>& tasks) {
        if (!tasks) {
            QVERIFY(!tasks.error().message.empty());
            return;
        }
        for (const SlurmTask& task : *tasks) {
            QVERIFY(slurmJobIn(task.job) == task.job);
            QVERIFY(!task.state.empty());
            QVERIFY(!task.index || *task.index >= 0);
        }
    }

private Q_SLOTS:
    void aJobIsSubmittedAsAnArray() {
        Command asked;
        SlurmSettings settings{"gpu", "1-00:00:00", 2, {"--account=x"}};
        const auto job = answering({0, "Welcome to the site\n123;cluster\n", ""}, asked)
                             .submit({"sightline-a", "/home/a b/slurm.sh", "/home/a b/%A_%a.log", 30, 4}, settings);
        QVERIFY(job);
        QCOMPARE(*job, std::string("123"));
        QCOMPARE(asked.front(), std::string("sbatch"));
        for (const char* word : {"--parsable", "--partition=gpu", "--time=1-00:00:00", "--gpus=2", "--account=x",
                                 "--array=0-29%4", "--requeue", "--signal=B:USR1@120", "--output=/home/a b/%A_%a.log"})
            QVERIFY2(has(asked, word), word);
        QCOMPARE(asked.back(), std::string("/home/a b/slurm.sh"));
    }

    void aRefusalIsSaidInSlurmsWords() {
        Command asked;
        const Slurm slurm = answering(
            {1, "", "sbatch: error: a hint\nsbatch: error: Batch job submission failed: Invalid account.\n"}, asked);
        const auto job = slurm.submit({}, {});
        QVERIFY(!job);
        QCOMPARE(job.error().message,
                 std::string("Slurm's sbatch failed: Batch job submission failed: Invalid account."));
        QVERIFY(!slurm.queued("5"));
        QVERIFY(!slurm.requeue("5_1"));
        QCOMPARE(asked, Command({"scontrol", "requeue", "5_1"}));
    }

    void tasksOfTheJobAreReadFromEachVersion() {
        Command asked;
        const auto old = answering({0, squeueOf2205(), ""}, asked).queued("5");
        QVERIFY(old);
        QCOMPARE(*old, std::vector<SlurmTask>({{"5", 0, "RUNNING", "", true},
                                               {"5", 1, "TIMEOUT", "TimeLimit", false},
                                               {"5", std::nullopt, "PENDING", "Resources", true}}));
        const auto newer = answering({0, squeueOf2311(), ""}, asked).queued("5");
        QVERIFY(newer);
        QCOMPARE(*newer, std::vector<SlurmTask>(
                             {{"5", 0, "COMPLETED", "", true}, {"5", std::nullopt, "PENDING", "Priority", true}}));
        const auto kept = answering({0, sacctOf2205(), ""}, asked).accounted("5");
        QVERIFY(kept);
        QCOMPARE(*kept, std::vector<SlurmTask>({{"5", 0, "COMPLETED", "", false}, {"5", 1, "NODE_FAIL", "", false}}));
        QVERIFY(has(asked, "--jobs=5"));
        const auto all = slurmTasksIn(sacctOf2205());
        QVERIFY(all);
        QCOMPARE(all->back(), (SlurmTask{"9", std::nullopt, "FAILED", "", false})); // no array
    }

    void whatIsNoAnswerIsAnError() {
        for (const char* text : {"", "slurm_load_jobs error: Unable to contact slurm controller", "[]", "{}", "null",
                                 R"({"jobs": {}})", R"({"jobs": 3})"})
            QVERIFY2(!slurmTasksIn(text), text);
        const auto none = slurmTasksIn(R"({"jobs": [null, 3, [], {}, {"job_id": 5}, {"job_state": "RUNNING"}]})");
        QVERIFY(none);
        QVERIFY(none->empty());
    }

    void aJobIsANumberAndNothingElse() {
        QVERIFY(slurmJobIn("123\n") == "123");
        for (const char* text :
             {"", "0", "12a", "-3", " 5", "5_1", "sbatch: 5", "12345678901234567890", "5;c\nnot a job"})
            QVERIFY2(!slurmJobIn(text), text);
    }

    /// Each value in turn replaced by values of other kinds, and each left out.
    void valuesOfOtherKindsDoNoHarm() {
        const std::vector<Json> others{nullptr,
                                       true,
                                       -1,
                                       0,
                                       1.5,
                                       1e300,
                                       18446744073709551615u,
                                       "",
                                       "5",
                                       "\x01\xff",
                                       Json::array(),
                                       Json::object(),
                                       {{"set", true}},
                                       Json::array({Json::array()}),
                                       {{"set", true}, {"infinite", false}, {"number", {{"set", true}}}}};
        int changed = 0;
        for (const std::string& text : {squeueOf2205(), squeueOf2311(), sacctOf2205()}) {
            const Json whole = Json::parse(text);
            Json counted = whole;
            const std::size_t parts = partsOf(counted).size();
            const auto unchanged = slurmTasksIn(text);
            for (std::size_t place = 0; place < parts; ++place)
                for (const Json& other : others) {
                    Json mutated = whole;
                    *partsOf(mutated)[place] = other;
                    const auto tasks = slurmTasksIn(toText(mutated));
                    verifySense(tasks);
                    changed += !tasks || *tasks != *unchanged ? 1 : 0;
                }
        }
        QVERIFY(changed > 100);
    }

    /// Bytes turned over, cut out, doubled, and answers that are torn.
    void damagedTextDoesNoHarm() {
        std::mt19937 random(18);
        const std::string alphabet = "{}[]\",:0123456789e.-ntf \\\x00\x80\xff";
        for (const std::string& text : {squeueOf2205(), squeueOf2311(), sacctOf2205()})
            for (int round = 0; round < 3000; ++round) {
                std::string mutated = text;
                for (unsigned change = 0; change < 1 + random() % 6; ++change) {
                    const std::size_t at = random() % mutated.size(), length = 1 + random() % 40;
                    switch (random() % 4) {
                    case 0:
                        mutated[at] = alphabet[random() % alphabet.size()];
                        break;
                    case 1:
                        mutated.erase(at, length);
                        break;
                    case 2:
                        mutated.insert(at, mutated.substr(random() % mutated.size(), length));
                        break;
                    default:
                        mutated.resize(std::max<std::size_t>(1, at));
                    }
                    if (mutated.empty())
                        mutated = " ";
                }
                verifySense(slurmTasksIn(mutated));
                static_cast<void>(slurmJobIn(mutated));
            }
    }

    void timesAreThoseOfSbatch() {
        QCOMPARE(slurmMinutes("90").value(), 90.0);
        QCOMPARE(slurmMinutes("90:30").value(), 90.5);
        QCOMPARE(slurmMinutes("2:00:30").value(), 120.5);
        QCOMPARE(slurmMinutes("1-12").value(), 36.0 * 60);
        QCOMPARE(slurmMinutes("1-0:30").value(), 24.0 * 60 + 30);
        QCOMPARE(slurmMinutes("1-00:00:30").value(), 24.0 * 60 + 0.5);
        for (const char* text : {"", "-", "1-", "UNLIMITED", "1:2:3:4", "1h", "1-2-3", "::", "-5", "1e3"})
            QVERIFY2(!slurmMinutes(text), text);
    }

    void aProgramsWordsAndCodeComeBack() {
        const auto answer = runProgram({"sh", "-c", "echo out; echo err >&2; cat; exit 3"});
        QVERIFY(answer);
        QCOMPARE(answer->code, 3);
        QCOMPARE(answer->out, std::string("out\n"));
        QCOMPARE(answer->err, std::string("err\n"));
        const auto much = runProgram({"sh", "-c", "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero"});
        QVERIFY(much);
        QCOMPARE(much->out.size() + much->err.size(), std::size_t{600000});
        const auto missing = runProgram({"no-such-program-of-slurm"});
        QVERIFY(!missing);
        QVERIFY(missing.error().message.find("no-such-program-of-slurm") != std::string::npos);
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = runProgram({"sh", "-c", "sleep 600 & sleep 600"}, std::chrono::hours(1), stop.get_token());
        QVERIFY(!stopped && stopped.error().kind == ErrorKind::Cancelled);
        const auto endless = runProgram({"sh", "-c", "sleep 600 & sleep 600"}, std::chrono::milliseconds(100));
        QVERIFY(!endless);
        QVERIFY(endless.error().message.find("did not end") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(SlurmTest)
#include "tst_Slurm.moc"
