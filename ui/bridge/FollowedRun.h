// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>

#include "bridge/OpenedRun.h"
#include "bridge/RunSteering.h"
#include "lane/Lane.h"
#include "store/RemoteCommand.h"
#include "store/RunEventsTail.h"

namespace sightline::ui {

/// A run that another program trains: tells its events as they come, and hands on what is asked of it. Ends with
/// exactly one RunEnded, also where that program dies. Files are read on a lane.
class FollowedRun : public RunSteering {
    Q_OBJECT
public:
    /// `tail` has read what is known already; `paused` is what it said last.
    FollowedRun(std::shared_ptr<const OpenedRun> run, RunEventsTail tail, bool paused);

    void pause() override { press(RemoteCommand::Kind::Pause, true); }
    void resume() override { press(RemoteCommand::Kind::Resume, false); }
    void stop() override { send(m_stopLane, {RemoteCommand::Kind::Stop}); }
    void stopAfterEpoch() override;
    void save() override { send(m_saveLane, {RemoteCommand::Kind::Save}); }
    void edit(const std::vector<Setting>& settings, const QString& asker) override;
    bool isPaused() const override { return m_paused; }
    std::shared_ptr<TrainControl> weights() const override { return nullptr; }

Q_SIGNALS:
    /// The run was opened while it began; now its classes and its network are there.
    void becameWhole(const std::shared_ptr<const sightline::ui::OpenedRun>& run);

private:
    struct Seen {
        std::shared_ptr<const OpenedRun> whole; ///< where it was not before
        std::vector<TrainEvent> events;
        std::optional<BatchFinished> batch;
        bool isAlive = false;
    };
    void look();
    void tell(const Seen& seen);
    void press(RemoteCommand::Kind kind, bool pauses);
    void send(Lane& lane, const RemoteCommand& command);
    void sendNextEdit();

    std::shared_ptr<const OpenedRun> m_run;
    std::filesystem::path m_folder;
    std::shared_ptr<RunEventsTail> m_tail; ///< used on m_lookLane only
    bool m_paused, m_ended = false;
    int m_epoch = 0, m_batch = 0; ///< told last
    struct Edit {
        std::vector<Setting> settings;
        QString asker;
    };
    std::deque<Edit> m_edits; ///< not answered yet; the first is under way: on a lane a newer one would replace it
    QTimer m_timer;
    Lane m_lookLane, m_pauseLane, m_stopLane, m_saveLane, m_editLane;
};

} // namespace sightline::ui
