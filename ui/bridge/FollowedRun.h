// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

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
    /// Its events have been read up to what is known already.
    FollowedRun(std::shared_ptr<const OpenedRun> run, ReadRun::Elsewhere elsewhere);
    ~FollowedRun() override; ///< looks that wait hear that nobody will answer

    void pause() override { press(RemoteCommand::Kind::Pause, true); }
    void resume() override { press(RemoteCommand::Kind::Resume, false); }
    void stop() override { send(m_stopLane, {RemoteCommand::Kind::Stop}); }
    void stopAfterEpoch(bool on) override;
    void save() override { send(m_saveLane, {RemoteCommand::Kind::Save}); }
    void edit(const std::vector<Setting>& settings, const QString& asker) override;
    void look(TrainCommand look) override;
    bool isPaused() const override { return m_paused; }
    bool stopsAfterEpoch() const override { return m_stopsAfterEpoch; }
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
    void poll();
    void tell(const Seen& seen);
    void press(RemoteCommand::Kind kind, bool pauses);
    void send(Lane& lane, const RemoteCommand& command);
    void sendNextEdit();
    void answerLooks(const Result<GivenBatch>& seen);

    std::shared_ptr<const OpenedRun> m_run;
    std::filesystem::path m_folder;
    std::shared_ptr<RunEventsTail> m_tail; ///< used on m_pollLane only
    bool m_paused, m_stopsAfterEpoch, m_ended = false;
    int m_epoch = 0, m_batch = 0; ///< told last
    struct Edit {
        std::vector<Setting> settings;
        QString asker;
    };
    std::deque<Edit> m_edits; ///< not answered yet; the first is under way: on a lane a newer one would replace it
    std::vector<TrainCommand> m_looks; ///< one answer serves all
    QTimer m_timer;
    Lane m_pollLane, m_pauseLane, m_stopLane, m_saveLane, m_editLane, m_lookLane;
};

} // namespace sightline::ui
