// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/HeatModel.h"

#include <algorithm>
#include <numeric>

#include "look/Picture.h"
#include "look/Theme.h"
#include "look/Words.h"
#include "models/Tiles.h"

namespace sightline::ui {

namespace {
constexpr int kSide = 96;

/// In colors, the hottest place at their end; null without heat.
QImage pictureOf(const ClassHeat& heat, ColorMap colors, double threshold) {
    if (heat.images == 0 || heat.map.values.empty())
        return {};
    FloatArray map = heat.map;
    const float hottest = *std::max_element(map.values.begin(), map.values.end());
    if (!(hottest > 0))
        return {};
    for (float& value : map.values) {
        value = std::max(0.0f, value / hottest);
        if (static_cast<double>(value) < threshold)
            value = 0;
    }
    return toQImage(colored(map, kSide, kSide, colors));
}

QString whole(double share) {
    return QStringLiteral("%1 %").arg(100 * share, 0, 'f', 0);
}
} // namespace

void HeatModel::setClasses(std::vector<ClassHeat> classes, const std::vector<std::size_t>& hinted) {
    beginResetModel();
    m_classes = std::move(classes);
    m_order.resize(m_classes.size());
    std::iota(m_order.begin(), m_order.end(), std::size_t{0});
    const auto first = std::stable_partition(m_order.begin(), m_order.end(), [&](std::size_t i) {
        return std::find(hinted.begin(), hinted.end(), i) != hinted.end();
    });
    m_hinted = static_cast<std::size_t>(first - m_order.begin());
    std::stable_partition(first, m_order.end(), [&](std::size_t i) { return m_classes[i].images > 0; });
    draw();
    endResetModel();
}

void HeatModel::setLook(ColorMap colors, double threshold) {
    m_colors = colors;
    m_threshold = threshold;
    draw();
    if (!m_classes.empty())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1), {TileImage});
}

void HeatModel::draw() {
    m_pictures.clear();
    for (const ClassHeat& heat : m_classes)
        m_pictures.push_back(pictureOf(heat, m_colors, m_threshold));
}

int HeatModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_classes.size());
}

QVariant HeatModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const auto row = static_cast<std::size_t>(index.row());
    const std::size_t place = m_order[row];
    const ClassHeat& heat = m_classes[place];
    const QString name = QString::fromStdString(heat.name);
    switch (role) {
    case TileImage:
        return m_pictures[place];
    case TileCaption:
        return name;
    case TileDetail:
        return heat.images == 0    ? tr("no heat")
               : heat.shares.inBox ? tr("%1 inside boxes").arg(whole(*heat.shares.inBox))
                                   : tr("%1 at border").arg(whole(heat.shares.border));
    case TileTone:
        return row < m_hinted ? QVariant(static_cast<int>(Role::Bad)) : QVariant();
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1: %2").arg(name, sharesText(heat));
    default:
        return {};
    }
}

QString HeatModel::sharesText(const ClassHeat& heat) const {
    if (heat.images == 0)
        return tr("no image has heat for this class");
    QStringList words{counted(static_cast<qlonglong>(heat.images), tr("mean of %1 image"), tr("mean of %1 images"))};
    if (heat.shares.inBox)
        words << tr("%1 of the heat inside boxes").arg(whole(*heat.shares.inBox));
    words << tr("%1 at the border").arg(whole(heat.shares.border));
    const QStringList corners{tr("top left %1"), tr("top right %1"), tr("bottom left %1"), tr("bottom right %1")};
    for (std::size_t i = 0; i < heat.shares.corners.size(); ++i)
        words << corners[static_cast<qsizetype>(i)].arg(whole(heat.shares.corners[i]));
    return words.join(QStringLiteral(", "));
}

} // namespace sightline::ui
