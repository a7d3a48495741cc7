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
};

} // namespace sightline::ui
