// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ProbeView.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>

#include "look/Picture.h"
#include "look/Theme.h"
#include "look/Words.h"

namespace sightline::ui {

namespace {

constexpr int kSide = 48, kWide = 64, kWords = 14, kAir = 4;
constexpr int kHigh = kSide + kWords + kAir; ///< of a row
constexpr int kHead = 16, kLeft = 78;        ///< the epochs' numbers; the images
constexpr int kRowsSeen = 2, kMark = 14;
constexpr int kPicturesKept = 1500;
constexpr int kGround = 112; ///< pixels, where there is no picture
constexpr std::uint8_t kGray = 128;

QRect pictureIn(const QRect& cell) {
    return {cell.left() + (cell.width() - kSide) / 2, cell.top(), kSide, kSide};
}

QRect wordsIn(const QRect& cell) {
    return {cell.left() + 1, cell.top() + kSide, cell.width() - 2, kWords};
}

void paintPicture(QPainter& painter, const QRect& square, const QImage& image) {
    if (image.isNull()) {
        painter.fillRect(square, theme::color(Role::Raised));
        return;
    }
    QRect place(QPoint(), image.size().scaled(square.size(), Qt::KeepAspectRatio));
    place.moveCenter(square.center());
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(place, image);
}

/// A check mark or a cross, at the picture's upper right corner.
void paintVerdict(QPainter& painter, const QRect& square, bool right) {
    const QRectF mark(square.right() - kMark - 0.5, square.top() + 1.5, kMark, kMark);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme::color(Role::Surface), 1));
    painter.setBrush(theme::color(right ? Role::Good : Role::Bad));
    painter.drawEllipse(mark);
    painter.setPen(QPen(theme::color(Role::AccentText), 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QPointF middle = mark.center();
    if (right) {
        painter.drawPolyline(
            QPolygonF{middle + QPointF(-3, 0), middle + QPointF(-1, 2.4), middle + QPointF(3.2, -2.6)});
    } else {
        painter.drawLine(middle + QPointF(-2.4, -2.4), middle + QPointF(2.4, 2.4));
        painter.drawLine(middle + QPointF(-2.4, 2.4), middle + QPointF(2.4, -2.4));
    }
}

/// A map over its picture; over gray where there is no picture.
Image overlaid(const ProbeMap& map, const Image& picture, const HeatLook& look) {
    Image ground = picture;
    if (ground.empty()) {
        ground = Image(kGround, kGround, 3);
        std::fill(ground.pixels.begin(), ground.pixels.end(), kGray);
    }
    HeatMap heat;
    heat.map.shape = {map.height, map.width};
    for (const std::uint8_t value : map.values)
        heat.map.values.push_back(static_cast<float>(value) / 255);
    return HeatLayer(heat, ground.height, ground.width, false, look.colors).over(ground, look.opacity, look.threshold);
}

QString fileName(const std::string& path) {
    return QString::fromStdString(path).section(QLatin1Char('/'), -1);
}

} // namespace

ProbeView::ProbeView(QWidget* parent) : QAbstractScrollArea(parent), m_pictures(kPicturesKept) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    viewport()->setMouseTracking(true);
    horizontalScrollBar()->setSingleStep(kWide);
    verticalScrollBar()->setSingleStep(kHigh);
}

void ProbeView::setTable(ProbeTable table) {
    const QScrollBar& across = *horizontalScrollBar();
    const bool follows = across.value() >= across.maximum();
    const bool other = std::none_of(table.epochs.begin(), table.epochs.end(), [this](const auto& epoch) {
        return std::find(m_table.epochs.begin(), m_table.epochs.end(), epoch) != m_table.epochs.end();
    });
    m_pictures.clear();
    m_table = std::move(table);
    const Cell before = m_current;
    if (other || m_current.row >= rowCount() || m_current.column >= columnCount())
        m_current = {0, -1};
    arrange();
    if (follows || other)
        horizontalScrollBar()->setValue(horizontalScrollBar()->maximum());
    setAccessibleDescription(
        m_table.empty() ? QString()
                        : tr("%1 after %2, the newest at the right. The arrow keys go from one to the next, Return "
                             "or a double click opens the image.")
                              .arg(counted(rowCount(), tr("%1 pinned image"), tr("%1 pinned images")),
                                   counted(columnCount(), tr("%1 epoch"), tr("%1 epochs"))));
    viewport()->update();
    if (m_current.row != before.row || m_current.column != before.column)
        Q_EMIT currentMoved(m_current.row, m_current.column);
}

