// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <filesystem>

#include "bridge/Activities.h"
#include "bridge/DataDesk.h"
#include "bridge/ExperimentDocument.h"
#include "lane/Lane.h"

namespace sightline::ui {

class RunDesk;

/// A run's settings in the words of these: where they leave the depth to the program, the run has what it found.
DataSettings saidAs(const DataSettings& said, DataSettings ofRun);

/// The images of the run in view: whether those that are open are its own, where they are now, and other images for
/// its network.
class RunImages : public QObject {
    Q_OBJECT
public:
    struct Parts {
        std::filesystem::path home;
        ExperimentDocument& document;
        DataDesk& data;
        Activities& activities;
        Lane& opening; ///< of runs: the newest wish wins
        Activity& activity;
    };
    /// All outlive this.
    RunImages(RunDesk& runs, const Parts& parts);

    /// Whether the images of the run in view should be at this path.
    bool areAt(const QString& path) const;
    /// Looks for them at another place, remembers it and opens the run again; answers with relocated, relocationFailed
    /// or, while a run is in progress, failed.
    void relocate(const QString& path);
    /// Takes the settings of this run for the open images, its best weights to begin with: one undo step. With a path,
    /// those are opened first. Answers with continued or failed.
    void continueRun(const std::filesystem::path& run, const QString& images = {});
    /// The run in view is trained now: its images are open from here on. `mayBeOpen`: those that are open may be split
    /// as its own are. Where it `takesSettings`, the document has the run's.
    void showTrained(bool mayBeOpen, bool takesSettings);
    /// Another run is about to be in view: nobody wants to know any more whether the open images are this one's.
    void forget() { m_lookLane.cancel(); }

Q_SIGNALS:
    void relocated(qulonglong found, qulonglong missing);
    void relocationFailed(const QString& message);
    void missing(const QString& message); ///< what was opened for the run in view is none of its images
    void continued(const QString& words); ///< the document has the settings of a run; what to know of them
    void failed(const QString& message);

private:
    void followData();
    void continueWithOpenImages(const std::filesystem::path& run);

    RunDesk& m_runs;
    Parts m;
    std::filesystem::path m_toContinue; ///< once the images are open
    Lane m_lookLane;                    ///< whether the images that are open are those of the run in view
};

} // namespace sightline::ui
