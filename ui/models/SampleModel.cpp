// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/SampleModel.h"

#include <algorithm>

#include "look/Theme.h"
#include "models/Thumbnails.h"
#include "models/Tiles.h"

namespace sightline::ui {

SampleModel::SampleModel(Thumbnails& thumbnails, QObject* parent)
    : QAbstractListModel(parent), m_thumbnails(thumbnails) {
    connect(&thumbnails, &Thumbnails::thumbnailReady, this, [this](quint32 sample) {
        int row = -1;
        if (m_filter.groups) {
            const auto known = m_rowOf.find(sample);
            row = known == m_rowOf.end() ? -1 : known->second;
        } else if (const auto found = std::lower_bound(m_rows.begin(), m_rows.end(), sample);
                   found != m_rows.end() && *found == sample) {
            row = static_cast<int>(found - m_rows.begin());
        }
        if (row >= 0)
            Q_EMIT dataChanged(index(row), index(row), {TileImage});
    });
}

void SampleModel::setDataset(std::shared_ptr<const Dataset> dataset) {
    m_dataset = std::move(dataset);
    m_filter = {};
    rebuild();
}

void SampleModel::updateDataset(std::shared_ptr<const Dataset> dataset) {
    m_dataset = std::move(dataset);
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0), index(static_cast<int>(m_rows.size()) - 1));
}

void SampleModel::setPinned(std::vector<std::string> paths) {
    m_pinned = std::move(paths);
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0), index(static_cast<int>(m_rows.size()) - 1),
                           {TilePinned, Qt::ToolTipRole, Qt::AccessibleTextRole});
}

bool SampleModel::isPinned(const Sample& sample) const {
    return std::find(m_pinned.begin(), m_pinned.end(), sample.path) != m_pinned.end();
}

void SampleModel::setFilter(const Filter& filter) {
    if (filter == m_filter)
        return;
    m_filter = filter;
    rebuild();
}

bool SampleModel::passes(const Sample& sample) const {
    return (!m_filter.subset || sample.subset == *m_filter.subset) &&
           (m_filter.label < 0 || sample.label == m_filter.label) &&
           (!m_filter.changed || sample.excluded || sample.sourceLabel) &&
           (m_filter.name.isEmpty() ||
            QString::fromStdString(sample.path).contains(m_filter.name, Qt::CaseInsensitive));
}

void SampleModel::rebuild() {
    beginResetModel();
    m_rows.clear();
    m_groups.clear();
    m_rowOf.clear();
    if (m_dataset && m_filter.groups) {
        for (std::uint32_t group = 0; group < m_filter.groups->size(); ++group) {
            for (const std::uint32_t i : (*m_filter.groups)[group]) {
                if (i >= m_dataset->samples.size() || !passes(m_dataset->samples[i]))
                    continue;
                m_rowOf.emplace(i, static_cast<int>(m_rows.size()));
                m_rows.push_back(i);
                m_groups.push_back(group);
            }
        }
    } else if (m_dataset) {
        for (std::uint32_t i = 0; i < m_dataset->samples.size(); ++i)
            if (passes(m_dataset->samples[i]))
                m_rows.push_back(i);
    }
    endResetModel();
}

int SampleModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QString SampleModel::titleOf(int label) const {
    if (label < 0)
        return tr("no class");
    const auto place = static_cast<std::size_t>(label);
    return QString::fromStdString(m_dataset->classTitles.empty() ? m_dataset->classes[place]
                                                                 : m_dataset->classTitles[place]);
}

QString SampleModel::detailOf(const Sample& sample) const {
    if (sample.excluded)
        return tr("excluded");
    return sample.sourceLabel ? QStringLiteral("%1 → %2").arg(titleOf(*sample.sourceLabel), titleOf(sample.label))
                              : titleOf(sample.label);
}

QVariant SampleModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !m_dataset)
        return {};
    const std::uint32_t at = sample(index.row());
    const Sample& shown = m_dataset->samples[at];
    const QString path = QString::fromStdString(shown.path);
    switch (role) {
    case TileImage:
        return m_thumbnails.picture(at);
    case TileCaption:
        return path.section(QLatin1Char('/'), -1);
    case TileDetail:
        return detailOf(shown);
    case TileSample:
        return at;
    case TileTone:
        return m_thumbnails.isUnreadable(at) ? QVariant(static_cast<int>(Role::Bad)) : QVariant();
    case TileBadge:
        return static_cast<int>(shown.excluded      ? TileState::Excluded
                                : shown.sourceLabel ? TileState::Relabelled
                                                    : TileState::None);
    case TileGroup:
        return m_groups.empty() ? QVariant() : QVariant(m_groups[static_cast<std::size_t>(index.row())]);
    case TilePinned:
        return isPinned(shown);
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1 · %2 · %3").arg(path, QLatin1String(nameOf(shown.subset)), detailOf(shown)) +
               (isPinned(shown) ? tr(" · pinned") : QString());
    default:
        return {};
    }
}

} // namespace sightline::ui
