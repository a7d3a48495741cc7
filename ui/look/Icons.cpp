// SPDX-License-Identifier: GPL-3.0-or-later
#include "look/Icons.h"

#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

#include <algorithm>
#include <memory>

namespace sightline::ui::theme {

namespace {
constexpr int kIconSide = 16;
constexpr double kIconWithGap = 1.4; ///< width over height of an icon before words

QString fileOf(const QString& name) {
    return QStringLiteral(":/symbols/%1.svg").arg(name);
}

std::shared_ptr<QSvgRenderer> parsed(const QString& name) {
    static QHash<QString, std::shared_ptr<QSvgRenderer>> all;
    std::shared_ptr<QSvgRenderer>& svg = all[name];
    if (!svg)
        svg = std::make_shared<QSvgRenderer>(fileOf(name));
    return svg;
}

struct Drawing {
    QString name;
    QRgb color;
    QSize pixels;
    bool operator==(const Drawing&) const = default;
};
std::size_t qHash(const Drawing& key, std::size_t seed = 0) {
    return qHashMulti(seed, key.name, key.color, key.pixels.width(), key.pixels.height());
}

/// The symbol in a square at the left of `pixels`, in one colour.
QPixmap drawn(const Drawing& wanted) {
    static QHash<Drawing, QPixmap> all; // some dozens of names, in a handful of colours and sizes
    QPixmap& picture = all[wanted];
    if (picture.isNull() && !wanted.pixels.isEmpty()) {
        picture = QPixmap(wanted.pixels);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        const int side = std::min(wanted.pixels.width(), wanted.pixels.height());
        parsed(wanted.name)->render(&painter, QRectF(0, 0, side, side));
        painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
        painter.fillRect(picture.rect(), QColor::fromRgb(wanted.color));
    }
    return picture;
}

class Symbol : public QIconEngine {
public:
    Symbol(QString name, Role role) : m_name(std::move(name)), m_role(role) {}
    void paint(QPainter* painter, const QRect& place, QIcon::Mode mode, QIcon::State) override {
        const double ratio = painter->device()->devicePixelRatioF();
        QPixmap picture = pixmap((QSizeF(place.size()) * ratio).toSize(), mode, QIcon::Off);
        painter->drawPixmap(place, picture);
    }
    QPixmap pixmap(const QSize& pixels, QIcon::Mode mode, QIcon::State) override {
        return drawn({m_name, color(mode == QIcon::Disabled ? Role::Muted : m_role).rgb(), pixels});
    }
    QIconEngine* clone() const override { return new Symbol(*this); }

private:
    QString m_name;
    Role m_role;
};
} // namespace

QIcon icon(const QString& name, Role role) {
    if (!QFile::exists(fileOf(name)) || !parsed(name)->isValid()) {
        qWarning("there is no icon %s", qPrintable(name));
        return {};
    }
    return QIcon(new Symbol(name, role));
}

void setIcon(QPushButton& button, const QString& name, Role role) {
    button.setIcon(icon(name, role));
    button.setIconSize({static_cast<int>(kIconSide * kIconWithGap), kIconSide});
}

} // namespace sightline::ui::theme
