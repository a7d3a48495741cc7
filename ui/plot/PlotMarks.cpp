// SPDX-License-Identifier: GPL-3.0-or-later
#include "plot/PlotMarks.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "look/Theme.h"
#include "plot/QCustomPlotInclude.h"

namespace sightline::ui {

namespace {
constexpr int kRows = 3, kRowHeight = 14, kPadding = 3;
constexpr int kLeastHeight = 6 * kRowHeight; ///< of a plot whose curves words would not hide; else they are hovered for
constexpr double kNear = 5;                  // pixels
} // namespace

void PlotMarks::clear() {
    for (const Mark& mark : m_marks) {
        m_plot->removeItem(mark.line);
        m_plot->removeItem(mark.text);
    }
    m_marks.clear();
}

void PlotMarks::add(double epoch, const QString& words, Kind kind) {
    const QColor color = theme::color(kind == Kind::Edited ? Role::Accent : Role::Warning);
    Mark mark{epoch, words, new QCPItemStraightLine(m_plot), new QCPItemText(m_plot)};
    mark.line->setPen(QPen(color, 1, kind == Kind::Edited ? Qt::DashDotLine : Qt::DotLine));
    mark.line->point1->setCoords(epoch, 0.5);
    mark.line->point2->setCoords(epoch, 1);
    mark.text->setColor(color);
    mark.text->setFont(theme::font(theme::Size::Small, true));
    mark.text->setText(words);
    mark.text->setClipToAxisRect(true);
    mark.text->setLayer(QStringLiteral("legend")); // above the lines of other marks
    mark.text->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
    mark.text->setPadding(QMargins(kPadding, 0, kPadding, 0));
    QColor ground = theme::color(Role::Surface); // curves pass behind the words
    ground.setAlphaF(0.8f);
    mark.text->setBrush(ground);
    mark.text->position->setType(QCPItemPosition::ptAbsolute);
    m_marks.insert(std::upper_bound(m_marks.begin(), m_marks.end(), epoch,
                                    [](double value, const Mark& other) { return value < other.epoch; }),
                   mark);
}

void PlotMarks::redraw() {
    const QRect inside = m_plot->axisRect()->rect();
    const QFontMetrics metrics(theme::font(theme::Size::Small, true));
    const int rows = inside.height() < kLeastHeight ? 0 : std::clamp(inside.height() / (2 * kRowHeight), 1, kRows);
    std::array<double, kRows> taken;
    taken.fill(inside.left());
    for (const Mark& mark : m_marks) {
        const double x = m_plot->xAxis->coordToPixel(mark.epoch),
                     width = metrics.horizontalAdvance(mark.words) + 2 * kPadding;
        mark.text->setVisible(false);
        if (!inside.contains(static_cast<int>(x), inside.center().y()))
            continue;
        for (int row = 0; row < rows && !mark.text->visible(); ++row)
            // At its line's right; near the right edge at its left, or across it.
            for (const double from : {x, x - width, std::min(x, inside.right() - width)}) {
                double& end = taken[static_cast<std::size_t>(row)];
                if (from < end || from + width > inside.right() + 1)
                    continue;
                mark.text->position->setCoords(from, m_side == Side::Top ? inside.top() + 2 + row * kRowHeight
                                                                         : inside.bottom() - (row + 1) * kRowHeight);
                mark.text->setVisible(true);
                end = from + width;
                break;
            }
    }
}

QStringList PlotMarks::words() const {
    QStringList words;
    for (const Mark& mark : m_marks)
        words << mark.words;
    return words;
}

QString PlotMarks::wordsNear(double x) const {
    QStringList words;
    for (const Mark& mark : m_marks)
        if (std::abs(m_plot->xAxis->coordToPixel(mark.epoch) - x) <= kNear)
            words << mark.words;
    return words.join(QStringLiteral("; "));
}

} // namespace sightline::ui
