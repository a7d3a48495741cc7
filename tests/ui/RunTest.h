// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>

#include "PageTest.h"
#include "store/RunStore.h"

namespace sightline::ui {

/// What tests of questions share: a run in the store that nobody had to train.
class RunTest : public PageTest {
protected:
    /// A stored run on the toys, with these classes and this network.
    RunFolder storeRun(const QString& home, std::vector<std::string> classes, const std::string& network) const {
        Experiment experiment;
        experiment.name = network;
        experiment.data.path = path(QStringLiteral("toys")).toStdString();
        experiment.data.imageHeight = experiment.data.imageWidth = 64;
        experiment.model.name = network;
        const auto folder = RunStore::open(path(home).toStdString())->create(experiment);
        [&] {
            QVERIFY(folder->writeClasses(classes));
            QVERIFY(folder->writeGraph(toJson(*graphFor(experiment, static_cast<int>(classes.size())))));
            EpochMetrics metrics;
            metrics.epoch = 1;
            EpochFinished epoch;
            epoch.metrics = metrics;
            QVERIFY(folder->appendEvent(toJson(TrainEvent(epoch))));
            RunEnded ended;
            ended.epochs = 1;
            QVERIFY(folder->appendEvent(toJson(TrainEvent(ended))));
        }();
        return *folder;
    }
    static void openRun(Session& session, const RunFolder& folder) {
        QSignalSpy opened(&session.data(), &DataDesk::opened);
        session.runs().open(QString::fromStdString(folder.path().string()));
        QVERIFY(opened.wait(20000));
        QCOMPARE(session.runs().run()->folder, folder.path());
    }
    /// The first image of a class of the toys.
    static std::uint32_t firstOf(Session& session, const std::string& className) {
        const auto dataset = session.data().dataset();
        for (std::uint32_t i = 0; i < dataset->samples.size(); ++i)
            if (dataset->classes[static_cast<std::size_t>(dataset->samples[i].label)] == className)
                return i;
        return 0;
    }
    static void choose(const WindowDriver& driver, const char* box, int index) {
        auto* combo = driver.find<QComboBox>(box);
        combo->setCurrentIndex(index);
        Q_EMIT combo->activated(index); // as a choice from the list does
    }

    const std::vector<std::string> m_classes{"boat", "car", "duck", "robot", "train"};
};

} // namespace sightline::ui
