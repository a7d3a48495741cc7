// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ReliabilityView.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

#include "look/Theme.h"
#include "look/Words.h"

namespace sightline::ui {

namespace {
constexpr int kLeft = 44, kRight = 8, kTop = 22, kBottom = 38; ///< room for the words around
constexpr int kCounts = 48, kGap = 10;                         ///< the images per range, beneath

QColor translucent(Role role, int alpha) {
    QColor color = theme::color(role);
    color.setAlpha(alpha);
    return color;
}
} // namespace

ReliabilityView::ReliabilityView(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(240, 200);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void ReliabilityView::setBins(std::vector<ConfidenceBin> bins) {
    m_bins = std::move(bins);
    m_selected = -1;
    m_cursor = 0;
    m_most = 1;
    for (const ConfidenceBin& bin : m_bins)
        m_most = std::max(m_most, bin.images);
    setAccessibleDescription(tr("Accuracy in %1 of confidence. The arrow keys move between them, Return shows the "
                                "images of one.")
                                 .arg(counted(static_cast<qlonglong>(m_bins.size()), tr("%1 range"), tr("%1 ranges"))));
    update();
}

void ReliabilityView::select(int bin) {
    m_selected = bin;
    update();
}

QRectF ReliabilityView::plot() const {
    return {kLeft, kTop, static_cast<double>(width() - kLeft - kRight),
            static_cast<double>(height() - kTop - kBottom - kCounts - kGap)};
}

QRectF ReliabilityView::counts() const {
    const QRectF above = plot();
    return {above.left(), above.bottom() + kGap, above.width(), kCounts};
}

double ReliabilityView::left(int bin) const {
    return plot().left() + plot().width() * bin / std::max<double>(1, static_cast<double>(m_bins.size()));
}

QRect ReliabilityView::binRect(int bin) const {
    return QRectF(QPointF(left(bin), plot().top()), QPointF(left(bin + 1), counts().bottom())).toAlignedRect();
}

int ReliabilityView::at(const QPoint& point) const {
    for (int bin = 0; bin < static_cast<int>(m_bins.size()); ++bin)
        if (binRect(bin).contains(point))
            return bin;
    return -1;
}

void ReliabilityView::choose(int bin) {
    if (bin >= 0)
        m_cursor = bin;
    select(bin == m_selected ? -1 : bin);
    Q_EMIT selected(m_selected);
}

void ReliabilityView::mousePressEvent(QMouseEvent* event) {
    if (const int bin = at(event->position().toPoint()); event->button() == Qt::LeftButton && bin >= 0)
        choose(bin);
}

void ReliabilityView::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(m_bins.size()) - 1;
    if (last < 0)
        return QWidget::keyPressEvent(event);
    switch (event->key()) {
    case Qt::Key_Left:
        m_cursor = std::max(0, m_cursor - 1);
        break;
    case Qt::Key_Right:
        m_cursor = std::min(last, m_cursor + 1);
        break;
    case Qt::Key_Return:
    case Qt::Key_Space:
        choose(m_cursor);
        break;
    case Qt::Key_Escape:
        choose(m_selected);
        break;
    default:
        return QWidget::keyPressEvent(event);
    }
    tellCursor();
    update();
}

void ReliabilityView::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    tellCursor();
    update();
}

/// A screen reader says the range that the keys are at.
void ReliabilityView::tellCursor() {
    if (m_bins.empty())
        return;
    setAccessibleDescription(describe(m_cursor));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

QString ReliabilityView::describe(int bin) const {
    const ConfidenceBin& one = m_bins[static_cast<std::size_t>(bin)];
    const QString range = tr("Confidence %1 to %2").arg(percent(one.lower), percent(one.upper));
    if (one.images == 0)
        return tr("%1: no images").arg(range);
    return tr("%1: %2, right %3 of the time, confident %4 on average")
        .arg(range, counted(static_cast<qlonglong>(one.images), tr("%1 image"), tr("%1 images")),
             percent(*one.accuracy), percent(*one.confidence));
}

bool ReliabilityView::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    if (const int bin = at(help->pos()); bin >= 0)
        QToolTip::showText(help->globalPos(), describe(bin), this);
    else
        QToolTip::hideText();
    return true;
}