void ProbeView::setLook(const HeatLook& look) {
    m_look = look;
    m_pictures.clear();
    viewport()->update();
}

void ProbeView::setEpoch(int epoch) {
    m_epoch = epoch;
    if (const int column = markedColumn(); column >= 0) {
        QScrollBar& across = *horizontalScrollBar();
        const int left = column * kWide;
        if (left < across.value() || left + kWide > across.value() + across.pageStep())
            across.setValue(std::max(0, left + kWide - across.pageStep()));
    }
    viewport()->update();
}

int ProbeView::markedColumn() const {
    const auto found = std::find_if(m_table.epochs.begin(), m_table.epochs.end(),
                                    [this](const auto& drawn) { return drawn->epoch == m_epoch; });
    return m_epoch > 0 && found != m_table.epochs.end() ? static_cast<int>(found - m_table.epochs.begin()) : -1;
}

void ProbeView::arrange() {
    const int inner = kHead + std::min(std::max(1, rowCount()), kRowsSeen) * kHigh;
    const int wanted = kLeft + columnCount() * kWide;
    const bool scrolls = wanted > width() - (rowCount() > kRowsSeen ? verticalScrollBar()->sizeHint().width() : 0);
    setFixedHeight(inner + (scrolls ? horizontalScrollBar()->sizeHint().height() : 0));
    const QSize seen = viewport()->size();
    horizontalScrollBar()->setPageStep(std::max(kWide, seen.width() - kLeft));
    const int hidden = std::max(0, wanted - seen.width());
    horizontalScrollBar()->setRange(0, (hidden + kWide - 1) / kWide * kWide); // the newest are seen with whole ones
    verticalScrollBar()->setPageStep(kHigh);
    verticalScrollBar()->setRange(0, std::max(0, kHead + rowCount() * kHigh - seen.height()));
}

void ProbeView::resizeEvent(QResizeEvent* event) {
    const bool follows = horizontalScrollBar()->value() >= horizontalScrollBar()->maximum();
    QAbstractScrollArea::resizeEvent(event);
    arrange();
    if (follows)
        horizontalScrollBar()->setValue(horizontalScrollBar()->maximum());
}

QRect ProbeView::cellRect(int row, int column) const {
    const int top = kHead + row * kHigh - verticalScrollBar()->value();
    if (column < 0)
        return {0, top, kLeft, kHigh};
    return {kLeft + column * kWide - horizontalScrollBar()->value(), top, kWide, kHigh};
}

ProbeView::Cell ProbeView::at(const QPoint& point) const {
    if (point.y() < kHead)
        return {};
    const Cell cell{(point.y() - kHead + verticalScrollBar()->value()) / kHigh,
                    point.x() < kLeft ? -1 : (point.x() - kLeft + horizontalScrollBar()->value()) / kWide};
    return cell.row < rowCount() && cell.column < columnCount() ? cell : Cell{};
}

