// SPDX-License-Identifier: GPL-3.0-or-later
#include "lane/Mailbox.h"

#include <QCoreApplication>
#include <QEvent>

#include <utility>

namespace sightline::ui {

void Mailbox::post(std::function<void()> work) {
    {
        const std::scoped_lock lock(m_mutex);
        m_work.push_back(std::move(work));
    }
    QCoreApplication::postEvent(this, new QEvent(QEvent::User));
}

/// One event is one piece of work: while a piece runs an event loop of its own (a dialog), the next ones go on.
void Mailbox::customEvent(QEvent*) {
    std::function<void()> work;
    {
        const std::scoped_lock lock(m_mutex);
        work = std::move(m_work.front());
        m_work.pop_front();
    }
    work();
}

} // namespace sightline::ui