void ReliabilityView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(theme::font(theme::Size::Small));
    if (m_bins.empty())
        return;
    paintAxes(painter);
    for (int bin = 0; bin < static_cast<int>(m_bins.size()); ++bin)
        paintBin(painter, bin);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme::color(Role::Muted), 1, Qt::DashLine));
    painter.drawLine(plot().bottomLeft(), plot().topRight());
}

void ReliabilityView::paintAxes(QPainter& painter) const {
    const QRectF area = plot(), below = counts();
    for (const int tick : {0, 50, 100}) {
        const double y = area.bottom() - area.height() * tick / 100, x = area.left() + area.width() * tick / 100;
        painter.setPen(theme::color(Role::Border));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(theme::color(Role::Muted));
        const QString words = QStringLiteral("%1 %").arg(tick);
        painter.drawText(QRectF(0, y - 10, kLeft - 6, 20), Qt::AlignRight | Qt::AlignVCenter, words);
        const auto side = tick == 0 ? Qt::AlignLeft : tick == 100 ? Qt::AlignRight : Qt::AlignHCenter;
        painter.drawText(QRectF(x - (tick == 0     ? 0
                                     : tick == 100 ? 60
                                                   : 30),
                                below.bottom() + 3, 60, 16),
                         side | Qt::AlignTop, words);
    }
    const QRectF above(area.left(), 0, area.width(), kTop - 6);
    const QString often = tr("how often it is right"), gap = tr("hatched: gap to its confidence");
    const QFontMetrics metrics(painter.font());
    painter.drawText(above, Qt::AlignLeft | Qt::AlignVCenter, often);
    if (metrics.horizontalAdvance(often) + metrics.horizontalAdvance(gap) + 2 * theme::kGrid <= area.width())
        painter.drawText(above, Qt::AlignRight | Qt::AlignVCenter, gap);
    painter.drawText(QRectF(area.left(), below.bottom() + 18, area.width(), 18), Qt::AlignHCenter | Qt::AlignVCenter,
                     tr("how confident it is"));
    painter.drawText(QRectF(0, below.top(), kLeft - 6, below.height()), Qt::AlignRight | Qt::AlignVCenter,
                     tr("images"));
}

void ReliabilityView::paintBin(QPainter& painter, int bin) const {
    const ConfidenceBin& one = m_bins[static_cast<std::size_t>(bin)];
    const QRectF area = plot(), below = counts();
    const double from = left(bin) + 1, wide = left(bin + 1) - left(bin) - 2;
    if (one.images > 0) {
        const auto y = [&](double share) { return area.bottom() - area.height() * share; };
        const double lower = y(std::min(*one.confidence, *one.accuracy));
        painter.fillRect(QRectF(QPointF(from, lower), QPointF(from + wide, area.bottom())), theme::color(Role::Accent));
        const QRectF gap(QPointF(from, y(std::max(*one.confidence, *one.accuracy))), QPointF(from + wide, lower));
        painter.fillRect(gap, translucent(Role::Bad, 70));
        painter.fillRect(gap, QBrush(theme::color(Role::Bad), Qt::BDiagPattern)); // not by its hue alone
        painter.fillRect(QRectF(from, y(*one.accuracy), wide, 2), theme::color(Role::Accent));
        const double high =
            std::max(2.0, below.height() * static_cast<double>(one.images) / static_cast<double>(m_most));
        painter.fillRect(QRectF(from, below.bottom() - high, wide, high), theme::color(Role::Muted));
    }
    const bool chosen = bin == m_selected;
    if (chosen || (hasFocus() && bin == m_cursor)) {
        painter.setPen(QPen(theme::color(Role::Text), chosen ? 2 : 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(binRect(bin)).adjusted(0.5, 0.5, -1.5, -0.5));
    }
}

} // namespace sightline::ui
