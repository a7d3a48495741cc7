// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/Session.h"
#include "lane/Lane.h"
#include "widgets/Surface.h"

namespace sightline::ui {

struct ProbeTable;
class ProbeView;
class TrustLine;

/// The pinned images of the run in view with their heat maps, epoch by epoch, as the run draws them; read from its
/// folder. Without any it is hidden. Under it stands whether the map that was chosen can be believed, once the run has
/// ended: then its weights stay what they are.
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
    void checkMap(int row, int column);
    void checkAgain(); ///< the map that was chosen
    void say(const QString& why);
    void forgetMap();

    Session& m_session;
    ProbeView* m_view;
    QLabel* m_note; ///< which files cannot be read
    TrustLine* m_trust;
    QLabel* m_unkept;                        ///< why a map is not checked
    int m_row = 0, m_column = -1;            ///< the map that was chosen; column -1: none
    bool m_reading = false, m_again = false; ///< what comes while it reads is read after that
    Lane m_lane, m_imageLane;                ///< last: joined first
};

} // namespace sightline::ui
