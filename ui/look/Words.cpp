// SPDX-License-Identifier: GPL-3.0-or-later
#include "look/Words.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <array>
#include <clocale>
#include <cmath>

namespace sightline::ui {

void useWindowLocale() {
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    std::setlocale(LC_NUMERIC, "C"); // an application takes the system's, and with it printf and strtod
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
    const auto decimals = [&](double number) {
        const int whole = number == 0 ? 1 : static_cast<int>(std::floor(std::log10(std::abs(number)))) + 1;
        return std::clamp(digits - whole, 0, digits);
    };
    const double scale = std::pow(10.0, decimals(value));
    return QLocale().toString(value, 'f', decimals(std::round(value * scale) / scale)); // 0.9999 is 1.00
}

QString fixed(double value, int decimals) {
    return QLocale().toString(value, 'f', decimals);
}

QString rateText(double rate) {
    return QString::number(rate, 'g', 2).replace(QLatin1String("e-0"), QLatin1String("e-"));
}

QString counted(qlonglong number, const QString& one, const QString& many) {
    return (number == 1 ? one : many).arg(grouped(number));
}

QString bytesText(qint64 bytes) {
    constexpr std::array<std::pair<double, const char*>, 4> kUnits{
        {{1e12, " TB"}, {1e9, " GB"}, {1e6, " MB"}, {1e3, " kB"}}};
    const auto size = static_cast<double>(bytes);
    for (const auto& [unit, name] : kUnits)
        if (size >= 0.9995 * unit)
            return significant(size / unit) + QLatin1String(name);
    return QCoreApplication::translate("Words", "%1 bytes").arg(bytes);
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
