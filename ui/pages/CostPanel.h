// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "bridge/Session.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace sightline::ui {

/// What training the network will take, before it is trained: what is frozen, the memory at this batch size beside what
/// is free, the largest batch that fits, and the time of an epoch, measured when asked for.
class CostPanel : public QWidget {
    Q_OBJECT
public:
    explicit CostPanel(Session& session, QWidget* parent = nullptr);

    /// The network of the session's experiment, with its costs; call when either changed.
    void show(const GraphSpec& graph, const GraphCost& cost);
    /// There is none: its faults are shown elsewhere.
    void clear();

private:
    void showFreezing(const GraphSpec& graph);
    void showMemory(const GraphSpec& graph, const GraphCost& cost);
    void chooseFrozen(int item);
    void measure();
    void forgetTime();
    void showTime(const EpochTime& time, const Experiment& of);
    void enableMeasuring();

    Session& m_session;
    QComboBox* m_frozen;
    QLabel *m_trains, *m_problem, *m_memory, *m_time;
    QPushButton* m_measure;
    Experiment m_measured; ///< what the shown time is of
    bool m_filling = false;
};

} // namespace sightline::ui
