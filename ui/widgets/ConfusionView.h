// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>
#include <vector>

#include "metrics/Evaluation.h"

namespace sightline::ui {

/// A confusion matrix to click: rows are true classes, columns predicted ones. A cell, a row's or a column's name is
/// selected by the mouse, or by the arrow keys and Return; selecting it again clears. Right and wrong are told apart by
/// place and by hues that stay apart for the colour-blind, their number by strength and in figures.
class ConfusionView : public QWidget {
    Q_OBJECT
public:
    explicit ConfusionView(QWidget* parent = nullptr);
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation);
    enum class Cells { Counts, OfTrueClass, OfPredictedClass };
    void setCells(Cells cells);            ///< what the cells say
    void setDiagonalShown(bool shown);     ///< hidden: the errors take the whole range of the colours
    void select(int truth, int predicted); ///< -1 = any; both: nothing
    QRect cellRect(int truth, int predicted) const;

Q_SIGNALS:
    void selected(int truth, int predicted);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Place {
        int truth = -1, predicted = -1;
    };
    Place at(const QPoint& point) const;
    int classes() const;
    QPointF origin() const;
    double side() const;
    int nameWidth() const;
    void choose(Place place);
    double share(int row, int column) const;
    QString describe(int row, int column) const;
    void tellCursor();
    void paintNames(QPainter& painter) const;
    void paintCells(QPainter& painter) const;
    void paintCell(QPainter& painter, int row, int column, double strength) const;
    void paintFrames(QPainter& painter) const;

    std::shared_ptr<const Evaluation> m_evaluation;
    std::vector<std::int64_t> m_rowTotals, m_columnTotals;
    Cells m_cells = Cells::Counts;
    bool m_diagonal = true;
    int m_truth = -1, m_predicted = -1;
    int m_cursorRow = 0, m_cursorColumn = 0;
    int m_widestName = 0; ///< pixels
};

} // namespace sightline::ui
