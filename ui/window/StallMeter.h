// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <algorithm>

namespace sightline::ui {

/// How long the window's event loop was away at most: a timer that should fire every few milliseconds, and how late it
/// was.
class StallMeter : public QObject {
public:
    explicit StallMeter(QObject* parent = nullptr) : QObject(parent) {
        m_timer.setTimerType(Qt::PreciseTimer);
        connect(&m_timer, &QTimer::timeout, this, [this] {
            m_longest = std::max(m_longest, static_cast<double>(m_since.nsecsElapsed()) / 1e6 - kTickMs);
            m_since.start();
        });
    }
    void resume() {
        m_since.start();
        m_timer.start(kTickMs);
    }
    void pause() { m_timer.stop(); }
    double longestMs() const { return m_longest; }

private:
    static constexpr int kTickMs = 4;
    QTimer m_timer;
    QElapsedTimer m_since;
    double m_longest = 0;
};

} // namespace sightline::ui
