// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <filesystem>
#include <functional>

#include "bridge/Activities.h"
#include "bridge/DataDesk.h"
#include "bridge/EngineDesk.h"
#include "bridge/ExperimentDocument.h"
#include "bridge/RunDesk.h"
#include "lane/Lane.h"

namespace sightline::ui {

/// Tries out the document's experiment with the open images, without a run: the learning rates it bears, or everything
/// a run will do. One trial at a time, the newest wins; it stands among the activities, where it can be cancelled, and
/// gives way to a run.
class Trials : public QObject {
    Q_OBJECT
public:
    Trials(std::filesystem::path home, EngineDoor door, ExperimentDocument& document, DataDesk& data, RunDesk& runs,
           Activities& activities, QObject* parent = nullptr);

    /// Why none can begin now; empty where one can.
    QString hindrance() const;
    // There is no hindrance.
    void findRate();
    void check();
    void cancel();
    bool isBusy() const { return m_activity.isUnderWay(); }
    /// Whether the document has other settings or other images than the last trial. A search for the rate does not
    /// depend on the rate that is set.
    bool isOutdated() const;

Q_SIGNALS:
    void progressed(double share);
    void rateFound(const sightline::RateCurve& curve);
    void checked(const sightline::TrainCheck& check);
    void failed(const QString& message);
    void canceled(); ///< here or among the activities
    void busyChanged();

private:
    using Progress = std::function<void(double)>;
    template <typename Request, typename Answer>
    void begin(const QString& words, Request request,
               Result<Answer> (Engine::*call)(const Request&, std::stop_token, const Progress&),
               void (Trials::*tell)(const Answer&));
    void end();

    std::filesystem::path m_home;
    EngineDoor m_door;
    ExperimentDocument& m_document;
    DataDesk& m_data;
    RunDesk& m_runs;
    Activities& m_activities;
    Activity m_activity;
    Experiment m_of; ///< the last trial
    bool m_ofRates = false;
    std::shared_ptr<const Dataset> m_with;
    Lane m_lane; ///< last: joined first
};

} // namespace sightline::ui
