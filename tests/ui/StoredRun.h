// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSignalSpy>
#include <QTest>

#include "bridge/Session.h"
#include "store/RunStore.h"

namespace sightline::ui {

/// A run of one epoch that was stored on the images of a folder, with these classes.
inline RunFolder storedRun(const QString& home, const QString& images, const std::vector<std::string>& classes,
                           const std::string& network = "toy_cnn", const PixelSettings& pixels = {}) {
    Experiment experiment;
    experiment.name = network;
    experiment.data.path = images.toStdString();
    experiment.data.imageHeight = experiment.data.imageWidth = 64;
    experiment.data.pixels = pixels;
    experiment.model.name = network;
    const auto folder = RunStore::open(home.toStdString())->create(experiment);
    [&] {
        QVERIFY(folder->writeClasses(classes));
        QVERIFY(folder->writeGraph(toJson(*graphFor(experiment, static_cast<int>(classes.size())))));
        EpochFinished epoch;
        epoch.metrics.epoch = 1;
        QVERIFY(folder->appendEvent(toJson(TrainEvent(epoch))));
        RunEnded ended;
        ended.epochs = 1;
        QVERIFY(folder->appendEvent(toJson(TrainEvent(ended))));
    }();
    return *folder;
}

inline void openStoredRun(Session& session, const RunFolder& folder) {
    QSignalSpy opened(&session.data(), &DataDesk::opened);
    session.runs().open(QString::fromStdString(folder.path().string()));
    QVERIFY(opened.wait(20000));
    QCOMPARE(session.runs().run()->folder, folder.path());
}

} // namespace sightline::ui
