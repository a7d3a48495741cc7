// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <vector>

class QCPItemStraightLine;
class QCPItemText;
class QCustomPlot;

namespace sightline::ui {

/// Vertical lines with words at places of a plot: where the learning rate fell, where a setting was changed. Words that
/// would lie on others take a row below; those that find no row are read at the pointer.
class PlotMarks {
public:
    enum class Kind { RateFell, Edited };
    /// Where the words stand: away from where curves end.
    enum class Side { Top, Bottom };
    PlotMarks(QCustomPlot* plot, Side side) : m_plot(plot), m_side(side) {}

    void clear();
    void add(double epoch, const QString& words, Kind kind);
    void redraw(); ///< after the plot is laid out
    /// Of the mark within a few pixels of `x`; empty: there is none.
    QString wordsNear(double x) const;
    QStringList words() const; ///< of all, by epoch

private:
    struct Mark {
        double epoch;
        QString words;
        QCPItemStraightLine* line;
        QCPItemText* text;
    };
    QCustomPlot* m_plot;
    Side m_side;
    std::vector<Mark> m_marks; ///< by epoch
};

} // namespace sightline::ui
