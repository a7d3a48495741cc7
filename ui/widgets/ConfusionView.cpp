// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ConfusionView.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

#include "look/Theme.h"
#include "look/Words.h"

namespace sightline::ui {

namespace {
constexpr double kLargestSide = 64, kSmallestTextSide = 26;
constexpr int kLongestName = 96;
constexpr int kTitle = 18;

QString nameOfClass(const Evaluation& evaluation, int index) {
    return QString::fromStdString(evaluation.classes[static_cast<std::size_t>(index)]);
}

std::int64_t rowTotal(const Evaluation& evaluation, int row) {
    std::int64_t total = 0;
    for (int c = 0; c < evaluation.confusion.classes(); ++c)
        total += evaluation.confusion.at(row, c);
    return total;
}
} // namespace

ConfusionView::ConfusionView(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(240, 220);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setMouseTracking(true);
}

void ConfusionView::setEvaluation(std::shared_ptr<const Evaluation> evaluation) {
    m_evaluation = std::move(evaluation);
    m_truth = m_predicted = -1;
    m_cursorRow = m_cursorColumn = 0;
    update();
}

void ConfusionView::setShares(bool perRow) {
    m_shares = perRow;
    update();
}

void ConfusionView::select(int truth, int predicted) {
    m_truth = truth;
    m_predicted = predicted;
    update();
}

int ConfusionView::classes() const {
    return m_evaluation ? m_evaluation->confusion.classes() : 0;
}

int ConfusionView::nameWidth() const {
    const QFontMetrics metrics(theme::font(theme::Size::Small));
    int widest = 24;
    for (int i = 0; i < classes(); ++i)
        widest = std::max(widest, metrics.horizontalAdvance(nameOfClass(*m_evaluation, i)));
    return std::min(widest, kLongestName) + theme::kGrid;
}

double ConfusionView::side() const {
    const int count = std::max(1, classes());
    const int names = nameWidth();
    return std::clamp(std::min(static_cast<double>(width() - names - kTitle) / count,
                               static_cast<double>(height() - names - kTitle) / count),
                      1.0, kLargestSide);
}

QPointF ConfusionView::origin() const {
    return {static_cast<double>(kTitle + nameWidth()), static_cast<double>(kTitle + nameWidth())};
}

QRect ConfusionView::cellRect(int truth, int predicted) const {
    const QPointF from = origin() + QPointF(predicted * side(), truth * side());
    return QRectF(from, QSizeF(side(), side())).toAlignedRect();
}

ConfusionView::Place ConfusionView::at(const QPoint& point) const {
    const int column = static_cast<int>(std::floor((point.x() - origin().x()) / side())),
              row = static_cast<int>(std::floor((point.y() - origin().y()) / side()));
    const bool inRow = row >= 0 && row < classes(), inColumn = column >= 0 && column < classes();
    if (inRow && inColumn)
        return {row, column};
    if (inRow && column < 0)
        return {row, -1};
    if (inColumn && row < 0)
        return {-1, column};
    return {};
}

void ConfusionView::choose(Place place) {
    if (place.truth == m_truth && place.predicted == m_predicted)
        place = {};
    select(place.truth, place.predicted);
    if (place.truth >= 0)
        m_cursorRow = place.truth;
    if (place.predicted >= 0)
        m_cursorColumn = place.predicted;
    Q_EMIT selected(place.truth, place.predicted);
}

void ConfusionView::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && m_evaluation)
        choose(at(event->position().toPoint()));
}

void ConfusionView::keyPressEvent(QKeyEvent* event) {
    const int last = classes() - 1;
    switch (event->key()) {
    case Qt::Key_Left:
        m_cursorColumn = std::max(0, m_cursorColumn - 1);
        break;
    case Qt::Key_Right:
        m_cursorColumn = std::min(last, m_cursorColumn + 1);
        break;
    case Qt::Key_Up:
        m_cursorRow = std::max(0, m_cursorRow - 1);
        break;
    case Qt::Key_Down:
        m_cursorRow = std::min(last, m_cursorRow + 1);
        break;
    case Qt::Key_Return:
    case Qt::Key_Space:
        choose({m_cursorRow, m_cursorColumn});
        break;
    case Qt::Key_Escape:
        choose({m_truth, m_predicted});
        break;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    update();
}

bool ConfusionView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip && m_evaluation) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const Place place = at(help->pos());
        if (place.truth >= 0 && place.predicted >= 0)
            QToolTip::showText(
                help->globalPos(),
                tr("%1 predicted as %2: %3")
                    .arg(nameOfClass(*m_evaluation, place.truth), nameOfClass(*m_evaluation, place.predicted))
                    .arg(m_evaluation->confusion.at(place.truth, place.predicted)),
                this);
        else
            QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

