// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QWidget>

#include <vector>

class QCustomPlot;

namespace sightline::ui {

/// One curve of a figure that shows several.
struct PlotSeries {
    QString name;
    std::vector<double> keys, values; ///< as long as each other; keys rise, what is not finite breaks the curve
    QColor color;
    bool dashed = false;
};

/// An exponential moving average that is corrected for its beginning: a constant stays constant. `weight` of what was
/// before, 0...1; 0 changes nothing. Values that are not finite stay as they are and count for nothing.
std::vector<double> smoothed(const std::vector<double>& values, double weight);

/// Any number of curves over common axes, each thinned to what a screen can show. Wheel zooms, drag pans, double click
/// shows all again; the tool tip names the curve under the pointer. Who shows it says which color is whose.
class SeriesPlot : public QWidget {
    Q_OBJECT
public:
    SeriesPlot(const QString& title, const QString& keyTitle, QWidget* parent = nullptr);

    void setSeries(std::vector<PlotSeries> series);
    void setKeyTitle(const QString& title);
    void setSmoothing(double weight);
    void drawNow(double pixelRatio); ///< for pictures of the window at another scale
    int drawnPoints() const;         ///< of all curves, after thinning

private:
    void draw();
    void describe();

    QCustomPlot* m_plot;
    std::vector<PlotSeries> m_series;
    double m_smoothing = 0;
};

} // namespace sightline::ui
