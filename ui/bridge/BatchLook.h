// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <memory>
#include <mutex>

#include "bridge/RunDesk.h"
#include "engine/GivenBatch.h"
#include "lane/Mailbox.h"

namespace sightline::ui {

/// Asks the run in progress, of this window or of another program, for the batch it trained last.
class BatchLook : public QObject {
    Q_OBJECT
public:
    explicit BatchLook(RunDesk& runs, QObject* parent = nullptr);
    ~BatchLook() override;

    void look(); ///< answers with shown or failed

Q_SIGNALS:
    void shown(const sightline::GivenBatch& batch);
    void failed(const QString& message);

private:
    /// The trainer's way here, which is shut when this goes.
    struct Door {
        std::mutex mutex;
        Mailbox* mailbox;

        void post(std::function<void()> work);
    };

    RunDesk& m_runs;
    Mailbox m_mailbox;
    std::shared_ptr<Door> m_door;
};

} // namespace sightline::ui
