// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ConfusionView.h"

#include <QAccessible>
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
constexpr double kLargestSide = 64, kSmallestTextSide = 26, kSmallSide = 8;
constexpr int kLongestName = 96;
constexpr int kTitle = 18;

QString nameOfClass(const Evaluation& evaluation, int index) {
    return QString::fromStdString(evaluation.classes[static_cast<std::size_t>(index)]);
}

QColor mixed(const QColor& from, const QColor& to, double share) {
    const auto mix = [&](int a, int b) { return static_cast<int>(a + (b - a) * share); };
    return {mix(from.red(), to.red()), mix(from.green(), to.green()), mix(from.blue(), to.blue())};
}

/// The one of two that can be read better on `ground`.
QColor readableOn(const QColor& ground) {
    const QColor text = theme::color(Role::Text), other = theme::color(Role::AccentText);
    const auto distance = [&](const QColor& color) { return std::abs(qGray(color.rgb()) - qGray(ground.rgb())); };
    return distance(text) >= distance(other) ? text : other;
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
    const QFontMetrics metrics(theme::font(theme::Size::Small));
    m_widestName = 24;
    for (int i = 0; i < classes(); ++i)
        m_widestName = std::max(m_widestName, metrics.horizontalAdvance(nameOfClass(*m_evaluation, i)));
    m_truth = m_predicted = -1;
    m_cursorRow = m_cursorColumn = 0;
    m_rowTotals.assign(static_cast<std::size_t>(classes()), 0);
    m_columnTotals = m_rowTotals;
    std::int64_t right = 0;
    for (int row = 0; row < classes(); ++row)
        for (int column = 0; column < classes(); ++column) {
            const auto count = m_evaluation->confusion.at(row, column);
            m_rowTotals[static_cast<std::size_t>(row)] += count;
            m_columnTotals[static_cast<std::size_t>(column)] += count;
            right += row == column ? count : 0;
        }
    setAccessibleDescription(m_evaluation ? tr("%1; %2 of %3 images on the diagonal, predicted correctly. The arrow "
                                               "keys move between cells, Return shows the images of one.")
                                                .arg(counted(classes(), tr("%1 class"), tr("%1 classes")),
                                                     grouped(right), grouped(m_evaluation->confusion.total()))
                                          : QString());
    update();
}

void ConfusionView::setCells(Cells cells) {
    m_cells = cells;
    update();
}

void ConfusionView::setDiagonalShown(bool shown) {
    m_diagonal = shown;
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
    const int spare = std::min(width(), height()) - kTitle - theme::kGrid - classes() * static_cast<int>(kLargestSide);
    return std::min(m_widestName, std::max(kLongestName, spare)) + theme::kGrid; // few classes leave more room
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
    tellCursor();
    update();
}

void ConfusionView::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    tellCursor();
}

/// A screen reader says the cell that the keys are at.
void ConfusionView::tellCursor() {
    if (classes() == 0)
        return;
    setAccessibleDescription(describe(m_cursorRow, m_cursorColumn));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

QString ConfusionView::describe(int row, int column) const {
    const auto count = m_evaluation->confusion.at(row, column), ofRow = m_rowTotals[static_cast<std::size_t>(row)],
               ofColumn = m_columnTotals[static_cast<std::size_t>(column)];
    const auto part = [&](std::int64_t whole) {
        return percent(static_cast<double>(count) / static_cast<double>(std::max<std::int64_t>(1, whole)));
    };
    return tr("%1 predicted as %2: %3, %4 of the true class, %5 of the predicted class")
        .arg(nameOfClass(*m_evaluation, row), nameOfClass(*m_evaluation, column),
             counted(count, tr("%1 image"), tr("%1 images")), part(ofRow), part(ofColumn));
}

bool ConfusionView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip && m_evaluation) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const Place place = at(help->pos());
        if (place.truth >= 0 && place.predicted >= 0)
            QToolTip::showText(help->globalPos(), describe(place.truth, place.predicted), this);
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
    paintFrames(painter);
    paintNames(painter);
}

/// Of the true class, or where asked for of the predicted one.
double ConfusionView::share(int row, int column) const {
    const auto whole = m_cells == Cells::OfPredictedClass ? m_columnTotals[static_cast<std::size_t>(column)]
                                                          : m_rowTotals[static_cast<std::size_t>(row)];
    return whole > 0 ? static_cast<double>(m_evaluation->confusion.at(row, column)) / static_cast<double>(whole) : 0;
}

void ConfusionView::paintCells(QPainter& painter) const {
    double full = 1;
    if (!m_diagonal) {
        full = 0;
        for (int row = 0; row < classes(); ++row)
            for (int column = 0; column < classes(); ++column)
                full = row == column ? full : std::max(full, share(row, column));
    }
    if (side() <= kSmallSide) // without gaps between its cells
        painter.fillRect(QRectF(origin(), QSizeF(classes() * side(), classes() * side())), theme::color(Role::Raised));
    for (int row = 0; row < classes(); ++row)
        for (int column = 0; column < classes(); ++column) {
            const bool shown = m_evaluation->confusion.at(row, column) > 0 && (m_diagonal || row != column);
            paintCell(painter, row, column, shown ? 0.15 + 0.75 * share(row, column) / full : 0);
        }
}

void ConfusionView::paintCell(QPainter& painter, int row, int column, double strength) const {
    const bool isSmall = side() <= kSmallSide;
    if (isSmall && strength == 0)
        return;
    const QColor fill =
        mixed(theme::color(Role::Raised), theme::color(row == column ? Role::Accent : Role::Bad), strength);
    const QRectF cell(origin() + QPointF(column * side(), row * side()), QSizeF(side(), side()));
    const double gap = isSmall ? 0 : 1;
    painter.fillRect(cell.adjusted(gap, gap, -gap, -gap), fill);
    if (side() < kSmallestTextSide || strength == 0)
        return;
    painter.setPen(readableOn(fill));
    painter.drawText(cell, Qt::AlignCenter,
                     m_cells == Cells::Counts ? grouped(m_evaluation->confusion.at(row, column))
                                              : QString::number(100 * share(row, column), 'f', 0));
}

/// Around the cell that the keys are at, and around the cell, the row or the column that is chosen.
void ConfusionView::paintFrames(QPainter& painter) const {
    const double inside = side() > kSmallSide ? 1 : -1; // what is small is framed from outside
    painter.setBrush(Qt::NoBrush);
    const auto frame = [&](int row, int column, int width) {
        const QPointF corner = origin() + QPointF(std::max(0, column) * side(), std::max(0, row) * side());
        const QSizeF size((column < 0 ? classes() : 1) * side(), (row < 0 ? classes() : 1) * side());
        painter.setPen(QPen(theme::color(Role::Text), width));
        painter.drawRect(QRectF(corner, size).adjusted(inside, inside, -inside, -inside));
    };
    if (hasFocus())
        frame(m_cursorRow, m_cursorColumn, 1);
    if (m_truth >= 0 || m_predicted >= 0)
        frame(m_truth, m_predicted, 2);
}

void ConfusionView::paintNames(QPainter& painter) const {
    painter.setPen(theme::color(Role::Muted));
    const QFontMetrics metrics(painter.font());
    const int names = nameWidth();
    const int every = std::max(1, static_cast<int>(std::ceil(metrics.height() / side())));
    for (int i = 0; i < classes(); i += every) {
        const QString name = metrics.elidedText(nameOfClass(*m_evaluation, i), Qt::ElideMiddle, names - theme::kGrid);
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
