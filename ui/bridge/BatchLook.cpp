// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/BatchLook.h"

#include "engine/TrainControl.h"

namespace sightline::ui {

void BatchLook::Door::post(std::function<void()> work) {
    const std::scoped_lock lock(mutex);
    if (mailbox)
        mailbox->post(std::move(work));
}

BatchLook::BatchLook(RunDesk& runs, QObject* parent) : QObject(parent), m_runs(runs), m_door(std::make_shared<Door>()) {
    m_door->mailbox = &m_mailbox;
}

BatchLook::~BatchLook() {
    const std::scoped_lock lock(m_door->mutex);
    m_door->mailbox = nullptr;
}

void BatchLook::look() {
    const auto seen = std::make_shared<GivenBatch>();
    TrainCommand command{TrainCommand::Kind::Look};
    command.showed = [seen](GivenBatch batch) { *seen = std::move(batch); };
    command.answered = [this, seen, door = m_door](const Result<void>& done) {
        door->post([this, seen, message = done ? QString() : QString::fromStdString(done.error().message)] {
            if (message.isEmpty())
                Q_EMIT shown(*seen);
            else
                Q_EMIT failed(message);
        });
    };
    m_runs.look(std::move(command));
}

} // namespace sightline::ui
