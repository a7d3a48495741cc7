// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/Session.h"
#include "widgets/Surface.h"

class QComboBox;

namespace sightline::ui {

class ProgressBar;

/// Which search is looked at, how far it is, and how it is steered: also where another program runs it.
class SearchHead : public Surface {
    Q_OBJECT
public:
    explicit SearchHead(Session& session, QWidget* parent = nullptr);

private:
    void showList();
    void showState();
    void press();
    void watch();
    void showWatch();
    QString stateWords(const SearchView& view) const;

    Session& m_session;
    QComboBox* m_chooser;
    QLabel *m_state, *m_notes;
    ProgressBar* m_progress;
    QPushButton *m_watch, *m_pause, *m_stop;
};

} // namespace sightline::ui
