// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QDropEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTest>

#include <map>
#include <memory>

#include "FewToys.h"
#include "bridge/Session.h"
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
        m_settingsFile = QString::fromStdString((session->home() / "window.ini").string());
        const QSettings settings(m_settingsFile, QSettings::IniFormat);
        for (const QString& key : {QStringLiteral("page"), QStringLiteral("experiment"), QStringLiteral("run")})
            m_place[key] = settings.value(key);
        window = std::make_unique<MainWindow>(*session);
        window->resize(1440, 900);
        window->show();
        if (!QTest::qWaitForWindowActive(window.get())) // shortcuts are for the active window
            qWarning("the window has not become active");
    }
    /// A window that was closed keeps its place; any other leaves the one that was there before, so that tests which
    /// share a home do not open what another one had.
    ~WindowDriver() {
        const bool wasClosed = !window->isVisible();
        window.reset();
        session.reset();
        if (wasClosed)
            return;
        QSettings settings(m_settingsFile, QSettings::IniFormat);
        for (const auto& [key, value] : m_place)
            if (value.isValid())
                settings.setValue(key, value);
            else
                settings.remove(key);
    }

    template <typename Widget>
    Widget* find(const char* name) const {
        auto* found = window->findChild<Widget*>(QLatin1String(name));
        if (!found)
            qWarning("there is no %s", name);
        return found;
    }
    /// A widget that a person can click: it is to be seen and enabled.
    void click(const char* name) const {
        auto* widget = find<QWidget>(name);
        QVERIFY2(widget && widget->isVisible() && widget->isEnabled(), name);
        QTest::mouseClick(widget, Qt::LeftButton);
    }
    /// A check box, at its box: the label's side of it is wide and does nothing.
    void toggle(const char* name) const {
        auto* box = find<QWidget>(name);
        QVERIFY2(box && box->isVisible() && box->isEnabled(), name);
        QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(8, box->height() / 2));
    }
    /// A file dropped on the window, as a file manager does it.
    void drop(const QString& file) const {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        const QPoint place = window->rect().center();
        QDragEnterEvent enter(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window.get(), &event);
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
    /// One epoch on small images with the real engine, from the fields to its end.
    void trainAnEpoch() const {
        key(Qt::Key_3, Qt::ControlModifier);
        type("data.image_size[1]", QStringLiteral("32"));
        type("data.image_size", QStringLiteral("32"));
        key(Qt::Key_4, Qt::ControlModifier);
        type("training.epochs", QStringLiteral("1"));
        type("training.batch_size", QStringLiteral("8"));
        click("primaryButton");
        QTRY_VERIFY_WITH_TIMEOUT(session->runs().progress().ended.has_value(), 120000);
        QVERIFY2(session->runs().progress().ended->outcome == RunEnded::Outcome::Completed,
                 session->runs().progress().ended->reason.c_str());
    }
    /// What is to be read there: nothing where it is hidden.
    QString text(const char* label) const {
        const auto* widget = find<QWidget>(label);
        return widget && widget->isVisible() ? widget->property("text").toString() : QString();
    }

private:
    QString m_settingsFile;
    std::map<QString, QVariant> m_place; ///< as it was before this window
};

inline bool drawFewToys(const QString& folder, int train = 12, int others = 4, int size = 48) {
    return ::drawFewToys(std::filesystem::path(folder.toStdString()), train, others, size);
}

} // namespace sightline::ui
