// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/Geometry.h"

#include <QGuiApplication>
#include <QScreen>
#include <QWidget>

#include <algorithm>

namespace sightline::ui {

namespace {
constexpr QMargins kFrame(4, 36, 4, 4); ///< title and edges as window managers draw them; known only once it is shown
const QString kScreen = QStringLiteral("screen");

QString keyOf(const QScreen& screen) {
    const QSize size = screen.size();
    QString key =
        QStringLiteral("%1 %2 %3x%4").arg(screen.name(), screen.serialNumber()).arg(size.width()).arg(size.height());
    return key.replace(QLatin1Char('/'), QLatin1Char('_')).replace(QLatin1Char('\\'), QLatin1Char('_'));
}

QString geometryKey(const QString& screen) {
    return QStringLiteral("geometry/%1").arg(screen);
}
QString maximizedKey(const QString& screen) {
    return QStringLiteral("maximized/%1").arg(screen);
}

QScreen* lastScreen(const QSettings& settings) {
    const QString wanted = settings.value(kScreen).toString();
    const QList<QScreen*> screens = QGuiApplication::screens();
    const auto found =
        std::find_if(screens.begin(), screens.end(), [&](const QScreen* s) { return keyOf(*s) == wanted; });
    return found == screens.end() ? QGuiApplication::primaryScreen() : *found;
}
} // namespace

QRect centredIn(const QRect& free, const QSize& wanted) {
    const QRect room = free.marginsRemoved(kFrame);
    QRect placed(QPoint(), wanted.boundedTo(room.size()));
    placed.moveCenter(room.center());
    return placed;
}

QRect fittedInto(const QRect& free, const QRect& kept) {
    const QRect room = free.marginsRemoved(kFrame);
    QRect placed(kept.topLeft(), kept.size().boundedTo(room.size()));
    placed.moveLeft(std::clamp(placed.left(), room.left(), room.right() - placed.width() + 1));
    placed.moveTop(std::clamp(placed.top(), room.top(), room.bottom() - placed.height() + 1));
    return placed;
}

void keepGeometry(QSettings& settings, const QWidget& window) {
    const QScreen& screen = *window.screen();
    const QString key = keyOf(screen);
    settings.setValue(kScreen, key);
    settings.setValue(geometryKey(key), window.normalGeometry().translated(-screen.geometry().topLeft()));
    settings.setValue(maximizedKey(key), window.isMaximized());
}

void placeWindow(const QSettings& settings, QWidget& window, const QSize& wanted) {
    const QScreen& screen = *lastScreen(settings);
    const QRect free = screen.availableGeometry();
    window.setMinimumSize(window.minimumSize().boundedTo(free.marginsRemoved(kFrame).size()));
    const QString key = keyOf(screen);
    const QRect kept = settings.value(geometryKey(key)).toRect();
    window.setGeometry(kept.isValid() ? fittedInto(free, kept.translated(screen.geometry().topLeft()))
                                      : centredIn(free, wanted));
    if (settings.value(maximizedKey(key)).toBool())
        window.setWindowState(Qt::WindowMaximized);
}

} // namespace sightline::ui
