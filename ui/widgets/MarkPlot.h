// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <utility>
#include <vector>

namespace sightline::ui {

/// An axis of a MarkPlot: its name, and what stands at places of it, from 0 to 1.
struct MarkAxis {
    QString title;
    std::vector<std::pair<double, QString>> ticks;
    bool operator==(const MarkAxis&) const = default;
};

/// Something with a place on each axis.
struct Mark {
    std::vector<double> places; ///< from 0 to 1; NaN: it has none there
    QString words;              ///< said on hover, and to screen readers
    double merit = 1;           ///< from the worst (0) to the best (1): its colour
    bool quiet = false;         ///< drawn thin, beneath the others
};

/// What plots of a few hundred marks share: one of them is highlighted by the mouse or by the arrow keys, and said; a
/// click, or Return, chooses it.
class MarkPlot : public QWidget {
    Q_OBJECT
public:
    explicit MarkPlot(QWidget* parent = nullptr);
    /// `what` there is: "%1 trials".
    void setMarks(std::vector<MarkAxis> axes, std::vector<Mark> marks, const QString& what);
    void setHighlighted(int mark); ///< -1: none; emits nothing
    int highlighted() const { return m_highlighted; }
    const std::vector<Mark>& marks() const { return m_marks; }
    const std::vector<MarkAxis>& axes() const { return m_axes; }
    virtual QPointF placeOf(int mark) const = 0; ///< in the widget: a point of it that can be clicked

Q_SIGNALS:
    void hovered(int mark); ///< -1: none any more
    void chosen(int mark);

protected:
    /// Of a mark that has places; infinite where it has none.
    virtual double distance(const Mark& mark, const QPointF& place) const = 0;
    virtual void paint(QPainter& painter) const = 0;
    QColor colorOf(int mark) const;
    /// Quiet ones first, the highlighted one last.
    std::vector<int> paintOrder() const;

    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    int nearest(const QPointF& place) const; ///< -1: none close by
    void highlight(int mark);
    void walk(int step);
    void describe();

    std::vector<MarkAxis> m_axes;
    std::vector<Mark> m_marks;
    QString m_what;
    int m_highlighted = -1;
};

} // namespace sightline::ui
