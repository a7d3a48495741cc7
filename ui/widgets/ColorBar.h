// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "engine/Engine.h"

namespace sightline::ui {

/// What a heat map's colours mean: from nothing to most, or from against to for.
class ColorBar : public QWidget {
    Q_OBJECT
public:
    explicit ColorBar(QWidget* parent = nullptr);
    void setColors(ColorMap colors);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    ColorMap m_colors = ColorMap::Turbo;
};

} // namespace sightline::ui
