// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/MapLook.h"

#include <algorithm>
#include <cmath>

#include "bridge/WindowSettings.h"

namespace sightline::ui {

namespace {
constexpr const char *kOpacity = "explain/opacity", *kThreshold = "explain/threshold", *kColors = "explain/colors";
constexpr int kLastColors = static_cast<int>(ColorMap::Grey);
} // namespace

QStringList colorMapTitles() {
    return {QStringLiteral("Turbo"), QStringLiteral("Jet"), QStringLiteral("Inferno"), QStringLiteral("Viridis"),
            MapLook::tr("Gray")};
}

MapLook::MapLook(std::filesystem::path home) : m_home(std::move(home)) {
    const QSettings settings = windowSettings(m_home);
    m_values.opacity = std::clamp(settings.value(QLatin1String(kOpacity), m_values.opacity).toDouble(), 0.0, 1.0);
    m_values.threshold =
        std::clamp(settings.value(QLatin1String(kThreshold), m_values.threshold).toDouble(), 0.0, kMostThreshold);
    m_values.colors =
        static_cast<ColorMap>(std::clamp(settings.value(QLatin1String(kColors), 0).toInt(), 0, kLastColors));
}

MapLook::~MapLook() {
    QSettings settings = windowSettings(m_home);
    settings.setValue(QLatin1String(kOpacity), m_values.opacity);
    settings.setValue(QLatin1String(kThreshold), m_values.threshold);
    settings.setValue(QLatin1String(kColors), static_cast<int>(m_values.colors));
}

void MapLook::setOpacity(double opacity) {
    m_values.opacity = opacity;
    Q_EMIT changed();
}

void MapLook::setThreshold(double threshold) {
    m_values.threshold = std::clamp(threshold, 0.0, kMostThreshold);
    Q_EMIT changed();
}

void MapLook::setColors(ColorMap colors) {
    m_values.colors = colors;
    Q_EMIT changed();
}

QString MapLook::words(const HeatMap& map) const {
    const QString colors = map.isSigned ? tr("Both signs") : colorMapTitles().at(static_cast<int>(m_values.colors));
    const QString said = tr("%1, opacity %2 %").arg(colors).arg(std::lround(100 * m_values.opacity));
    return m_values.threshold > 0
               ? tr("%1, heat from %2 % of the hottest").arg(said).arg(std::lround(100 * m_values.threshold))
               : said;
}

} // namespace sightline::ui
