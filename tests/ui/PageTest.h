// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDropEvent>
#include <QMimeData>
#include <QTemporaryDir>

#include "WindowDriver.h"

namespace sightline::ui {

/// What the tests of the pages share: a folder with a small toy set, and opening it as a person does.
class PageTest : public QObject {
protected:
    QString path(const QString& name) const { return m_folder.filePath(name); }
    void write(const QString& name, const QByteArray& bytes) const {
        QFile file(path(name));
        QVERIFY2(file.open(QIODevice::WriteOnly), qPrintable(name));
        file.write(bytes);
    }
    static void drop(MainWindow& window, const QString& file) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(QPointF(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &event);
    }
    void open(WindowDriver& driver, const QString& folder = QStringLiteral("toys")) const {
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        drop(*driver.window, path(folder));
        QVERIFY(opened.wait(20000));
    }

    QTemporaryDir m_folder;
};

} // namespace sightline::ui
