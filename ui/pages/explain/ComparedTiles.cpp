// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/ComparedTiles.h"

#include "look/Words.h"
#include "models/Tiles.h"

namespace sightline::ui {

namespace {
QString nameOf(const Evaluation& evaluation, int label) {
    return label < 0 ? QString() : QString::fromStdString(evaluation.classes[static_cast<std::size_t>(label)]);
}
} // namespace

ComparedTiles::ComparedTiles(Thumbnails& thumbnails, QObject* parent)
    : QIdentityProxyModel(parent), m_gallery(new GalleryModel(thumbnails, this)) {
    setSourceModel(m_gallery);
}

void ComparedTiles::setCompared(std::shared_ptr<const ComparedRuns> compared, std::shared_ptr<const Dataset> dataset) {
    m_compared = std::move(compared);
    m_second.assign(m_compared ? m_compared->first->predictions.size() : 0, nullptr);
    if (m_compared)
        for (const auto* group : {&m_compared->comparison.bothRight, &m_compared->comparison.bothWrong,
                                  &m_compared->comparison.onlyFirst, &m_compared->comparison.onlySecond})
            for (const ComparedImage& image : *group)
                m_second[image.first] = &m_compared->second->predictions[image.second];
    m_gallery->setEvaluation(m_compared ? m_compared->first : nullptr, std::move(dataset));
}

std::uint32_t ComparedTiles::placeOf(int row) const {
    return static_cast<std::uint32_t>(&m_gallery->prediction(row) - m_compared->first->predictions.data());
}

QVariant ComparedTiles::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !m_compared ||
        (role != TileCaption && role != TileDetail && role != TileTone && role != Qt::ToolTipRole &&
         role != Qt::AccessibleTextRole))
        return QIdentityProxyModel::data(index, role);
    const Prediction& first = m_gallery->prediction(index.row());
    const Prediction* other = m_second[placeOf(index.row())];
    if (role == TileTone || !other)
        return {};
    const Prediction& second = *other;
    const QString truth = nameOf(*m_compared->first, first.truth);
    const QString mine = nameOf(*m_compared->first, first.predicted);
    const QString theirs = nameOf(*m_compared->second, second.predicted);
    if (role == TileCaption)
        return truth;
    if (role == TileDetail)
        return tr("%1 / %2").arg(mine, theirs);
    return tr("%1: %2; this run: %3 (%4), the second run: %5 (%6)")
        .arg(QString::fromStdString(first.path), truth, mine, percent(first.confidence), theirs,
             percent(second.confidence));
}

} // namespace sightline::ui
