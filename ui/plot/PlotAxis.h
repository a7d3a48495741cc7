// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QCPAxis;
class QCustomPlot;
class QString;
class QWidget;

namespace sightline::ui {

/// The look of all our axes: thin, quiet, few ticks.
void styleAxis(QCPAxis& axis);
/// Fills a widget with a title and, below it, a plot of that look that is dragged and zoomed.
void layOutPlot(QWidget& widget, const QString& title, QCustomPlot& plot);

} // namespace sightline::ui