void ConfusionView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(theme::font(theme::Size::Small));
    if (!m_evaluation || classes() == 0)
        return;
    paintCells(painter);
    paintNames(painter);
}

void ConfusionView::paintCells(QPainter& painter) const {
    const QColor right = theme::color(Role::Accent), wrong = theme::color(Role::Bad),
                 surface = theme::color(Role::Raised);
    for (int row = 0; row < classes(); ++row) {
        const double total = static_cast<double>(std::max<std::int64_t>(1, rowTotal(*m_evaluation, row)));
        for (int column = 0; column < classes(); ++column) {
            const auto count = m_evaluation->confusion.at(row, column);
            const double share = static_cast<double>(count) / total;
            const QColor& full = row == column ? right : wrong;
            const double strength = count == 0 ? 0 : 0.15 + 0.75 * share;
            const auto mix = [&](int a, int b) { return static_cast<int>(a + (b - a) * strength); };
            const QColor fill(mix(surface.red(), full.red()), mix(surface.green(), full.green()),
                              mix(surface.blue(), full.blue()));
            const QRectF cell(origin() + QPointF(column * side(), row * side()), QSizeF(side(), side()));
            const double gap = side() > 8 ? 1 : 0;
            painter.fillRect(cell.adjusted(gap, gap, -gap, -gap), fill);
            const bool chosen = (m_truth >= 0 || m_predicted >= 0) && (m_truth < 0 || m_truth == row) &&
                                (m_predicted < 0 || m_predicted == column);
            if (chosen || (hasFocus() && row == m_cursorRow && column == m_cursorColumn)) {
                painter.setPen(QPen(theme::color(Role::Text), chosen ? 2 : 1));
                painter.setBrush(Qt::NoBrush);
                painter.drawRect(cell.adjusted(1, 1, -1, -1));
            }
            if (side() < kSmallestTextSide || count == 0)
                continue;
            painter.setPen(strength > 0.5 ? theme::color(Role::AccentText) : theme::color(Role::Text));
            painter.drawText(cell, Qt::AlignCenter, m_shares ? QString::number(100 * share, 'f', 0) : grouped(count));
        }
    }
}

void ConfusionView::paintNames(QPainter& painter) const {
    painter.setPen(theme::color(Role::Muted));
    const QFontMetrics metrics(painter.font());
    const int names = nameWidth();
    const int every = std::max(1, static_cast<int>(std::ceil(metrics.height() / side())));
    for (int i = 0; i < classes(); i += every) {
        const QString name = metrics.elidedText(nameOfClass(*m_evaluation, i), Qt::ElideRight, names - theme::kGrid);
        painter.drawText(QRectF(kTitle, origin().y() + i * side(), names - 6, side()),
                         Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, name);
        painter.save();
        painter.translate(origin().x() + i * side(), origin().y() - 6);
        painter.rotate(-90);
        painter.drawText(QRectF(0, 0, names, side()), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, name);
        painter.restore();
    }
    painter.drawText(QRectF(origin().x(), 0, classes() * side(), kTitle),
                     Qt::AlignHCenter | Qt::AlignTop | Qt::TextDontClip, tr("predicted"));
    painter.save();
    painter.translate(0, origin().y() + classes() * side());
    painter.rotate(-90);
    painter.drawText(QRectF(0, 0, classes() * side(), kTitle), Qt::AlignHCenter | Qt::AlignTop | Qt::TextDontClip,
                     tr("true"));
    painter.restore();
}

} // namespace sightline::ui
