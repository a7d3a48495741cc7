// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/Session.h"
#include "pages/explain/TrustLine.h"

namespace sightline::ui {

/// What one of two compared runs says of an image: its name, its verdict, what its map is about and whether that can be
/// believed.
class RunSide : public QWidget {
    Q_OBJECT
public:
    /// Its labels are called PREFIXName, PREFIXVerdict, PREFIXDetail and PREFIXTrust....
    RunSide(Session& session, const QString& prefix, QWidget* parent = nullptr);

    void setName(const QString& name);
    QString name() const;
    /// `truth`: the image's class for this run, -1 where it has none. Null: no map yet.
    void setMap(const HeatMap* map, int truth);
    TrustLine& trust() { return *m_trust; }

private:
    QLabel *m_name, *m_verdict, *m_detail;
    TrustLine* m_trust;
};

} // namespace sightline::ui
