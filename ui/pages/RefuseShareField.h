// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "bridge/Session.h"

class QDoubleSpinBox;

namespace sightline::ui {

/// Of how many images of known classes one may be called unknown: for every place that says so. Remembered.
class RefuseShareField : public QWidget {
    Q_OBJECT
public:
    RefuseShareField(Session& session, const QString& label, const char* name, QWidget* parent = nullptr);
    static void restore(Session& session); ///< the share that was chosen last, before a field is to be seen

private:
    Session& m_session;
    QDoubleSpinBox* m_share;
};

} // namespace sightline::ui
