// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Test.h"
#include "WindowDriver.h"

namespace sightline::ui {

/// What the tests of the pages share: a folder with a small toy set, and opening it as a person does.
class PageTest : public FolderTest {
protected:
    void open(WindowDriver& driver, const QString& folder = QStringLiteral("toys")) const {
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.drop(path(folder));
        QVERIFY(opened.wait(20000));
    }
    /// For a person to look at, where SIGHTLINE_PICTURES names a folder.
    static void picture(const WindowDriver& driver, const QString& name) {
        const QString folder = qEnvironmentVariable("SIGHTLINE_PICTURES");
        if (folder.isEmpty())
            return;
        for (const auto scheme : {Scheme::Light, Scheme::Dark}) {
            theme::apply(*qApp, scheme);
            QTest::qWait(300);
            for (const int ratio : {1, 2}) {
                QPixmap drawn(driver.window->size() * ratio);
                drawn.setDevicePixelRatio(ratio);
                driver.window->render(&drawn);
                QVERIFY(drawn.save(QStringLiteral("%1/%2-%3-%4x.png")
                                       .arg(folder, name, scheme == Scheme::Dark ? "dark" : "light")
                                       .arg(ratio)));
            }
        }
        theme::apply(*qApp, Scheme::Light);
    }
};

} // namespace sightline::ui
