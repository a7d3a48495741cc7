// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/Theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QPainter>
#include <QPalette>
#include <QStyleFactory>
#include <QSvgRenderer>
#include <QTemporaryDir>

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

constexpr int kIconSide = 16;
constexpr double kIconWithGap = 1.4; ///< width over height of an icon before words
constexpr std::array<Tone, 8> kSeries{{{0xff0072b2, 0xff56b4e9},
                                       {0xffd55e00, 0xffff9e4f},
                                       {0xff008a66, 0xff2fc79b},
                                       {0xffb5548b, 0xffe38fc0},
                                       {0xffa87400, 0xffe6a63a},
                                       {0xff2e8bc0, 0xff8fd0f5},
                                       {0xff857d00, 0xfff0e442},
                                       {0xff3a3f47, 0xffc9ced6}}};

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

/// A style sheet takes pictures only from files: a stroke of 16 x 16 in a colour of ours, written once to a temporary
/// folder.
QString arrow(const QString& name, const QPolygonF& stroke, Role role) {
    static const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("%1-%2.png").arg(name, color(role).name().mid(1)));
    for (const auto& [scale, suffix] : {std::pair{1, QString()}, std::pair{2, QStringLiteral("@2x")}}) {
        QImage picture(16 * scale, 16 * scale, QImage::Format_ARGB32_Premultiplied);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.scale(scale, scale);
        painter.setPen(QPen(color(role), 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(stroke);
        painter.end();
        QString path = file;
        picture.save(path.replace(QStringLiteral(".png"), suffix + QStringLiteral(".png")));
    }
    return file;
}

QString styleSheet() {
    QString sheet = QStringLiteral(
        "QPushButton { background: @raised; border: 1px solid transparent; border-radius: 6px; padding: 6px 14px; }"
        "QPushButton:hover, QToolButton:hover { background: @border; }"
        "QPushButton:focus, QToolButton:focus { border: 1px solid @accent; }"
        "QPushButton:disabled { color: @muted; }"
        "QPushButton[primary=\"true\"] { background: @accent; color: @onAccent; font-weight: 600; }"
        "QPushButton[primary=\"true\"]:disabled { background: @raised; color: @muted; }"
        "QToolButton { border: 1px solid transparent; border-radius: 6px; padding: 5px; }"
        "QToolButton:checked { background: @raised; }"
        "QToolButton:disabled { color: @muted; }"
        "QToolButton[section=\"true\"] { font-weight: 600; padding: 4px 0; border: 1px solid transparent; }"
        "QToolButton[section=\"true\"]:checked { background: transparent; }"
        "QPushButton[segment=\"true\"] { padding: 5px 12px; background: transparent; color: @muted; }"
        "QPushButton[segment=\"true\"]:checked { background: @raised; color: @text; font-weight: 600; }"
        "QCommandLinkButton { background: @surface; border: 1px solid @border; border-radius: 8px; padding: 12px; }"
        "QPushButton::menu-indicator { image: url(@down); width: 12px; height: 12px; subcontrol-position: right "
        "center; right: 10px; }"
        "QPushButton[opensMenu=\"true\"] { padding-right: 28px; }"
        "QCommandLinkButton::menu-indicator { subcontrol-position: right center; right: 16px; }"
        "QCommandLinkButton:hover, QCommandLinkButton:focus { border: 1px solid @accent; }"
        "QWidget[strip=\"true\"] { background: @raised; border-bottom: 1px solid @border; }"
        "QWidget[surface=\"true\"] { background: @surface; border-radius: 8px; }"
        "QWidget[bar=\"true\"] { background: @surface; }"
        "QLabel[muted=\"true\"] { color: @muted; }"
        "QLabel[bad=\"true\"] { color: @bad; }"
        "QLabel { background: transparent; }"
        "QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid @muted; border-radius: 4px; background: "
        "@surface; }"
        "QCheckBox::indicator:hover, QCheckBox::indicator:focus { border: 1px solid @accent; }"
        "QCheckBox::indicator:checked { background: @accent; border: 1px solid @accent; image: url(@check); }"
        "QCheckBox::indicator:disabled { background: @raised; border: 1px solid @border; }"
        "QSlider::groove:horizontal { height: 4px; background: @border; border-radius: 2px; }"
        "QSlider::sub-page:horizontal { background: @accent; border-radius: 2px; }"
        "QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: "
        "@accent; }"
        "QSlider::handle:horizontal:focus { background: @text; }"
        "QLineEdit[bare=\"true\"] { background: transparent; border: 1px solid transparent; }"
        "QLineEdit[bare=\"true\"]:hover { border: 1px solid @border; }"
        "QLineEdit[bare=\"true\"]:focus { border: 1px solid @accent; background: @surface; }"
        "QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { background: @surface; border: 1px solid @border; "
        "border-radius: 6px; padding: 4px 8px; min-height: 20px; }"
        "QComboBox::drop-down { border: none; width: 20px; }"
        "QComboBox::down-arrow { image: url(@down); width: 12px; height: 12px; }"
        "QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; background: transparent; width: "
        "16px; }"
        "QAbstractSpinBox::up-arrow { image: url(@up); width: 9px; height: 9px; }"
        "QAbstractSpinBox::down-arrow { image: url(@down); width: 9px; height: 9px; }"
        "QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: @muted; "
        "background: @window; }"
        "QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border: 1px solid @accent; }"
        "QAbstractItemView { background: @surface; border: none; outline: none; }"
        "QComboBox QAbstractItemView { background: @surface; border: 1px solid @border; selection-background-color: "
        "@raised; selection-color: @text; }"
        "QTableView { selection-background-color: @raised; selection-color: @text; }"
        "QListView[tiles=\"true\"], QListWidget { background: transparent; }"
        "QListWidget::item { padding: 4px; border-radius: 6px; color: @text; }"
        "QListWidget[cards=\"true\"]::item { padding: 10px; background: @window; border: 1px solid transparent; "
        "border-radius: 8px; }"
        "QListWidget[cards=\"true\"]::item:hover { border: 1px solid @border; }"
        "QListWidget[cards=\"true\"]::item:selected { background: @raised; color: @text; border: 1px solid @accent; }"
        "QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }"
        "QScrollBar::handle:vertical { background: @border; border-radius: 4px; min-height: 32px; margin: 1px; }"
        "QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }"
        "QScrollBar::handle:horizontal { background: @border; border-radius: 4px; min-width: 32px; margin: 1px; }"
        "QScrollBar::handle:hover { background: @muted; }"
        "QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }"
        "QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }"
        "QScrollArea > QWidget > QWidget { background: transparent; }"
        "QAbstractScrollArea::corner { background: transparent; border: none; }"
        "QToolTip { background: @raised; color: @text; border: 1px solid @border; padding: 4px; }"
        "QHeaderView { background: @surface; }"
        "QHeaderView::section { background: @surface; color: @muted; border: none; border-bottom: 1px solid @border; "
        "padding: 6px 7px; }"
        "QScrollArea { border: none; background: transparent; }"
        "QSplitter::handle { background: transparent; }"
        "QProgressBar { background: @raised; border: none; border-radius: 4px; max-height: 8px; }"
        "QProgressBar::chunk { background: @accent; border-radius: 4px; }");
    sheet.replace(QLatin1String("@check"),
                  arrow(QStringLiteral("check"), {{3, 8.5}, {6.5, 12}, {13, 4.5}}, Role::AccentText));
    sheet.replace(QLatin1String("@down"), arrow(QStringLiteral("down"), {{3, 6}, {8, 11}, {13, 6}}, Role::Muted));
    sheet.replace(QLatin1String("@up"), arrow(QStringLiteral("up"), {{3, 10}, {8, 5}, {13, 10}}, Role::Muted));
    const std::array<std::pair<const char*, Role>, 9> roles{{{"@window", Role::Window},
                                                             {"@raised", Role::Raised},
                                                             {"@border", Role::Border},
                                                             {"@accent", Role::Accent},
                                                             {"@onAccent", Role::AccentText},
                                                             {"@muted", Role::Muted},
                                                             {"@surface", Role::Surface},
                                                             {"@bad", Role::Bad},
                                                             {"@text", Role::Text}}};
    for (const auto& [name, role] : roles)
        sheet.replace(QLatin1String(name), color(role).name());
    return sheet;
}

QString iconFile(const QString& name) {
    const QString root = QStringLiteral("/usr/share/icons/breeze/");
    for (const QString& place :
         {QStringLiteral("actions/symbolic/%1-symbolic.svg"), QStringLiteral("actions/22/%1.svg"),
          QStringLiteral("actions/16/%1.svg"), QStringLiteral("places/22/%1.svg"), QStringLiteral("places/16/%1.svg"),
          QStringLiteral("status/symbolic/%1-symbolic.svg"), QStringLiteral("status/22/%1.svg")})
        if (const QString file = root + place.arg(name); QFile::exists(file))
            return file;
    return {};
}

/// A square of side in a picture wide enough for the room right of it.
QPixmap tinted(QSvgRenderer& svg, int side, int width, const QColor& color) {
    QPixmap picture(width, side);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    svg.render(&painter, QRectF(0, 0, side, side));
    painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
    painter.fillRect(picture.rect(), color);
    return picture;
}
QIcon makeIcon(const QString& name, Role role, double aspect) {
    QIcon result;
    const QString file = iconFile(name);
    if (file.isEmpty())
        return result;
    QSvgRenderer svg(file);
    for (const int side : {16, 22, 32, 44, 64}) {
        const int width = static_cast<int>(side * aspect);
        result.addPixmap(tinted(svg, side, width, color(role)), QIcon::Normal);
        result.addPixmap(tinted(svg, side, width, color(Role::Muted)), QIcon::Disabled);
    }
    return result;
}
} // namespace

void apply(QApplication& application, Scheme scheme) {
    g_scheme = scheme;
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
QColor series(int index) {
    return pick(kSeries[static_cast<std::size_t>(index < 0 ? 0 : index) % kSeries.size()]);
}

QFont font(Size size, bool bold) {
    static const QString name = family();
    constexpr std::array<int, 4> kPixels{11, 13, 16, 22};
    QFont result(name);
    result.setPixelSize(kPixels[static_cast<std::size_t>(size)]);
    result.setWeight(bold ? QFont::DemiBold : QFont::Normal);
    return result;
}

QIcon icon(const QString& name, Role role) {
    return makeIcon(name, role, 1);
}

void setIcon(QPushButton& button, const QString& name, Role role) {
    button.setIcon(makeIcon(name, role, kIconWithGap));
    button.setIconSize({static_cast<int>(kIconSide * kIconWithGap), kIconSide});
}

} // namespace sightline::ui::theme