QString ProbeView::describe(int row, int column) const {
    const auto place = static_cast<std::size_t>(row);
    const QString path = QString::fromStdString(m_table.rows[place].path);
    if (column < 0)
        return m_table.rows[place].picture.empty() ? tr("%1: not among the open images").arg(path) : path;
    const ProbeMap* map = m_table.at(place, static_cast<std::size_t>(column));
    const int epoch = m_table.epochs[static_cast<std::size_t>(column)]->epoch;
    if (!map)
        return tr("%1, epoch %2: not pinned then").arg(path).arg(epoch);
    const QString said = tr("%1, epoch %2: predicted as %3 (%4)")
                             .arg(path)
                             .arg(epoch)
                             .arg(QString::fromStdString(map->predicted), percent(map->probability));
    if (map->truth.empty())
        return said;
    return map->isRight() ? tr("%1, correct").arg(said)
                          : tr("%1, wrong: it is %2 (%3)")
                                .arg(said, QString::fromStdString(map->truth), percent(map->truthProbability));
}

QImage ProbeView::pictureOf(int row, int column) {
    const quint64 key = static_cast<quint64>(row) << 32 | static_cast<quint64>(column);
    if (const QImage* known = m_pictures.object(key))
        return *known;
    const ProbeMap* map = m_table.at(static_cast<std::size_t>(row), static_cast<std::size_t>(column));
    if (!map)
        return {};
    const QImage made = toQImage(overlaid(*map, m_table.rows[static_cast<std::size_t>(row)].picture, m_look));
    m_pictures.insert(key, new QImage(made));
    return made;
}

