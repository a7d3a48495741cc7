// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIdentityProxyModel>

#include <memory>
#include <vector>

#include "bridge/RunComparer.h"
#include "models/GalleryModel.h"

namespace sightline::ui {

/// Images as tiles that say what two runs make of each: its class, and what either predicted.
class ComparedTiles : public QIdentityProxyModel {
    Q_OBJECT
public:
    ComparedTiles(Thumbnails& thumbnails, QObject* parent);
    void setCompared(std::shared_ptr<const ComparedRuns> compared, std::shared_ptr<const Dataset> dataset);
    void setShown(const GalleryFilter& filter) { m_gallery->setFilter(filter); }
    std::uint32_t placeOf(int row) const; ///< in the first run's predictions
    const GalleryModel& gallery() const { return *m_gallery; }

    QVariant data(const QModelIndex& index, int role) const override;

private:
    GalleryModel* m_gallery;
    std::shared_ptr<const ComparedRuns> m_compared;
    std::vector<const Prediction*> m_second; ///< of the other run, by the place of the first's; null: none
};

} // namespace sightline::ui
