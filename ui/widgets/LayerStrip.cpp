// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/LayerStrip.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

#include "look/ChoiceWords.h"
#include "look/Theme.h"

namespace sightline::ui {

namespace {
constexpr int kWords = 18, kBlocks = 36, kStageGap = 6;
constexpr double kWidest = 22, kLowest = 0.14;

QString sizeText(const Shape& shape) {
    QStringList extents;
    for (const std::int64_t extent : shape)
        extents << QString::number(extent);
    return extents.join(QStringLiteral(" × "));
}
} // namespace

LayerStrip::LayerStrip(Offer offer, QWidget* parent) : QWidget(parent), m_offer(offer) {
    setFixedHeight(kWords + kBlocks);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Layers of the network"));
}

QSize LayerStrip::sizeHint() const {
    return {400, kWords + kBlocks};
}

void LayerStrip::setGraph(const GraphSpec& graph) {
    m_blocks.clear();
    m_current.clear();
    m_hovered = -1;
    const auto cost = shapes(graph);
    const double most = std::log2(std::max(2, std::max(graph.height, graph.width)));
    Shape before;
    int stage = 0;
    for (std::size_t i = 0; cost && i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        const Shape& output = cost->nodes[i].output;
        const bool hasPlaces = output.size() == 3;
        if (node.op == Op::Input || (m_offer == Offer::WithPlaces && !hasPlaces))
            continue;
        const Shape places = hasPlaces ? Shape{output[1], output[2]} : Shape{};
        if (!m_blocks.empty() && places != before)
            ++stage;
        before = places;
        const double side = hasPlaces ? static_cast<double>(std::max(output[1], output[2])) : 1.0;
        m_blocks.push_back(
            {QString::fromStdString(node.id),
             tr("%1 · %2 · %3").arg(QString::fromStdString(node.id), operationTitle(node.op), sizeText(output)),
             std::clamp(std::log2(std::max(1.0, side)) / most, kLowest, 1.0), stage, node.op == Op::Conv2d});
    }
    setAccessibleDescription({});
    update();
}

void LayerStrip::setCurrent(const QString& id) {
    const int index = indexOf(id);
    m_current = index < 0 ? QString() : id;
    setAccessibleDescription(index < 0 ? QString() : m_blocks[static_cast<std::size_t>(index)].words);
    update();
}

void LayerStrip::setRefusal(const QString& why) {
    m_refusal = why;
    setEnabled(why.isEmpty());
    setToolTip(why);
    update();
}

int LayerStrip::indexOf(const QString& id) const {
    const auto found =
        std::find_if(m_blocks.begin(), m_blocks.end(), [&](const Block& block) { return block.id == id; });
    return found == m_blocks.end() ? -1 : static_cast<int>(found - m_blocks.begin());
}

QRect LayerStrip::blockRect(const QString& id) const {
    const int index = indexOf(id);
    return index < 0 ? QRect() : rectOf(index).toAlignedRect();
}

QRectF LayerStrip::rectOf(int index) const {
    const int stages = m_blocks.empty() ? 0 : m_blocks.back().stage;
    const double gap = std::min<double>(kStageGap, width() / (4.0 * (stages + 1)));
    const double wide = std::min(kWidest, (width() - stages * gap) / std::max(1, count()));
    const Block& block = m_blocks[static_cast<std::size_t>(index)];
    const double high = block.height * kBlocks;
    return {index * wide + block.stage * gap, kWords + kBlocks - high, wide, high};
}

/// The block that is nearest: thin ones need no steady hand.
int LayerStrip::indexAt(double x) const {
    int nearest = -1;
    double least = 0;
    for (int i = 0; i < count(); ++i) {
        const double distance = std::abs(rectOf(i).center().x() - x);
        if (nearest < 0 || distance < least) {
            nearest = i;
            least = distance;
        }
    }
    return nearest >= 0 && least <= kWidest ? nearest : -1;
}

void LayerStrip::choose(int index) {
    if (index < 0 || index >= count())
        return;
    const QString id = m_blocks[static_cast<std::size_t>(index)].id;
    if (id == m_current)
        return;
    setCurrent(id);
    Q_EMIT chosen(id);
}

bool LayerStrip::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) { // Left and Right are its own while it has the focus
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Left || key == Qt::Key_Right) {
            event->accept();
            return true;
        }
    }
    if (event->type() == QEvent::ToolTip && m_refusal.isEmpty()) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int index = indexAt(help->pos().x());
        if (index >= 0)
            QToolTip::showText(help->globalPos(), m_blocks[static_cast<std::size_t>(index)].words, this);
        return true;
    }
    return QWidget::event(event);
}

void LayerStrip::mouseMoveEvent(QMouseEvent* event) {
    m_hovered = indexAt(event->position().x());
    update();
}

void LayerStrip::leaveEvent(QEvent*) {
    m_hovered = -1;
    update();
}

void LayerStrip::mousePressEvent(QMouseEvent* event) {
    choose(indexAt(event->position().x()));
}

void LayerStrip::keyPressEvent(QKeyEvent* event) {
    const int at = indexOf(m_current);
    switch (event->key()) {
    case Qt::Key_Left:
        return choose(at < 0 ? count() - 1 : at - 1);
    case Qt::Key_Right:
        return choose(at < 0 ? count() - 1 : at + 1);
    case Qt::Key_Home:
        return choose(0);
    case Qt::Key_End:
        return choose(count() - 1);
    default:
        QWidget::keyPressEvent(event);
    }
}

void LayerStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int current = indexOf(m_current);
    const int named = m_hovered >= 0 && isEnabled() ? m_hovered : current;
    const QString words = !m_refusal.isEmpty() ? m_refusal
                          : named >= 0         ? m_blocks[static_cast<std::size_t>(named)].words
                          : m_blocks.empty()   ? QString()
                                               : tr("Layers, from the image to the scores");
    painter.setFont(theme::font(theme::Size::Small));
    painter.setPen(theme::color(named == current && isEnabled() && current >= 0 ? Role::Text : Role::Muted));
    painter.drawText(QRect(0, 0, width(), kWords - 2), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(words, Qt::ElideMiddle, width()));
    painter.setPen(Qt::NoPen);
    for (int i = 0; i < count(); ++i) {
        const QRectF whole = rectOf(i);
        const Role tone = !isEnabled()                                          ? Role::Border
                          : i == current                                        ? Role::Accent
                          : i == m_hovered                                      ? Role::Text
                          : m_blocks[static_cast<std::size_t>(i)].isConvolution ? Role::Muted
                                                                                : Role::Border;
        painter.setBrush(theme::color(tone));
        const double least = i == current || i == m_hovered ? 3.0 : 0.5; // the chosen one is to be seen
        const double wide = std::max(least, whole.width() - (whole.width() > 3 ? 1 : 0));
        painter.drawRoundedRect(QRectF(whole.left(), whole.top(), wide, whole.height()), 1.5, 1.5);
    }
    if (hasFocus()) {
        painter.setPen(theme::color(Role::Accent));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, kWords - 1.5, -0.5, -0.5), 4, 4);
    }
}

} // namespace sightline::ui
