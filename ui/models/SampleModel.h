// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "data/Dataset.h"

namespace sightline::ui {

class Thumbnails;

/// The samples of a data set that pass the filters, as tiles.
class SampleModel : public QAbstractListModel {
    Q_OBJECT
public:
    /// Images that belong together, such as the copies of one picture: shown side by side.
    using Groups = std::vector<std::vector<std::uint32_t>>;
    struct Filter {
        std::optional<Subset> subset;
        int label = -1;                       ///< -1 = all; what a person relabelled counts as what it is now
        QString name;                         ///< part of the path, any case
        bool changed = false;                 ///< only what was relabelled or excluded
        std::shared_ptr<const Groups> groups; ///< only these, in their order; null = all
        bool operator==(const Filter&) const = default;
    };

    SampleModel(Thumbnails& thumbnails, QObject* parent);
    void setDataset(std::shared_ptr<const Dataset> dataset);
    /// The same samples with other labels or exclusions: what is shown and selected stays, the tiles are painted anew.
    void updateDataset(std::shared_ptr<const Dataset> dataset);
    void setPinned(std::vector<std::string> paths); ///< these, where they are among the samples
    void setFilter(const Filter& filter);
    const Filter& filter() const { return m_filter; }
    std::uint32_t sample(int row) const { return m_rows[static_cast<std::size_t>(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    void rebuild();
    bool passes(const Sample& sample) const;
    QString titleOf(int label) const;
    QString detailOf(const Sample& sample) const;
    bool isPinned(const Sample& sample) const;

    Thumbnails& m_thumbnails;
    std::shared_ptr<const Dataset> m_dataset;
    Filter m_filter;
    std::vector<std::string> m_pinned;
    std::vector<std::uint32_t> m_rows;
    std::vector<std::uint32_t> m_groups;            ///< of each row, where there are groups
    std::unordered_map<std::uint32_t, int> m_rowOf; ///< where the rows are not in the samples' order
};

} // namespace sightline::ui
