// SPDX-License-Identifier: GPL-3.0-or-later
#include "look/StyleSheet.h"

#include <QImage>
#include <QPainter>
#include <QPolygonF>
#include <QTemporaryDir>

#include <array>

#include "look/Theme.h"

namespace sightline::ui::theme {

namespace {
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

} // namespace

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
        "QToolButton[inline=\"true\"] { padding: 0 4px; }"
        "QToolButton[section=\"true\"] { font-weight: 600; padding: 4px 0; border: 1px solid transparent; }"
        "QToolButton[section=\"true\"]:checked { background: transparent; }"
        "QPushButton[segment=\"true\"] { padding: 5px 12px; background: transparent; color: @muted; }"
        "QPushButton[segment=\"true\"]:checked { background: @raised; color: @text; font-weight: 600; }"
        "QPushButton[link=\"true\"] { background: transparent; color: @accent; padding: 1px 4px; }"
        "QPushButton[link=\"true\"]:hover { text-decoration: underline; }"
        "QPushButton#addToAugmentation { padding: 1px 0; border: none; }" // in line with what is above it
        "QPushButton#addToAugmentation:focus { text-decoration: underline; }"
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
        "QLabel[good=\"true\"] { color: @good; }"
        "QLabel[warning=\"true\"] { color: @warning; }"
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
        "QTabBar::tab { background: transparent; color: @muted; padding: 7px 14px; border: none; "
        "border-bottom: 2px solid transparent; }"
        "QTabBar::tab:hover { color: @text; }"
        "QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }"
        "QTabBar::tab:focus { color: @accent; }"
        "QLineEdit[bare=\"true\"] { background: transparent; border: 1px solid transparent; }"
        "QLineEdit[bare=\"true\"]:hover { border: 1px solid @border; }"
        "QLineEdit[bare=\"true\"]:focus { border: 1px solid @accent; background: @surface; }"
        "QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { background: @surface; border: 1px solid @border; "
        "border-radius: 6px; padding: 4px 8px; min-height: 20px; }"
        "QComboBox { padding-left: 10px; }" // its words begin where those of other fields do
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
        "QScrollBar::handle:disabled { background: transparent; }"
        "QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }"
        "QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }"
        "QScrollArea > QWidget > QWidget { background: transparent; }"
        "QAbstractScrollArea::corner { background: transparent; border: none; }"
        "QToolTip { background: @raised; color: @text; border: 1px solid @border; padding: 4px; }"
        "QHeaderView { background: @surface; }"
        "QHeaderView::section { background: @surface; color: @muted; border: none; border-bottom: 1px solid @border; "
        "padding: 6px 0px 6px 9px; font-size: 11px; }"
        "QHeaderView::up-arrow { image: url(@up); width: 9px; height: 9px; subcontrol-position: center right; }"
        "QHeaderView::down-arrow { image: url(@down); width: 9px; height: 9px; subcontrol-position: center right; }"
        "QScrollArea { border: none; background: transparent; }"
        "QSplitter::handle { background: transparent; }"
        "QProgressBar { background: @raised; border: none; border-radius: 4px; max-height: 8px; }"
        "QProgressBar::chunk { background: @accent; border-radius: 4px; }");
    sheet.replace(QLatin1String("@check"),
                  arrow(QStringLiteral("check"), {{3, 8.5}, {6.5, 12}, {13, 4.5}}, Role::AccentText));
    sheet.replace(QLatin1String("@down"), arrow(QStringLiteral("down"), {{3, 6}, {8, 11}, {13, 6}}, Role::Muted));
    sheet.replace(QLatin1String("@up"), arrow(QStringLiteral("up"), {{3, 10}, {8, 5}, {13, 10}}, Role::Muted));
    const std::array<std::pair<const char*, Role>, 11> roles{{{"@window", Role::Window},
                                                              {"@raised", Role::Raised},
                                                              {"@border", Role::Border},
                                                              {"@accent", Role::Accent},
                                                              {"@onAccent", Role::AccentText},
                                                              {"@muted", Role::Muted},
                                                              {"@surface", Role::Surface},
                                                              {"@bad", Role::Bad},
                                                              {"@good", Role::Good},
                                                              {"@warning", Role::Warning},
                                                              {"@text", Role::Text}}};
    for (const auto& [name, role] : roles)
        sheet.replace(QLatin1String(name), color(role).name());
    return sheet;
}

} // namespace sightline::ui::theme
