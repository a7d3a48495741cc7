// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>

#include <filesystem>

#include "engine/questions/HeatMap.h"
#include "widgets/HeatLayer.h"

namespace sightline::ui {

QStringList colorMapTitles(); ///< in the order of ColorMap, those that can be chosen

/// How heat maps look wherever they are shown; remembered.
class MapLook : public QObject {
    Q_OBJECT
public:
    static constexpr double kMostThreshold = 0.95;
    explicit MapLook(std::filesystem::path home);
    ~MapLook() override;
    const HeatLook& values() const { return m_values; }
    double opacity() const { return m_values.opacity; }
    double threshold() const { return m_values.threshold; } ///< share of the hottest under which heat is not shown
    ColorMap colors() const { return m_values.colors; }
    ColorMap colorsFor(const HeatMap& map) const { return map.isSigned ? ColorMap::Diverging : colors(); }
    void setOpacity(double opacity);
    void setThreshold(double threshold);
    void setColors(ColorMap colors);
    /// For a picture that is saved: "Turbo, opacity 50 %, heat from 30 % of the hottest".
    QString words(const HeatMap& map) const;

Q_SIGNALS:
    void changed();

private:
    std::filesystem::path m_home;
    HeatLook m_values;
};

} // namespace sightline::ui
