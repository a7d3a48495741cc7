// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/Page.h"

namespace sightline::ui {

class ProbeStrip;
class RunCurves;
class RunSettings;
class RunStatus;

/// The run: loss and accuracy as they come, what is left, the pinned images as the network sees them, and the settings
/// with their problems beside them.
class TrainPage : public Page {
    Q_OBJECT
public:
    explicit TrainPage(Session& session, QWidget* parent = nullptr);

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void arrange();
    void showRun();
    void showState();

    RunStatus* m_status;
    RunCurves* m_curves;
    ProbeStrip* m_probes;
    RunSettings* m_settings;
};

} // namespace sightline::ui
