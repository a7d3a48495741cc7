// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/SampleModel.h"

#include <algorithm>

#include "models/Thumbnails.h"
#include "models/Tiles.h"
#include "window/Theme.h"

namespace sightline::ui {

SampleModel::SampleModel(Thumbnails& thumbnails, QObject* parent) : QAbstractListModel(parent), m_thumbnails(thumbnails)
{
    connect(&thumbnails, &Thumbnails::thumbnailReady, this, [this](quint32 sample) {
        const auto found = std::lower_bound(m_rows.begin(), m_rows.end(), sample);
        if (found == m_rows.end() || *found != sample)
            return;
        const QModelIndex changed = index(static_cast<int>(found - m_rows.begin()));
        Q_EMIT dataChanged(changed, changed, {TileImage});
    });
}

void SampleModel::setDataset(std::shared_ptr<const Dataset> dataset)
{
    m_dataset = std::move(dataset);
    m_filter = {};
    rebuild();
}

void SampleModel::setFilter(const Filter& filter)
{
    if (filter == m_filter)
        return;
    m_filter = filter;
    rebuild();
}

void SampleModel::rebuild()
{
    beginResetModel();
    m_rows.clear();
    if (m_dataset) {
        for (std::uint32_t i = 0; i < m_dataset->samples.size(); ++i) {
            const Sample& sample = m_dataset->samples[i];
            const bool passes = (!m_filter.subset || sample.subset == *m_filter.subset) && (m_filter.label < 0 || sample.label == m_filter.label)
                && (m_filter.name.isEmpty() || QString::fromStdString(sample.path).contains(m_filter.name, Qt::CaseInsensitive));
            if (passes)
                m_rows.push_back(i);
        }
    }
    endResetModel();
}

int SampleModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }

QVariant SampleModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !m_dataset)
        return {};
    const std::uint32_t at = sample(index.row());
    const Sample& shown = m_dataset->samples[at];
    const QString path = QString::fromStdString(shown.path);
    switch (role) {
    case TileImage: return m_thumbnails.picture(at);
    case TileCaption: return path.section(QLatin1Char('/'), -1);
    case TileSample: return at;
    case TileTone: return m_thumbnails.isUnreadable(at) ? QVariant(static_cast<int>(Role::Bad)) : QVariant();
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole: return path;
    default: return {};
    }
}

} // namespace sightline::ui
