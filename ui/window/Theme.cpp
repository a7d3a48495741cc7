// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/Theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QPainter>
#include <QPalette>
#include <QStyleFactory>
#include <QSvgRenderer>

#include <array>

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

constexpr std::array<Tone, 8> kSeries{{{0xff0072b2, 0xff56b4e9}, {0xffd55e00, 0xffff9e4f}, {0xff008a66, 0xff2fc79b}, {0xffb5548b, 0xffe38fc0},
                                       {0xffa87400, 0xffe6a63a}, {0xff2e8bc0, 0xff8fd0f5}, {0xff857d00, 0xfff0e442}, {0xff3a3f47, 0xffc9ced6}}};

Scheme g_scheme = Scheme::Light;

QColor pick(const Tone& tone) { return QColor::fromRgb(g_scheme == Scheme::Dark ? tone.dark : tone.light); }

QString family()
{
    const QStringList families = QFontDatabase::families();
    for (const QString& wanted : {QStringLiteral("Inter"), QStringLiteral("DejaVu Sans")})
        if (families.contains(wanted))
            return wanted;
    return QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
}

QPalette palette()
{
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

QString styleSheet()
{
    QString sheet = QStringLiteral(
        "QPushButton { background: @raised; border: 1px solid transparent; border-radius: 6px; padding: 6px 14px; }"
        "QPushButton:hover, QToolButton:hover { background: @border; }"
        "QPushButton:focus, QToolButton:focus { border: 1px solid @accent; }"
        "QPushButton:disabled { color: @muted; }"
        "QPushButton[primary=\"true\"] { background: @accent; color: @onAccent; font-weight: 600; }"
        "QPushButton[primary=\"true\"]:disabled { background: @raised; color: @muted; }"
        "QToolButton { border: 1px solid transparent; border-radius: 6px; padding: 5px; }"
        "QToolButton:checked { background: @raised; }"
        "QWidget[surface=\"true\"] { background: @surface; border-radius: 8px; }"
        "QWidget[bar=\"true\"] { background: @surface; }"
        "QLabel[muted=\"true\"] { color: @muted; }"
        "QLabel[bad=\"true\"] { color: @bad; }"
        "QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { background: @surface; border: 1px solid @border; border-radius: 6px; padding: 4px 8px; min-height: 20px; }"
        "QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border: 1px solid @accent; }"
        "QAbstractItemView { background: @surface; border: none; outline: none; }"
        "QHeaderView::section { background: @surface; color: @muted; border: none; border-bottom: 1px solid @border; padding: 6px 8px; }"
        "QScrollArea { border: none; background: transparent; }"
        "QSplitter::handle { background: @border; }"
        "QProgressBar { background: @raised; border: none; border-radius: 4px; max-height: 8px; }"
        "QProgressBar::chunk { background: @accent; border-radius: 4px; }");
    const std::array<std::pair<const char*, Role>, 8> roles{{{"@raised", Role::Raised}, {"@border", Role::Border}, {"@accent", Role::Accent},
        {"@onAccent", Role::AccentText}, {"@muted", Role::Muted}, {"@surface", Role::Surface}, {"@bad", Role::Bad}, {"@text", Role::Text}}};
    for (const auto& [name, role] : roles)
        sheet.replace(QLatin1String(name), color(role).name());
    return sheet;
}

QString iconFile(const QString& name)
{
    const QString root = QStringLiteral("/usr/share/icons/breeze/");
    for (const QString& place : {QStringLiteral("actions/symbolic/%1-symbolic.svg"), QStringLiteral("actions/22/%1.svg"), QStringLiteral("actions/16/%1.svg"),
                                 QStringLiteral("places/22/%1.svg"), QStringLiteral("status/22/%1.svg")})
        if (const QString file = root + place.arg(name); QFile::exists(file))
            return file;
    return {};
}

QPixmap tinted(QSvgRenderer& svg, int side, const QColor& color)
{
    QPixmap picture(side, side);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    svg.render(&painter, QRectF(0, 0, side, side));
    painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
    painter.fillRect(picture.rect(), color);
    return picture;
}
} // namespace

void apply(QApplication& application, Scheme scheme)
{
    g_scheme = scheme;
    application.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    application.setPalette(palette());
    application.setFont(font(Size::Base));
    application.setStyleSheet(styleSheet());
}

Scheme scheme() { return g_scheme; }
QColor color(Role role) { return pick(kTones[static_cast<std::size_t>(role)]); }
QColor series(int index) { return pick(kSeries[static_cast<std::size_t>(index < 0 ? 0 : index) % kSeries.size()]); }

QFont font(Size size, bool bold)
{
    static const QString name = family();
    constexpr std::array<int, 4> kPixels{11, 13, 16, 22};
    QFont result(name);
    result.setPixelSize(kPixels[static_cast<std::size_t>(size)]);
    result.setWeight(bold ? QFont::DemiBold : QFont::Normal);
    return result;
}

QIcon icon(const QString& name)
{
    QIcon result;
    const QString file = iconFile(name);
    if (file.isEmpty())
        return result;
    QSvgRenderer svg(file);
    for (const int side : {16, 22, 32, 44, 64}) {
        result.addPixmap(tinted(svg, side, color(Role::Text)), QIcon::Normal);
        result.addPixmap(tinted(svg, side, color(Role::Muted)), QIcon::Disabled);
    }
    return result;
}

} // namespace sightline::ui::theme
