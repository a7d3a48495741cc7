// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/FollowedRun.h"

#include "engine/GivenBatchBytes.h"
#include "engine/ProgressFile.h"
#include "engine/ReadTrainEvent.h"
#include "store/RunEvents.h"
#include "store/RunMark.h"

namespace sightline::ui {

namespace {
constexpr int kPeriodMs = 500;
constexpr std::chrono::minutes kPatience(2); ///< for an answer: a batch may be long
} // namespace

FollowedRun::FollowedRun(std::shared_ptr<const OpenedRun> run, ReadRun::Elsewhere elsewhere)
    : m_run(std::move(run)), m_folder(m_run->folder),
      m_tail(std::make_shared<RunEventsTail>(std::move(elsewhere.events))), m_paused(elsewhere.paused),
      m_stopsAfterEpoch(elsewhere.stopsAfterEpoch) {
    m_timer.setInterval(kPeriodMs);
    m_timer.setSingleShot(true); // a slow disk is not asked twice
    connect(&m_timer, &QTimer::timeout, this, &FollowedRun::poll);
    m_timer.start(0);
}

FollowedRun::~FollowedRun() {
    answerLooks(Error{tr("The run is no longer followed.").toStdString()});
}

void FollowedRun::poll() {
    m_pollLane.submit(
        this,
        [run = m_run, folder = m_folder, tail = m_tail](const std::stop_token&) {
            Seen seen;
            if (!run->isWhole())
                seen.whole = readRest(*run);
            seen.isAlive = ownerOf(folder).has_value(); // before its events: it tells of its end, then it goes
            for (const Json& json : tail->read())
                if (std::optional<TrainEvent> event = trainEventFrom(json))
                    seen.events.push_back(std::move(*event));
            seen.batch = readProgress(folder);
            return seen;
        },
        [this](const Result<Seen>& seen) {
            if (seen)
                tell(*seen);
            if (!m_ended)
                m_timer.start();
        });
}

void FollowedRun::tell(const Seen& seen) {
    if (seen.whole) {
        m_run = seen.whole;
        Q_EMIT becameWhole(m_run);
    }
    for (const TrainEvent& event : seen.events) {
        if (std::holds_alternative<RunStarted>(event)) // a session before may have been killed while it was paused
            m_paused = m_stopsAfterEpoch = false;
        if (const auto* paused = std::get_if<RunPaused>(&event))
            m_paused = paused->paused;
        if (const auto* note = std::get_if<RunNote>(&event))
            m_stopsAfterEpoch = stopsAfterEpochIn(note->event).value_or(m_stopsAfterEpoch);
        m_ended = std::holds_alternative<RunEnded>(event);
        Q_EMIT happened(event);
        if (m_ended)
            return;
    }
    if (seen.batch && std::pair(seen.batch->epoch, seen.batch->batch) != std::pair(m_epoch, m_batch)) {
        m_epoch = seen.batch->epoch;
        m_batch = seen.batch->batch;
        Q_EMIT happened(*seen.batch);
    }
    if (seen.isAlive)
        return;
    m_ended = true;
    RunEnded died;
    died.outcome = RunEnded::Outcome::Failed;
    died.reason =
        tr("The program that trained this run is gone. Resume continues from the run's last checkpoint.").toStdString();
    died.run = m_folder.filename().string();
    died.folder = m_folder.string();
    Q_EMIT happened(died);
}

void FollowedRun::send(Lane& lane, const RemoteCommand& command) {
    lane.submit(
        this,
        [folder = m_folder, command](const std::stop_token& stop) {
            return sendCommand(folder, command, kPatience, stop);
        },
        [this](const Result<void>& done) {
            if (!done)
                Q_EMIT refused(QString::fromStdString(done.error().message));
        });
}

void FollowedRun::press(RemoteCommand::Kind kind, bool pauses) {
    m_pauseLane.submit(
        this,
        [folder = m_folder, kind](const std::stop_token& stop) { return sendCommand(folder, {kind}, kPatience, stop); },
        [this, before = std::exchange(m_paused, pauses)](const Result<void>& done) {
            if (done)
                return;
            m_paused = before;
            Q_EMIT refused(QString::fromStdString(done.error().message));
        });
}

void FollowedRun::stopAfterEpoch(bool on) {
    const auto kind = on ? RemoteCommand::Kind::StopAfterEpoch : RemoteCommand::Kind::GoOnAfterEpoch;
    m_stopLane.submit(
        this,
        [folder = m_folder, kind](const std::stop_token& stop) { return sendCommand(folder, {kind}, kPatience, stop); },
        [this, before = std::exchange(m_stopsAfterEpoch, on)](const Result<void>& done) {
            if (done)
                return;
            m_stopsAfterEpoch = before;
            Q_EMIT refused(QString::fromStdString(done.error().message));
        });
    if (on && m_paused)
        press(RemoteCommand::Kind::Resume, false);
}

void FollowedRun::edit(const std::vector<Setting>& settings, const QString& asker) {
    m_edits.push_back({settings, asker});
    if (m_edits.size() == 1)
        sendNextEdit();
}

void FollowedRun::sendNextEdit() {
    m_editLane.submit(
        this,
        [folder = m_folder, settings = m_edits.front().settings](const std::stop_token& stop) {
            return sendCommand(folder, {RemoteCommand::Kind::Edit, settings}, kPatience, stop);
        },
        [this](const Result<void>& done) {
            const QString asker = m_edits.front().asker;
            m_edits.pop_front();
            if (!m_edits.empty())
                sendNextEdit();
            Q_EMIT editAnswered(asker, done ? QString() : QString::fromStdString(done.error().message));
        });
}

void FollowedRun::look(TrainCommand look) {
    m_looks.push_back(std::move(look));
    if (m_looks.size() > 1)
        return;
    m_lookLane.submit(
        this,
        [folder = m_folder](const std::stop_token& stop) -> Result<GivenBatch> {
            const Result<std::string> bytes = lookAt(folder, kPatience, stop);
            return bytes ? givenBatchFrom(*bytes) : bytes.error();
        },
        [this](const Result<GivenBatch>& seen) { answerLooks(seen); });
}

void FollowedRun::answerLooks(const Result<GivenBatch>& seen) {
    for (const TrainCommand& look : std::exchange(m_looks, {})) {
        if (seen)
            look.showed(*seen);
        look.answered(seen ? Result<void>() : seen.error());
    }
}

} // namespace sightline::ui
