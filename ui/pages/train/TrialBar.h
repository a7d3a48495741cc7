// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "bridge/Session.h"
#include "bridge/Trials.h"

class QPushButton;

namespace sightline::ui {

/// What can be tried before a run and looked at during one: a learning rate, the whole run, its last batch.
class TrialBar : public QWidget {
    Q_OBJECT
public:
    explicit TrialBar(Session& session, QWidget* parent = nullptr);

private:
    void showState();

    Session& m_session;
    Trials m_rates, m_checks;
    QPushButton *m_find, *m_check, *m_look;
};

} // namespace sightline::ui
