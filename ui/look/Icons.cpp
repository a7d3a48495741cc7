// SPDX-License-Identifier: GPL-3.0-or-later
#include "look/Icons.h"

#include <QFile>
#include <QPainter>
#include <QSvgRenderer>

namespace sightline::ui::theme {

namespace {
constexpr int kIconSide = 16;
constexpr double kIconWithGap = 1.4; ///< width over height of an icon before words

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

QIcon icon(const QString& name, Role role) {
    return makeIcon(name, role, 1);
}

void setIcon(QPushButton& button, const QString& name, Role role) {
    button.setIcon(makeIcon(name, role, kIconWithGap));
    button.setIconSize({static_cast<int>(kIconSide * kIconWithGap), kIconSide});
}

} // namespace sightline::ui::theme
