// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/explain/ChangedTab.h"

class QComboBox;
class QSlider;

namespace sightline::ui {

class PaintView;

/// Paint over the image, and watch the probabilities and the map.
class OcclusionTab : public ChangedTab {
    Q_OBJECT
public:
    OcclusionTab(Session& session, MapLook& look);
    void forget() override;

protected:
    void follow() override;
    void ask() override;
    std::vector<std::pair<QString, QString>> notes() const override;
    QString suffix() const override { return QStringLiteral("painted"); }

private:
    OcclusionTab(Session& session, MapLook& look, PaintView* paint);
    QWidget* makeControls();
    void showSteps();
    void followMask();

    std::shared_ptr<const HeatMapAnswer> m_of; ///< about the image that is painted over
    PaintView* m_paint;
    QComboBox* m_kind;
    QSlider* m_size;
    QPushButton *m_undo, *m_clear;
};

} // namespace sightline::ui
