// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/CheckpointAsker.h"

#include "bridge/Session.h"

namespace sightline::ui {

CheckpointAsker::CheckpointAsker(Session& session, QObject* parent)
    : Asker(session.engine().door(), session.activities(), parent), m_checkpoints(session.checkpoints()) {
    connect(&m_checkpoints, &CheckpointDesk::moved, this, &CheckpointAsker::follow);
    connect(&m_checkpoints, &CheckpointDesk::bestChanged, this, &CheckpointAsker::follow);
}

void CheckpointAsker::forget() {
    cancel();
    m_asked = m_by = {};
}

bool CheckpointAsker::isReplaced() const {
    return ui::isReplaced(m_by, m_checkpoints.weights());
}

QString CheckpointAsker::replacedSentence() const {
    return ui::replacedSentence(m_by, m_checkpoints.weights());
}

QString CheckpointAsker::sayingWhose(const QString& words) const {
    const QString sentence = replacedSentence();
    return sentence.isEmpty() ? words : words + QLatin1Char(' ') + sentence;
}

void CheckpointAsker::follow() {
    if (m_asked.at.empty())
        return;
    if (m_asked.at == m_checkpoints.at())
        Q_EMIT replaced();
    else
        Q_EMIT left();
}

} // namespace sightline::ui
