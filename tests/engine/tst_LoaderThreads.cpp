// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <set>

#include "Test.h"
#include "ToyRuns.h"
#include "store/Safetensors.h"

using namespace sightline;

/// The number of threads that read images changes how fast a run is, and nothing else.
class LoaderThreadsTest : public Test {
    Q_OBJECT

    ToyRuns m_runs;

    struct Course {
        RunEnded ended;
        std::string tensors, refused;
        std::set<int> threads; ///< that the batches tell of
        bool hasWaitShare = true;
    };
    Course trained(int threads, const std::vector<int>& later = {}) const {
        TrainRequest request = m_runs.request("threads", 3);
        request.experiment.augmentation.rotationRange = 20;
        request.experiment.augmentation.mixup = 0.3;
        request.experiment.training.loaderThreads = threads;
        request.experiment.training.saveEveryMinutes = 0;
        TrainControl control;
        Course course;
        std::size_t next = 0;
        course.ended = m_runs.engine().train(request, {}, control, [&](const TrainEvent& event) {
            const auto* batch = std::get_if<BatchFinished>(&event);
            if (!batch)
                return;
            course.threads.insert(batch->loaderThreads);
            course.hasWaitShare = course.hasWaitShare && batch->waitShare >= 0 && batch->waitShare <= 1;
            if (next < later.size() && batch->batch % 2 == 0)
                control.post({TrainCommand::Kind::Edit,
                              {{"training.loader_threads", std::to_string(later[next++])}},
                              [&](const Result<void>& done) {
                                  if (!done)
                                      course.refused += done.error().message;
                              }});
        });
        const auto file = SafetensorsFile::open(course.ended.folder + "/checkpoints/last.safetensors");
        if (file) // without the settings, which differ
            for (const TensorView& tensor : file->tensors())
                course.tensors.append(reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size());
        return course;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_runs.begin(8, 3, 16)); }

    void anyNumberAlsoChangedOnTheWayTrainsTheSameWeights() {
        const Course one = trained(1);
        QVERIFY2(one.ended.outcome == RunEnded::Outcome::Completed, one.ended.reason.c_str());
        QVERIFY(!one.tensors.empty());
        QCOMPARE(one.threads, std::set{1});
        QVERIFY(one.hasWaitShare);
        for (const int threads : {2, 5}) {
            const Course many = trained(threads);
            QCOMPARE(many.threads, std::set{threads});
            QVERIFY(many.tensors == one.tensors);
        }
        const Course changed = trained(2, {5, 1, 3});
        QVERIFY2(changed.ended.outcome == RunEnded::Outcome::Completed, changed.ended.reason.c_str());
        QCOMPARE(changed.refused, std::string());
        QCOMPARE(changed.threads, (std::set{1, 2, 3, 5}));
        QVERIFY(changed.tensors == one.tensors);
        const Course automatic = trained(0, {4, 0});
        QCOMPARE(automatic.refused, std::string());
        QVERIFY(automatic.threads.contains(1) && automatic.threads.contains(4));
        QVERIFY(automatic.tensors == one.tensors);
    }

    void whatEarlyStoppingWatchesIsTold() {
        TrainRequest request = m_runs.request("monitor", 2);
        for (const bool stops : {false, true}) {
            if (stops)
                request.experiment.training.earlyStopping.emplace().monitor = "val_accuracy";
            TrainControl control;
            std::set<std::string> monitors;
            m_runs.engine().train(request, {}, control, [&](const TrainEvent& event) {
                if (const auto* epoch = std::get_if<EpochFinished>(&event))
                    monitors.insert(epoch->monitor);
            });
            QCOMPARE(monitors, std::set{std::string(stops ? "val_accuracy" : "")});
        }
    }
};

QTEST_APPLESS_MAIN(LoaderThreadsTest)
#include "tst_LoaderThreads.moc"
