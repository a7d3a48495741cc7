// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <memory>

#include "bridge/Session.h"
#include "data/Toys.h"
#include "look/Theme.h"
#include "window/MainWindow.h"

namespace sightline::ui {

/// A real window on a data home, driven as a person does: by mouse and keys.
struct WindowDriver {
    std::unique_ptr<Session> session;
    std::unique_ptr<MainWindow> window;

    explicit WindowDriver(const QString& home, EngineDoor door = loadEngine) {
        theme::apply(*qApp, Scheme::Light);
        session = std::make_unique<Session>(home.toStdString(), std::move(door));
        window = std::make_unique<MainWindow>(*session);
        window->resize(1440, 900);
        window->show();
        if (!QTest::qWaitForWindowActive(window.get())) // shortcuts are for the active window
            qWarning("the window has not become active");
    }
    ~WindowDriver() {
        window.reset();
        session.reset();
    }

    template <typename Widget>
    Widget* find(const char* name) const {
        auto* found = window->findChild<Widget*>(QLatin1String(name));
        if (!found)
            qWarning("there is no %s", name);
        return found;
    }
    void click(const char* name) const { QTest::mouseClick(find<QWidget>(name), Qt::LeftButton); }
    /// A check box, at its box: the label's side of it is wide and does nothing.
    void toggle(const char* name) const {
        auto* box = find<QWidget>(name);
        QVERIFY2(box->isVisible(), name);
        QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(8, box->height() / 2));
    }
    void key(int code, Qt::KeyboardModifiers modifiers = {}) const {
        QTest::keyClick(window.get(), static_cast<Qt::Key>(code), modifiers);
    }
    /// Types into a field as after clicking it: everything selected, then Return.
    void type(const char* field, const QString& text) const {
        auto* widget = find<QWidget>(field);
        auto* line = qobject_cast<QLineEdit*>(widget);
        if (!line)
            line = widget->findChild<QLineEdit*>();
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, text);
        QTest::keyClick(line, Qt::Key_Return);
    }
    void clickRow(const char* view, int row) const {
        auto* items = find<QAbstractItemView>(view);
        const QModelIndex index = items->model()->index(row, 0);
        items->scrollTo(index);
        QTest::mouseClick(items->viewport(), Qt::LeftButton, {}, items->visualRect(index).center());
    }
    QString text(const char* label) const {
        const auto* widget = find<QWidget>(label);
        return widget->property("text").toString();
    }
};

/// A toy set small enough for a test.
inline bool drawFewToys(const QString& folder, int train = 12, int others = 4, int size = 48) {
    ToySettings toys;
    toys.train = train;
    toys.validation = toys.test = others;
    toys.size = size;
    return sightline::makeToys(folder.toStdString(), toys).ok();
}

} // namespace sightline::ui
