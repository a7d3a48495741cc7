// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QImage>

#include <optional>
#include <vector>

#include "engine/Overlay.h"
#include "metrics/HeatShares.h"

namespace sightline::ui {

/// Classes as tiles: the mean of their heat maps, and how much of the heat lies where it should make one suspicious.
class HeatModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    /// `hinted`: classes that a hint is about, which are marked and come first.
    void setClasses(std::vector<ClassHeat> classes, const std::vector<std::size_t>& hinted);
    /// Heat under `threshold` (0...1 of the hottest) is shown as none.
    void setLook(ColorMap colors, double threshold);
    int classAt(int row) const { return static_cast<int>(m_order[static_cast<std::size_t>(row)]); }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    QString sharesText(const ClassHeat& heat) const;
    void draw();

    std::vector<ClassHeat> m_classes;
    std::vector<std::size_t> m_order; ///< of each row: the class
    std::size_t m_hinted = 0;         ///< rows of which a hint is about
    std::vector<QImage> m_pictures;
    ColorMap m_colors = ColorMap::Turbo;
    double m_threshold = 0;
};

} // namespace sightline::ui
