// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/PaintView.h"

#include <QKeyEvent>
#include <QPainter>

#include <algorithm>
#include <array>

#include "look/Theme.h"
#include "look/Words.h"

namespace sightline::ui {

namespace {
constexpr int kLongest = 256; ///< pixels of a mask's longer side: finer than any brush
constexpr std::size_t kUndo = 50;
} // namespace

PaintView::PaintView(QWidget* parent) : ImageView(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setCursor(Qt::CrossCursor);
    connect(this, &PaintView::maskChanged, this, &PaintView::describe);
}

void PaintView::setImage(const QImage& image, const QString& placeholder) {
    m_pending = false;
    ImageView::setImage(image, placeholder);
}

void PaintView::startOver(const QSize& image) {
    const QSize size = image.isEmpty() ? QSize() : image.scaled(kLongest, kLongest, Qt::KeepAspectRatio);
    m_mask = size.isEmpty() ? QImage() : QImage(size, QImage::Format_Grayscale8);
    m_mask.fill(0);
    m_before.clear();
    m_cursor = QPointF(size.width() / 2.0, size.height() / 2.0);
    m_pending = false;
    describe();
    update();
}

/// For those who cannot see it: how much is painted over, and how to paint.
void PaintView::describe() {
    qint64 painted = 0;
    for (int y = 0; y < m_mask.height(); ++y) {
        const uchar* row = m_mask.constScanLine(y);
        painted += std::count_if(row, row + m_mask.width(), [](uchar value) { return value != 0; });
    }
    const double all = std::max(1.0, double(m_mask.width()) * m_mask.height());
    setAccessibleDescription(m_mask.isNull() ? QString()
                                             : tr("%1 of the image is painted over. The arrow keys move the brush, "
                                                  "Space paints.")
                                                   .arg(percent(static_cast<double>(painted) / all)));
}

void PaintView::setBrush(double share) {
    m_share = share;
    update();
}

bool PaintView::isBlank() const {
    for (int y = 0; y < m_mask.height(); ++y) {
        const uchar* row = m_mask.constScanLine(y);
        if (std::any_of(row, row + m_mask.width(), [](uchar value) { return value != 0; }))
            return false;
    }
    return true;
}

void PaintView::clearMask() {
    if (isBlank())
        return;
    keep();
    m_mask.fill(0);
    Q_EMIT maskChanged();
}

void PaintView::undo() {
    if (m_before.empty())
        return;
    m_mask = m_before.back();
    m_before.pop_back();
    Q_EMIT maskChanged();
}

void PaintView::keep() {
    if (m_before.size() == kUndo)
        m_before.erase(m_before.begin());
    m_before.push_back(m_mask.copy());
}

double PaintView::brush() const {
    return std::max(2.0, m_share * std::min(m_mask.width(), m_mask.height()));
}

QPointF PaintView::inMask(const QPointF& place) const {
    const QRect shown = imageRect();
    return {(place.x() - shown.left()) * m_mask.width() / std::max(1, shown.width()),
            (place.y() - shown.top()) * m_mask.height() / std::max(1, shown.height())};
}

void PaintView::stroke(const QPointF& from, const QPointF& to) {
    QPainter painter(&m_mask);
    painter.setPen(QPen(Qt::white, brush(), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    if (from == to)
        painter.drawPoint(to);
    else
        painter.drawLine(from, to);
    painter.end();
    m_pending = true;
    update();
    Q_EMIT maskChanged();
}

void PaintView::mousePressEvent(QMouseEvent* event) {
    if (m_mask.isNull() || event->button() != Qt::LeftButton || !imageRect().contains(event->pos()))
        return;
    keep();
    m_painting = true;
    m_last = m_cursor = inMask(event->position());
    stroke(m_last, m_last);
}

void PaintView::mouseMoveEvent(QMouseEvent* event) {
    if (m_mask.isNull())
        return;
    m_hovered = true;
    m_cursor = inMask(event->position());
    if (m_painting && (event->buttons() & Qt::LeftButton))
        stroke(std::exchange(m_last, m_cursor), m_cursor);
    update();
}

void PaintView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        m_painting = false;
}

void PaintView::leaveEvent(QEvent*) {
    m_hovered = false;
    update();
}

bool PaintView::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Left || key->key() == Qt::Key_Right || key->matches(QKeySequence::Undo)) {
            event->accept();
            return true;
        }
    }
    return ImageView::event(event);
}

void PaintView::keyPressEvent(QKeyEvent* event) {
    if (m_mask.isNull())
        return ImageView::keyPressEvent(event);
    if (event->matches(QKeySequence::Undo))
        return undo();
    const double by = brush() / 2;
    const std::array<std::pair<int, QPointF>, 4> moves{
        {{Qt::Key_Left, {-by, 0}}, {Qt::Key_Right, {by, 0}}, {Qt::Key_Up, {0, -by}}, {Qt::Key_Down, {0, by}}}};
    for (const auto& [key, move] : moves)
        if (event->key() == key) {
            m_cursor = {std::clamp(m_cursor.x() + move.x(), 0.0, static_cast<double>(m_mask.width())),
                        std::clamp(m_cursor.y() + move.y(), 0.0, static_cast<double>(m_mask.height()))};
            return update();
        }
    if (event->key() != Qt::Key_Space)
        return ImageView::keyPressEvent(event);
    keep();
    stroke(m_cursor, m_cursor);
}

/// What is painted but not answered yet.
void PaintView::paintPending(QPainter& painter, const QRect& place) {
    QColor tint = theme::color(Role::Accent);
    QImage tinted(m_mask.size(), QImage::Format_ARGB32);
    tint.setAlpha(110);
    tinted.fill(tint);
    QImage alpha = m_mask;
    for (int y = 0; y < tinted.height(); ++y) {
        auto* row = reinterpret_cast<QRgb*>(tinted.scanLine(y));
        const uchar* set = alpha.constScanLine(y);
        for (int x = 0; x < tinted.width(); ++x)
            if (set[x] == 0)
                row[x] = 0;
    }
    painter.drawImage(place, tinted);
}

void PaintView::paintEvent(QPaintEvent* event) {
    ImageView::paintEvent(event);
    if (m_mask.isNull() || image().isNull())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRect place = imageRect();
    if (m_pending)
        paintPending(painter, place);
    if (!m_hovered && !hasFocus())
        return;
    const double scale = static_cast<double>(place.width()) / m_mask.width(), radius = brush() * scale / 2;
    const QPointF centre(place.left() + m_cursor.x() * scale, place.top() + m_cursor.y() * scale);
    painter.setClipRect(place);
    painter.setPen(QPen(Qt::black, 3));
    painter.drawEllipse(centre, radius, radius);
    painter.setPen(QPen(Qt::white, 1.5));
    painter.drawEllipse(centre, radius, radius);
}

} // namespace sightline::ui
