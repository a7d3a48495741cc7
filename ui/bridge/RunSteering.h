// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <memory>
#include <vector>

#include "engine/TrainControl.h"
#include "engine/TrainEvents.h"

namespace sightline::ui {

/// Who carries out what is asked of a run in progress, and tells how it goes: the trainer of this window, or another
/// program. Every call returns at once.
class RunSteering : public QObject {
    Q_OBJECT
public:
    virtual void pause() = 0;
    virtual void resume() = 0;
    virtual void stop() = 0;                  ///< a paused run, too
    virtual void stopAfterEpoch(bool on) = 0; ///< a paused run goes on until then; false takes it back
    virtual void save() = 0;
    /// From the next batch on; all or none. Each is answered with editAnswered(), in their order; by the trainer of
    /// this window after the event where there is one.
    virtual void edit(const std::vector<Setting>& settings, const QString& asker) = 0;

    /// Of the kind Look; answered once, on any thread.
    virtual void look(TrainCommand look) = 0;

    /// Whether pausing is the last that was asked for, here or elsewhere.
    virtual bool isPaused() const = 0;
    /// As it was told here last, unless that was refused.
    virtual bool stopsAfterEpoch() const = 0;
    /// Where snapshots of the weights are to be had; null where they are out of reach.
    virtual std::shared_ptr<TrainControl> weights() const = 0;

Q_SIGNALS:
    void happened(const sightline::TrainEvent& event);
    /// What was asked is not done, because; the run goes on as before.
    void refused(const QString& why);
    void editAnswered(const QString& asker, const QString& refusal); ///< empty: done
};

} // namespace sightline::ui
