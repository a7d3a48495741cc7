// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RemoteControl.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "engine/GivenBatchBytes.h"
#include "store/RemoteCommand.h"

namespace sightline::engine {

namespace {

constexpr std::chrono::milliseconds kPeriod(200);

/// Its bytes are made on the training thread, for whoever looks and for nobody else.
TrainCommand lookFor(const ReceivedCommand& received) {
    const auto bytes = std::make_shared<std::string>();
    TrainCommand look{TrainCommand::Kind::Look};
    look.showed = [bytes](const GivenBatch& batch) { *bytes = toBytes(batch); };
    look.answered = [bytes, received](const Result<void>& done) { answerCommand(received, done, *bytes); };
    return look;
}

void obey(const ReceivedCommand& received, TrainControl& control) {
    const auto answered = [received](const Result<void>& done) { answerCommand(received, done); };
    if (control.hasEnded())
        return answered(Error{"The run has ended."});
    if (!received.command)
        return answered(received.command.error());
    const RemoteCommand& command = *received.command;
    switch (command.kind) {
    case RemoteCommand::Kind::Pause:
        control.pause();
        return answered({});
    case RemoteCommand::Kind::Resume:
        control.resume();
        return answered({});
    case RemoteCommand::Kind::StopAfterEpoch:
        control.stopAfterEpoch();
        control.resume(); // a paused run has an epoch to end, too
        return answered({});
    case RemoteCommand::Kind::GoOnAfterEpoch:
        control.stopAfterEpoch(false);
        return answered({});
    case RemoteCommand::Kind::Stop:
        control.post({TrainCommand::Kind::Stop, {}, answered});
        return control.resume(); // a paused run stops, too
    case RemoteCommand::Kind::Save:
        return control.post({TrainCommand::Kind::Save, {}, answered});
    case RemoteCommand::Kind::Edit:
        return control.post({TrainCommand::Kind::Edit, command.settings, answered});
    case RemoteCommand::Kind::Look:
        return control.post(lookFor(received));
    }
}

} // namespace

RemoteControl::RemoteControl(const std::filesystem::path& runFolder, TrainControl& control) : m_folder(runFolder) {
    control.runBegins();
    m_thread = std::jthread([this, &control](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock(mutex);
        while (!stop.stop_requested()) {
            look(control);
            never.wait_for(lock, stop, kPeriod, [] { return false; });
        }
        look(control); // whoever asked at the last moment hears that the run has ended
    });
}

RemoteControl::~RemoteControl() = default;

void RemoteControl::look(TrainControl& control) {
    for (const ReceivedCommand& received : receiveCommands(m_folder))
        obey(received, control);
}

} // namespace sightline::engine