void ProbeView::paintCell(QPainter& painter, int row, int column) {
    const QRect cell = cellRect(row, column), square = pictureIn(cell);
    const ProbeMap* map = m_table.at(static_cast<std::size_t>(row), static_cast<std::size_t>(column));
    if (map) {
        paintPicture(painter, square, pictureOf(row, column));
        if (!map->truth.empty())
            paintVerdict(painter, square, map->isRight());
        const QString share = tr("%1 %").arg(qRound(100 * map->probability)); // the tooltip says it exactly
        const QFontMetrics metrics(painter.font());
        const QString name = metrics.elidedText(QString::fromStdString(map->predicted), Qt::ElideRight,
                                                wordsIn(cell).width() - metrics.horizontalAdvance(share + u' '));
        painter.setPen(theme::color(Role::Text));
        painter.drawText(wordsIn(cell), Qt::AlignCenter, QStringLiteral("%1 %2").arg(name, share));
    }
    if (hasFocus() && row == m_current.row && column == m_current.column) {
        painter.setPen(QPen(theme::color(Role::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(square.adjusted(-1, -1, 1, 1));
    }
}

void ProbeView::paintHead(QPainter& painter) const {
    for (int column = 0; column < columnCount(); ++column) {
        const QRect cell = cellRect(0, column);
        const bool marked = column == markedColumn();
        if (marked)
            painter.fillRect(QRect(cell.left() + kAir, 0, kWide - 2 * kAir, kHead), theme::color(Role::Accent));
        painter.setPen(theme::color(marked ? Role::AccentText : Role::Muted));
        if (cell.left() >= kLeft && cell.left() < viewport()->width())
            painter.drawText(QRect(cell.left(), 0, kWide, kHead), Qt::AlignCenter,
                             QString::number(m_table.epochs[static_cast<std::size_t>(column)]->epoch));
    }
}

void ProbeView::paintNames(QPainter& painter) const {
    for (int row = 0; row < rowCount(); ++row) {
        const QRect cell = cellRect(row, -1);
        if (!cell.intersects(viewport()->rect()))
            continue;
        const ProbeTable::Row& shown = m_table.rows[static_cast<std::size_t>(row)];
        const QRect square(cell.left(), cell.top(), kSide, kSide);
        paintPicture(painter, square, shown.picture.empty() ? QImage() : toQImage(shown.picture));
        painter.setPen(theme::color(Role::Text));
        const QRect words(cell.left(), cell.top() + kSide, kLeft - kAir, kWords);
        painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetrics(painter.font()).elidedText(fileName(shown.path), Qt::ElideMiddle, words.width()));
        if (hasFocus() && row == m_current.row && m_current.column < 0) {
            painter.setPen(QPen(theme::color(Role::Accent), 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(square.adjusted(1, 1, -1, -1));
        }
    }
}

void ProbeView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.setFont(theme::font(theme::Size::Small));
    const QRect area = viewport()->rect();
    painter.setClipRect(area.adjusted(0, kHead, 0, 0));
    paintNames(painter);
    painter.setClipRect(area.adjusted(kLeft, kHead, 0, 0));
    for (int row = 0; row < rowCount(); ++row)
        for (int column = 0; column < columnCount(); ++column)
            if (const QRect cell = cellRect(row, column); cell.intersects(area) && cell.right() >= kLeft)
                paintCell(painter, row, column);
    painter.setClipRect(area.adjusted(kLeft, 0, 0, 0));
    paintHead(painter);
    painter.setClipRect(area);
    painter.setPen(theme::color(Role::Muted));
    painter.drawText(QRect(0, 0, kLeft - kAir, kHead), Qt::AlignRight | Qt::AlignVCenter, tr("Epoch"));
}

void ProbeView::moveTo(Cell cell) {
    m_current = {std::clamp(cell.row, 0, std::max(0, rowCount() - 1)), std::clamp(cell.column, -1, columnCount() - 1)};
    const QRect place = cellRect(m_current.row, m_current.column);
    QScrollBar& down = *verticalScrollBar();
    QScrollBar& across = *horizontalScrollBar();
    if (place.top() < kHead)
        down.setValue(down.value() - (kHead - place.top()));
    else if (place.bottom() > viewport()->height())
        down.setValue(down.value() + place.bottom() - viewport()->height() + 1);
    if (m_current.column >= 0 && place.left() < kLeft)
        across.setValue(across.value() - (kLeft - place.left()));
    else if (m_current.column >= 0 && place.right() > viewport()->width())
        across.setValue(across.value() + place.right() - viewport()->width() + 1);
    tellCell();
    viewport()->update();
    if (!m_table.empty())
        Q_EMIT currentMoved(m_current.row, m_current.column);
}

/// To those who cannot see it.
void ProbeView::tellCell() {
    if (m_table.empty())
        return;
    setAccessibleDescription(describe(m_current.row, m_current.column));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

void ProbeView::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    tellCell();
    viewport()->update();
}

void ProbeView::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void ProbeView::mousePressEvent(QMouseEvent* event) {
    const Cell cell = at(event->pos());
    if (event->button() == Qt::LeftButton && cell.row >= 0)
        moveTo(cell);
}

void ProbeView::mouseDoubleClickEvent(QMouseEvent* event) {
    const Cell cell = at(event->pos());
    if (event->button() == Qt::LeftButton && cell.row >= 0)
        Q_EMIT activated(QString::fromStdString(m_table.rows[static_cast<std::size_t>(cell.row)].path));
}

void ProbeView::keyPressEvent(QKeyEvent* event) {
    Cell next = m_current;
    switch (event->key()) {
    case Qt::Key_Left:
        --next.column;
        break;
    case Qt::Key_Right:
        ++next.column;
        break;
    case Qt::Key_Up:
        --next.row;
        break;
    case Qt::Key_Down:
        ++next.row;
        break;
    case Qt::Key_Home:
        next.column = -1;
        break;
    case Qt::Key_End:
        next.column = columnCount() - 1;
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current.row < rowCount())
            Q_EMIT activated(QString::fromStdString(m_table.rows[static_cast<std::size_t>(m_current.row)].path));
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    moveTo(next);
}

bool ProbeView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        if (const Cell cell = at(help->pos()); cell.row >= 0)
            QToolTip::showText(help->globalPos(), describe(cell.row, cell.column), viewport());
        else
            QToolTip::hideText();
        return true;
    }
    if (event->type() == QEvent::MouseMove)
        viewport()->setCursor(at(static_cast<QMouseEvent*>(event)->pos()).row >= 0 ? Qt::PointingHandCursor
                                                                                   : Qt::ArrowCursor);
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace sightline::ui
