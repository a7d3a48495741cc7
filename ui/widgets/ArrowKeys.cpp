// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ArrowKeys.h"

#include <QKeyEvent>

namespace sightline::ui {

namespace {
class Keeper : public QObject {
public:
    using QObject::QObject;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::ShortcutOverride) {
            const int key = static_cast<QKeyEvent*>(event)->key();
            if (key == Qt::Key_Left || key == Qt::Key_Right) {
                event->accept();
                return true;
            }
        }
        return QObject::eventFilter(watched, event);
    }
};
} // namespace

void keepArrowKeys(QWidget* control) {
    control->installEventFilter(new Keeper(control));
}

} // namespace sightline::ui
