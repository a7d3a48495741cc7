// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "FaultyFiles.h"
#include "Test.h"
#include "ToyRuns.h"
#include "store/RunCheckpoint.h"
#include "store/RunParts.h"
#include "store/RunStore.h"

using namespace sightline;

/// Whatever becomes of any of the calls by which a run is written: it opens, goes on, or one sentence says what is
/// gone.
class FailingFilesTest : public Test {
    Q_OBJECT

    ToyRuns m_runs;
    std::string m_weights;        ///< of the run that nothing happened to
    int m_calls = 0;              ///< that it made
    std::set<std::string> m_seen; ///< what was left of runs, and gone on with

    TrainRequest request(const char* home) const {
        TrainRequest request = m_runs.request(home, 2);
        request.experiment.model.options = Json{{"dropout", 0.3}, {"filters", {2, 2}}};
        request.experiment.training.batchSize = 5;
        request.experiment.training.saveEveryMinutes = 1e-9;
        request.experiment.training.threads = 1;
        return request;
    }

    using Place = std::pair<int, int>; ///< epochs finished, batches of the next
    struct Course {
        RunEnded ended;
        Place kept{0, 0}; ///< of the last checkpoint that it told of, before anything went wrong
        int calls = 0;
        bool struck = false;
    };
    Course trained(const TrainRequest& request, Fault fault, int at) const {
        Course course;
        FaultyFiles files(fault, at);
        TrainControl control;
        course.ended = m_runs.engine().train(request, {}, control, [&](const TrainEvent& event) {
            if (const auto* saved = std::get_if<CheckpointSaved>(&event); saved && !files.hasStruck())
                course.kept = saved->batch > 0 ? Place{saved->epoch - 1, saved->batch} : Place{saved->epoch, 0};
        });
        course.calls = files.calls();
        course.struck = files.hasStruck();
        return course;
    }

    static bool isSentence(const std::string& text) {
        return !text.empty() && text.find('\n') == std::string::npos && (text.back() == '.' || text.back() == ')');
    }
    static std::string none(bool right, const std::string& what) { return right ? std::string() : what; }

