// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>

#include <memory>
#include <vector>

#include "data/HealthCheck.h"

namespace sightline::ui {

/// The findings of a health check as a list: a heading for each kind with its count, and beneath it, unless folded, its
/// findings.
class FindingModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Roles { Heading = Qt::UserRole + 1, Count, Folded, Detail, Tone };

    explicit FindingModel(QObject* parent);
    /// A kind with more than a screenful is folded at first; what a person folded or unfolded stays so.
    void setFindings(std::vector<Finding> findings);
    void toggle(int row); ///< folds or unfolds the heading's kind

    /// The findings behind a row: one, or all of a heading's kind.
    std::vector<const Finding*> at(int row) const;
    QString titleAt(int row) const; ///< "Duplicates", or the first image's name

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    struct Kind {
        std::size_t begin = 0, end = 0; ///< among m_findings
        bool folded = false;
    };
    struct Row {
        std::size_t kind = 0;
        std::size_t finding = 0;
        bool heading = false;
    };
    void rebuild();
    const Row& row(const QModelIndex& index) const { return m_rows[static_cast<std::size_t>(index.row())]; }

    std::vector<Finding> m_findings;
    std::vector<Kind> m_kinds;
    std::vector<Row> m_rows;
    std::vector<std::pair<std::string, bool>> m_folds; ///< by hand
};

/// "Exact duplicates" for duplicate; the kind's own name where it is none of ours.
QString titleOfKind(const std::string& kind);

} // namespace sightline::ui
