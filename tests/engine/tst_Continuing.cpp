// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <filesystem>

#include "Test.h"
#include "ToyRuns.h"
#include "store/RunExport.h"
#include "store/RunStore.h"
#include "store/Safetensors.h"

using namespace sightline;
namespace fs = std::filesystem;

/// A finished network goes on with other images: the classes it knows keep their rows of the classifier, by name.
class ContinuingTest : public Test {
    Q_OBJECT

    ToyRuns m_runs;
    RunEnded m_first; ///< of "few": duck, robot, train

    /// Trains so slowly that the weights stay as they began.
    RunEnded still(const char* images, const std::string& weights, std::vector<std::string>* notes = nullptr) const {
        TrainRequest request = m_runs.request("home", 1);
        request.experiment.data.path = m_runs.path(images);
        request.experiment.model.weights = weights;
        request.experiment.training.optimizer.name = OptimizerSettings::Name::Sgd;
        request.experiment.training.optimizer.learningRate = 1e-300;
        TrainControl control;
        return m_runs.engine().train(request, {}, control, [&](const TrainEvent& event) {
            if (notes && std::holds_alternative<RunNote>(event))
                notes->push_back(std::get<RunNote>(event).message);
        });
    }
    static std::vector<float> tensor(const RunEnded& ended, const std::string& name) {
        const Result<SafetensorsFile> opened = SafetensorsFile::open(ended.folder + "/checkpoints/last.safetensors");
        const TensorView* view = opened ? opened->find(name) : nullptr;
        return view ? asFloats(*view).value() : std::vector<float>();
    }
    /// Values of one class in a tensor of the classifier.
    static std::vector<float> row(const RunEnded& ended, const std::string& name, const std::string& className) {
        const std::vector<float> all = tensor(ended, name);
        const auto classes = RunFolder(ended.folder).classes().value();
        const auto at = std::find(classes.begin(), classes.end(), className) - classes.begin();
        const auto size = static_cast<std::ptrdiff_t>(all.size() / classes.size());
        return {all.begin() + at * size, all.begin() + (at + 1) * size};
    }
    static bool hasRowOf(const RunEnded& ended, const RunEnded& other, const char* name, const char* before = nullptr) {
        for (const char* part : {"dense_1.weight", "dense_1.bias"}) {
            const std::vector<float> mine = row(ended, part, name), theirs = row(other, part, before ? before : name);
            if (mine.empty() || mine != theirs)
                return false;
        }
        return true;
    }
    void copyClasses(const char* to, const std::vector<std::pair<const char*, const char*>>& names) const {
        for (const char* subset : {"train", "val"})
            for (const auto& [from, name] : names) {
                fs::create_directories(fs::path(m_runs.path(to)) / subset);
                fs::copy(fs::path(m_runs.path("toys")) / subset / from, fs::path(m_runs.path(to)) / subset / name,
                         fs::copy_options::recursive);
            }
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_runs.begin(8, 2, 32));
        copyClasses("few", {{"duck", "duck"}, {"robot", "robot"}, {"train", "train"}});
        TrainRequest request = m_runs.request("home", 1);
        request.experiment.data.path = m_runs.path("few");
        TrainControl control;
        m_first = m_runs.engine().train(request, {}, control, [](const TrainEvent&) {});
        QVERIFY2(m_first.outcome == RunEnded::Outcome::Completed, m_first.reason.c_str());
    }

    void knownClassesKeepTheirRowsAndNewOnesBeginAsBefore() {
        std::vector<std::string> notes;
        const RunEnded more = still("toys", m_first.run, &notes), fresh = still("toys", {});
        QVERIFY2(more.outcome == RunEnded::Outcome::Completed, more.reason.c_str());
        for (const char* name : {"duck", "robot", "train"}) {
            QVERIFY2(hasRowOf(more, m_first, name), name);
            QVERIFY2(!hasRowOf(more, fresh, name), name);
        }
        for (const char* name : {"boat", "car"})
            QVERIFY2(hasRowOf(more, fresh, name), name);
        QVERIFY(!tensor(more, "conv2d.weight").empty());
        QCOMPARE(tensor(more, "conv2d.weight"), tensor(m_first, "conv2d.weight"));
        QCOMPARE(std::count(notes.begin(), notes.end(),
                            "The classifier keeps the rows of 3 classes: duck, robot, train; new, from random values: "
                            "boat, car."),
                 1);
    }

    void asManyClassesOfOtherNamesAreNotTakenForEachOther() {
        copyClasses("renamed", {{"train", "aeroplane"}, {"duck", "duck"}, {"robot", "robot"}});
        const RunEnded renamed = still("renamed", m_first.folder); // a run by its folder
        QVERIFY2(renamed.outcome == RunEnded::Outcome::Completed, renamed.reason.c_str());
        QVERIFY(hasRowOf(renamed, m_first, "duck"));
        QVERIFY(hasRowOf(renamed, m_first, "robot"));
        QVERIFY(!hasRowOf(renamed, m_first, "aeroplane", "duck")); // whose place it has
        QVERIFY(!hasRowOf(renamed, m_first, "aeroplane", "train"));
    }

    void anExportedFileSaysItsClasses() {
        const std::string file = m_runs.path("exported.safetensors");
        QVERIFY(exportWeights(RunFolder(m_first.folder), "last", file).ok());
        const RunEnded more = still("toys", file);
        QVERIFY2(more.outcome == RunEnded::Outcome::Completed, more.reason.c_str());
        QVERIFY(hasRowOf(more, m_first, "robot"));
    }

    void noClassInCommonIsANewClassifier() {
        copyClasses("others", {{"boat", "boat"}, {"car", "car"}, {"train", "ferry"}});
        std::vector<std::string> notes;
        const RunEnded others = still("others", m_first.run, &notes);
        QVERIFY2(others.outcome == RunEnded::Outcome::Completed, others.reason.c_str());
        QVERIFY(hasRowOf(others, still("others", {}), "ferry"));
        QVERIFY(std::find(notes.begin(), notes.end(),
                          "The weights are for other classes: dense_1.weight starts from random values.") !=
                notes.end());
    }

    void aRunThatIsNotThereIsSaid() {
        const RunEnded none = still("toys", "20260101-000000-abcd");
        QCOMPARE(none.outcome, RunEnded::Outcome::Failed);
        QVERIFY2(none.reason.find("20260101-000000-abcd") != std::string::npos, none.reason.c_str());
        QVERIFY(none.errorKind == ErrorKind::BadInput);
    }
};

QTEST_GUILESS_MAIN(ContinuingTest)
#include "tst_Continuing.moc"
