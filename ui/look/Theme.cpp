// SPDX-License-Identifier: GPL-3.0-or-later
#include "look/Theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QStyleFactory>

#include <algorithm>
#include <array>

#include "look/Series.h"
#include "look/StyleSheet.h"
#include "look/Words.h"

namespace sightline::ui::theme {

namespace {
struct Tone {
    QRgb light, dark;
};

/// In the order of Role. Text stands at 4.5 : 1 or more on window, surface and raised, in both schemes.
constexpr std::array<Tone, 13> kTones{{
    {0xfff4f5f7, 0xff16181c}, // window
    {0xffffffff, 0xff1e2127}, // surface
    {0xffebedf1, 0xff2a2e36}, // raised
    {0xffd3d7de, 0xff3a3f49}, // border
    {0xff1b1f26, 0xffe8eaee}, // text
    {0xff59616e, 0xffa3abb8}, // muted
    {0xff1c5fc4, 0xff7db2ff}, // accent
    {0xffffffff, 0xff0d1420}, // accent text
    {0xff16743f, 0xff5fd394}, // good
    {0xff8a5a00, 0xffe9b44c}, // warning
    {0xffb3261e, 0xffff8a80}, // bad
    {0xff0072b2, 0xff56b4e9}, // training
    {0xffd55e00, 0xffff9e4f}, // validation
}};

/// Okabe and Ito's, darker on light where they would be faint.
constexpr std::array<Tone, kSeries + 1> kSeriesTones{{
    {0xff0072b2, 0xff56b4e9}, // blue
    {0xffd55e00, 0xffff8f4a}, // vermilion
    {0xff009e73, 0xff3fd6a8}, // green
    {0xffcc79a7, 0xffe79cc6}, // purple
    {0xffe69f00, 0xffe6b034}, // orange
    {0xff56b4e9, 0xff2f7fc1}, // sky
    {0xff9a8a00, 0xfff0e442}, // yellow
    {0xffa9b0bb, 0xff6a7280}, // all others
}};

Scheme g_scheme = Scheme::Light;

QColor pick(const Tone& tone) {
    return QColor::fromRgb(g_scheme == Scheme::Dark ? tone.dark : tone.light);
}

QString family() {
    const QStringList families = QFontDatabase::families();
    for (const QString& wanted : {QStringLiteral("Inter"), QStringLiteral("DejaVu Sans")})
        if (families.contains(wanted))
            return wanted;
    return QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
}

QPalette palette() {
    QPalette result;
    const auto set = [&](QPalette::ColorRole role, Role ours) { result.setColor(role, color(ours)); };
    set(QPalette::Window, Role::Window);
    set(QPalette::WindowText, Role::Text);
    set(QPalette::Base, Role::Surface);
    set(QPalette::AlternateBase, Role::Window);
    set(QPalette::Text, Role::Text);
    set(QPalette::Button, Role::Raised);
    set(QPalette::ButtonText, Role::Text);
    set(QPalette::BrightText, Role::Bad);
    set(QPalette::Highlight, Role::Accent);
    set(QPalette::HighlightedText, Role::AccentText);
    set(QPalette::Link, Role::Accent);
    set(QPalette::ToolTipBase, Role::Raised);
    set(QPalette::ToolTipText, Role::Text);
    set(QPalette::PlaceholderText, Role::Muted);
    set(QPalette::Mid, Role::Border);
    set(QPalette::Light, Role::Raised);
    set(QPalette::Dark, Role::Border);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        result.setColor(QPalette::Disabled, role, color(Role::Muted));
    return result;
}

} // namespace

QColor seriesColor(std::size_t index) {
    return pick(kSeriesTones[std::min(index, kSeries)]);
}

namespace {
QColor between(const QColor& from, const QColor& to, double share) {
    const auto mixed = [share](float one, float other) { return one + (other - one) * static_cast<float>(share); };
    return QColor::fromRgbF(mixed(from.redF(), to.redF()), mixed(from.greenF(), to.greenF()),
                            mixed(from.blueF(), to.blueF()));
}
} // namespace

QColor strengthColor(double strength) {
    return between(color(Role::Border), color(Role::Bad), strength);
}

QColor meritColor(double merit) {
    return between(color(Role::Border), color(Role::Training), merit);
}

void apply(QApplication& application, Scheme scheme) {
    g_scheme = scheme;
    useWindowLocale();
    application.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    application.setPalette(palette());
    application.setFont(font(Size::Base));
    application.setStyleSheet(styleSheet());
}

Scheme scheme() {
    return g_scheme;
}
QColor color(Role role) {
    return pick(kTones[static_cast<std::size_t>(role)]);
}
QFont font(Size size, bool bold) {
    static const QString name = family();
    constexpr std::array<int, 4> kPixels{11, 13, 16, 22};
    QFont result(name);
    result.setPixelSize(kPixels[static_cast<std::size_t>(size)]);
    result.setWeight(bold ? QFont::DemiBold : QFont::Normal);
    return result;
}

} // namespace sightline::ui::theme