    /// What tells one run's folder from another's, times aside.
    static std::string stateOf(const std::filesystem::path& run) {
        std::map<std::string, std::string> files;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(run)) {
            std::string& about = files[std::filesystem::relative(entry.path(), run).string()];
            if (!entry.is_regular_file())
                continue;
            const std::string bytes = readFile(entry.path()).value();
            about = std::to_string(bytes.size());
            if (entry.path().extension() == ".safetensors")
                about = std::to_string(std::hash<std::string>()(bytes));
            if (entry.path().filename() == "events.jsonl") {
                about = bytes.ends_with('\n') ? "" : "torn ";
                for (std::size_t line = 0; line < bytes.size(); line = bytes.find('\n', line) + 1) {
                    about += bytes.substr(line, 30);
                    if (bytes.find('\n', line) == std::string::npos)
                        break;
                }
            }
        }
        std::string text;
        for (const auto& [name, about] : files) // a name that a process gave differs from case to case
            text +=
                name.substr(0, name.find(".tmp")) + " " + (name.find(".tmp") == std::string::npos ? about : "") + "\n";
        return text;
    }

    /// What is wrong with the home after a run to which something happened; empty: nothing.
    std::string complaint(const TrainRequest& asked, const Course& course) {
        if (course.ended.outcome != RunEnded::Outcome::Completed && !isSentence(course.ended.reason))
            return "no sentence: " + course.ended.reason;
        Result<RunStore> store = RunStore::open(asked.home);
        if (!store)
            return store.error().message;
        const auto runs = store->list();
        if (!runs)
            return runs.error().message;
        if (runs->empty())
            return none(course.kept == Place{0, 0}, "the run is gone, with its checkpoint");
        if (runs->size() != 1)
            return std::to_string(runs->size()) + " runs";
        const RunFolder folder(runs->front().folder);
        if (folder.isRunning())
            return "it counts as running";
        const std::vector<KeptCheckpoint> whole = wholeCheckpoints(folder.path()); // the latest first
        const bool last = !whole.empty() && whole.front().resumable;
        if ((last ? Place{whole.front().epoch, whole.front().batch} : Place{0, 0}) < course.kept)
            return "the last good checkpoint is gone";
        const Result<RunParts> parts = readRunParts(folder);
        if (!parts)
            return none(!last && isSentence(parts.error().message), "it does not open: " + parts.error().message);
        if (!m_seen.insert(stateOf(folder.path())).second)
            return {}; // known to go on, or said
        TrainRequest resuming = asked;
        resuming.resume = folder.id();
        const Course rest = trained(resuming, Fault::None, 0);
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
            if (last && entry.path().filename().string().find(".tmp") != std::string::npos)
                return "half a file is left: " + entry.path().string();
        if (rest.ended.outcome == RunEnded::Outcome::Completed)
            return none(ToyRuns::weightsOf(rest.ended) == m_weights, "it ends with other weights");
        const bool wasDone = rest.ended.reason.find("there is nothing to resume") != std::string::npos;
        if (wasDone && folder.summary().state != "completed")
            return "it never comes to its end";
        if (wasDone)
            return none(ToyRuns::weightsOf(rest.ended) == m_weights, "it is done with other weights");
        return none(!last && isSentence(rest.ended.reason), "it does not go on: " + rest.ended.reason);
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_runs.begin(2, 1, 16));
        const Course whole = trained(request("whole"), Fault::None, 0);
        QVERIFY2(whole.ended.outcome == RunEnded::Outcome::Completed, whole.ended.reason.c_str());
        m_weights = ToyRuns::weightsOf(whole.ended);
        m_calls = whole.calls;
        QVERIFY(m_calls > 100);
    }

    /// The last checkpoint is damaged, and the run goes on from the one before, which must outlive a save that fails.
    void whatARunGoesOnFromOutlivesAFailingSave() {
        const auto isThere = [](const RunFolder& folder) {
            const std::vector<KeptCheckpoint> whole = wholeCheckpoints(folder.path());
            return std::any_of(whole.begin(), whole.end(), [](const KeptCheckpoint& kept) {
                const std::string name = kept.file.filename().string();
                return name == "previous.safetensors" || name == "last.safetensors";
            });
        };
        int failed = 0;
        for (int at = 1; at <= 24; ++at) {
            TrainRequest asked = request(("damaged" + std::to_string(at)).c_str());
            const Course whole = trained(asked, Fault::None, 0);
            QVERIFY(whole.ended.outcome == RunEnded::Outcome::Completed);
            const RunFolder folder(whole.ended.folder);
            std::ofstream(folder.path() / "checkpoints" / "last.safetensors", std::ios::binary) << "torn";
            QVERIFY(isThere(folder));
            asked.resume = folder.id();
            failed += trained(asked, Fault::Fails, at).ended.outcome == RunEnded::Outcome::Failed ? 1 : 0;
            QVERIFY2(isThere(folder), std::to_string(at).c_str());
        }
        QVERIFY(failed > 5);
    }

    void everyCallMayGoWrong_data() {
        QTest::addColumn<int>("fault");
        for (const auto& [name, fault] : {std::pair("fails once", Fault::FailsOnce),
                                          {"fails from there on", Fault::Fails},
                                          {"shortened", Fault::Shortened},
                                          {"killed", Fault::Killed},
                                          {"power cut", Fault::PowerCut}})
            QTest::newRow(name) << static_cast<int>(fault);
    }

    void everyCallMayGoWrong() {
        QFETCH(int, fault);
        int cases = 0, completed = 0;
        QString complaints;
        for (int at = 1; at <= m_calls; ++at) {
            const TrainRequest asked = request("home");
            std::filesystem::remove_all(asked.home);
            const Course course = trained(asked, static_cast<Fault>(fault), at);
            if (!course.struck)
                continue;
            ++cases;
            completed += course.ended.outcome == RunEnded::Outcome::Completed;
            const std::string wrong = complaint(asked, course);
            if (!wrong.empty())
                complaints += QStringLiteral("call %1: %2 (%3)\n")
                                  .arg(at)
                                  .arg(QString::fromStdString(wrong), QString::fromStdString(course.ended.reason));
        }
        QVERIFY2(complaints.isEmpty(), complaints.toUtf8().constData());
        qInfo("%d of %d calls, %d of them did not matter; %zu different folders so far", cases, m_calls, completed,
              m_seen.size());
    }
};

QTEST_APPLESS_MAIN(FailingFilesTest)
#include "tst_FailingFiles.moc"
