// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QRectF>
#include <QTimer>
#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

#include "plot/Envelope.h"
#include "plot/PlotMarks.h"
#include "plot/RateLane.h"

class QCPGraph;
class QCPItemStraightLine;
class QCPItemText;
class QCustomPlot;

namespace sightline::ui {

/// One figure over the epochs: batches faint, the epochs' training value bold, validation as markers, the best epoch
/// flagged, lines where the learning rate fell or a setting was changed, the run it was forked from as a ghost. What is
/// kept and drawn of the batches is bounded, however long the run is. Redrawn 25 times a second at most. Wheel zooms,
/// drag pans, double click shows all again; the pointer reads the values.
class CurvePlot : public QWidget {
    Q_OBJECT
public:
    enum class Unit { Plain, Percent };
    CurvePlot(const QString& title, Unit unit, QWidget* parent = nullptr);

    void clear(int plannedEpochs);
    void setPlanned(int epochs);
    void addBatch(double epoch, double value);
    void addEpoch(int epoch, double training, std::optional<double> validation);
    void setBest(int epoch); ///< 0 = none
    /// Of what is looked at: a line; 0 = none. clear() leaves it.
    void setCursor(double epoch);
    double cursor() const;
    void addMark(double epoch, const QString& words, PlotMarks::Kind kind = PlotMarks::Kind::RateFell);
    /// Another run's values, muted, behind this one's.
    void addGhostEpoch(int epoch, double training, std::optional<double> validation);
    /// Shows a lane for the learning rate below the figure once there is one.
    void addRate(int epoch, double rate) { m_lane->addEpoch(epoch, rate); }
    void setLogarithmic(bool on);
    int validationPoints() const;
    int ghostPoints() const;
    /// Where the words stand that are seen of the best epoch and of the last values, in pixels of the plot.
    std::vector<QRectF> labelPlaces() const { return m_labelPlaces; }
    QStringList marks() const { return m_marks->words(); } ///< by epoch
    bool save(const QString& file);                        ///< .png, .svg or .csv by its ending
    void setCompact(bool on);        ///< where there is little height: without the words below the axis
    void drawNow(double pixelRatio); ///< for pictures of the window at another scale

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void describe();
    void schedule();
    void redraw();
    void fit();
    void showBatches();
    void widen(double value);
    void readAt(const QPointF& place);
    QString valueText(double value) const;
    QCPItemText* endLabel(const QColor& color);
    void showEnd(QCPItemText* label, const QCPGraph* graph);
    QRectF bestPlace() const;
    QRectF endPlace(const QCPItemText* label, const QCPGraph* graph) const;
    void placeLabels();

    Unit m_unit;
    QCustomPlot* m_plot;
    QCPGraph *m_ghostTraining, *m_ghostValidation, *m_batches, *m_training, *m_validation;
    QCPItemText *m_trainingEnd, *m_validationEnd, *m_bestWords, *m_read;
    QCPItemStraightLine *m_bestLine, *m_cursor;
    std::unique_ptr<PlotMarks> m_marks;
    std::unique_ptr<RateLane> m_lane;
    std::vector<QRectF> m_labelPlaces;
    Envelope m_envelope;                  ///< of the batches
    double m_low = 0, m_high = 0;         ///< of all values so far
    bool m_empty = true, m_stale = false; ///< no value yet; the graph lacks the newest batches
    int m_planned = 1;
    bool m_followsData = true;
    QTimer m_timer;
};

} // namespace sightline::ui
