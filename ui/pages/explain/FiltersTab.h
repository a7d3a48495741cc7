// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>

#include "bridge/CheckpointAsker.h"
#include "pages/explain/FirstKernels.h"
#include "pages/explain/InsideTab.h"

class QButtonGroup;
class QDoubleSpinBox;
class QPushButton;
class QSpinBox;

namespace sightline::ui {

class ProgressBar;

/// What the channels of a layer look for: patterns drawn by gradient ascent, a few at a time, and the kernels of the
/// first convolution. Needs no image.
class FiltersTab : public InsideTab {
    Q_OBJECT
public:
    FiltersTab(Session& session, MapLook& look);
    void forget() override;

protected:
    void follow() override {}
    void showLayer() override;
    void showChannel() override;
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeControls();
    void draw();    ///< begins, or goes on with what is not drawn yet: a few screens full
    void drawAll(); ///< all that is not drawn yet
    void drawGroup();
    void restart(); ///< other settings: what is drawn is not theirs
    void drawAnew();
    void showKind();
    void followKernels();
    void showState();
    int channels() const; ///< of the layer
    bool showsKernels() const;
    QString problem() const; ///< of what is shown
    void save();

    std::map<int, FilterPicture> m_patterns; ///< of the layer, by channel
    int m_wanted = 0;                        ///< channels to be drawn so far
    QString m_patternsProblem;
    QButtonGroup* m_kind;
    QWidget* m_settings;
    QLabel* m_failure; ///< why the rest is not drawn
    QSpinBox *m_steps, *m_jitter;
    QDoubleSpinBox* m_blur;
    QPushButton *m_draw, *m_all, *m_save;
    ProgressBar* m_progress;
    CheckpointAsker m_asker; ///< for patterns
    FirstKernels m_kernels;
};

} // namespace sightline::ui
