// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/Picture.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace sightline::ui {

QImage toQImage(const Image& image) {
    if (image.empty())
        return {};
    QImage result(image.width, image.height, image.channels == 1 ? QImage::Format_Grayscale8 : QImage::Format_RGB888);
    for (int y = 0; y < image.height; ++y)
        std::memcpy(result.scanLine(y), image.row(y), image.rowBytes());
    return result;
}

QImage toQImage(const FloatImage& image) {
    Image bytes(image.height, image.width, image.channels);
    std::transform(image.pixels.begin(), image.pixels.end(), bytes.pixels.begin(),
                   [](float value) { return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L)); });
    return toQImage(bytes);
}

QString grouped(qlonglong number) {
    return QLocale().toString(number);
}

QString compact(double number) {
    constexpr std::array<std::pair<double, const char*>, 3> kScales{{{1e9, " G"}, {1e6, " M"}, {1e3, " k"}}};
    for (const auto& [scale, suffix] : kScales)
        if (std::abs(number) >= scale)
            return significant(number / scale) + QLatin1String(suffix);
    return QLocale().toString(static_cast<qlonglong>(number));
}

QString percent(double share) {
    return QLocale().toString(100.0 * share, 'f', 1) + QStringLiteral(" %");
}

QString significant(double value, int digits) {
    if (!std::isfinite(value))
        return std::isnan(value) ? QStringLiteral("nan") : QStringLiteral("inf");
    if (value != 0 && (std::abs(value) < 1e-3 || std::abs(value) >= 1e6))
        return QLocale().toString(value, 'e', std::max(0, digits - 2));
    const int whole = value == 0 ? 1 : static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
    return QLocale().toString(value, 'f', std::clamp(digits - whole, 0, digits));
}

QString duration(double seconds) {
    const auto whole = static_cast<qlonglong>(std::llround(std::max(0.0, seconds)));
    const auto tr = [](const char* text) { return QCoreApplication::translate("Duration", text); };
    if (whole < 60)
        return tr("%1 s").arg(whole);
    if (whole < 3600)
        return tr("%1 min %2 s").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
    return tr("%1 h %2 min").arg(whole / 3600).arg(whole / 60 % 60, 2, 10, QLatin1Char('0'));
}

} // namespace sightline::ui
