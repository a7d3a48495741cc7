// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/Session.h"
#include "lane/Lane.h"
#include "widgets/Surface.h"

namespace sightline::ui {

struct ProbeTable;
class ProbeView;

/// The pinned images of the run in view with their heat maps, epoch by epoch, as the run draws them; read from its
/// folder. Without any it is hidden.
class ProbeStrip : public Surface {
    Q_OBJECT
public:
    explicit ProbeStrip(Session& session, QWidget* parent = nullptr);

    void showRun(); ///< another run is in view, or none

Q_SIGNALS:
    void said(const QString& message, bool good);
    void pageRequested(const QString& page);

private:
    void read();
    void setTable(ProbeTable table);
    void explain(const QString& path);

    Session& m_session;
    ProbeView* m_view;
    QLabel* m_note;                          ///< which files cannot be read
    bool m_reading = false, m_again = false; ///< what comes while it reads is read after that
    Lane m_lane;                             ///< last: joined first
};

} // namespace sightline::ui
