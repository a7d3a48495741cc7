// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>

#include <memory>
#include <optional>
#include <vector>

#include "data/Dataset.h"

namespace sightline::ui {

class Thumbnails;

/// The samples of a data set that pass the filters, as tiles.
class SampleModel : public QAbstractListModel {
    Q_OBJECT
public:
    struct Filter {
        std::optional<Subset> subset;
        int label = -1;               ///< -1 = all
        QString name;                 ///< part of the path, any case
        bool operator==(const Filter&) const = default;
    };

    SampleModel(Thumbnails& thumbnails, QObject* parent);
    void setDataset(std::shared_ptr<const Dataset> dataset);
    void setFilter(const Filter& filter);
    const Filter& filter() const { return m_filter; }
    std::uint32_t sample(int row) const { return m_rows[static_cast<std::size_t>(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    void rebuild();

    Thumbnails& m_thumbnails;
    std::shared_ptr<const Dataset> m_dataset;
    Filter m_filter;
    std::vector<std::uint32_t> m_rows;
};

} // namespace sightline::ui
