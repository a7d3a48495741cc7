// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/FirstKernels.h"

#include <utility>

namespace sightline::ui {

FirstKernels::FirstKernels(Session& session, std::function<bool()> areSeen)
    : m_session(session), m_areSeen(std::move(areSeen)), m_asker(session) {
    connect(&m_asker, &CheckpointAsker::left, this, &FirstKernels::leave);
    connect(&m_asker, &CheckpointAsker::replaced, this, &FirstKernels::follow);
}

void FirstKernels::ensure() {
    if (!m_kernels && m_problem.isEmpty() && m_session.runs().run() && m_areSeen() && !m_asker.isBusy())
        read();
}

void FirstKernels::read() {
    m_asker.ask(
        {}, [](const std::stop_token&) { return KernelsQuestion(); },
        [this](Result<Kernels> found) {
            m_kernels = found ? std::optional(std::move(*found)) : std::nullopt;
            m_problem = found ? QString() : QString::fromStdString(found.error().message);
            Q_EMIT changed();
        });
}

void FirstKernels::forget() {
    m_asker.forget();
    m_kernels.reset();
    m_problem.clear();
}

void FirstKernels::leave() {
    forget();
    Q_EMIT changed();
}

/// Those in view stay until those of the other epoch are there.
void FirstKernels::follow() {
    if (m_areSeen())
        read();
    else
        leave();
}

} // namespace sightline::ui
