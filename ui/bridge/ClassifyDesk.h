// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>

#include <filesystem>
#include <memory>
#include <vector>

#include "bridge/Activities.h"
#include "bridge/EngineDesk.h"
#include "engine/Classify.h"
#include "lane/Lane.h"

namespace sightline::ui {

/// What a run said about images that are in no data set of its own.
struct Classified {
    Classification classification;
    std::vector<PassedOver> passedOver; ///< what lay beside the images
    double refuseShare = kRefuseShare;  ///< by which they were judged
};

/// Images being classified with one run, and what was found. One work at a time; the newest wins.
class ClassifyDesk : public QObject {
    Q_OBJECT
public:
    ClassifyDesk(EngineDoor door, Activities& activities) : m_door(std::move(door)), m_activities(activities) {}

    /// The run that is asked. Another one than before cancels what is under way and forgets what was found.
    void setRun(const std::filesystem::path& folder, const QString& name);
    const std::filesystem::path& run() const { return m_run; }
    const QString& runName() const { return m_name; }

    void classify(const QStringList& paths); ///< images, and folders of images
    /// Of how many known images one may be called unknown; what was found is judged again, unless it is busy.
    void setRefuseShare(double share);
    void saveTable(const QString& file);  ///< what `predict --out` writes
    void sortInto(const QString& folder); ///< copies in a folder for each class
    void cancel();
    bool isBusy() const { return m_work.isUnderWay(); }
    bool isLearning() const { return isBusy() && m_learning; } ///< what tells unknown images, once for a run
    const QStringList& paths() const { return m_paths; }       ///< what is being classified, or was
    const std::shared_ptr<const Classified>& found() const { return m_found; } ///< null: nothing yet

Q_SIGNALS:
    void changed();                                     ///< run(), isBusy(), isLearning() or found()
    void progressed(qulonglong done, qulonglong total); ///< at most 25 a second
    void failed(const QString& message);
    void written(const QString& message); ///< a table or copies are there

private:
    void setLearning(bool learning);
    void judgeAgain();
    template <typename Job, typename Deliver>
    void begin(const QString& words, Job job, Deliver deliver);

    EngineDoor m_door;
    Activities& m_activities;
    std::filesystem::path m_run;
    QString m_name;
    QStringList m_paths;
    std::shared_ptr<const Classified> m_found;
    Activity m_work;
    bool m_learning = false;
    double m_refuseShare = kRefuseShare;
    Lane m_lane; ///< last: joined first
};

} // namespace sightline::ui
