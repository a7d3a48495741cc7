// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTabBar>

#include "FakeEngine.h"
#include "RunTest.h"

namespace sightline::ui {

/// What tests of questions in the real window share, without torch.
class QuestionTest : public RunTest {
protected:
    /// The page Explain with an image that was asked about.
    static void explain(WindowDriver& driver, const RunFolder& run) {
        openRun(*driver.session, run);
        driver.key(Qt::Key_6, Qt::ControlModifier);
        driver.click("nextExplained");
        QTRY_VERIFY(driver.session->questions().answer() != nullptr);
    }
    static void showTab(const WindowDriver& driver, const QString& title, const char* of = "explainTabBar") {
        auto* bar = driver.find<QTabBar>(of);
        for (int i = 0; i < bar->count(); ++i)
            if (bar->tabText(i) == title)
                QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(i).center());
        QCOMPARE(bar->tabText(bar->currentIndex()), title);
    }
    /// An engine's answer where patterns are asked for.
    static Result<Answer> patternsFor(const Question& question) {
        const auto* kind = std::get_if<FilterPicturesQuestion>(&question);
        if (!kind)
            return cancelled();
        FilterPictures drawn;
        for (const int channel : kind->channels)
            drawn.pictures.push_back({channel, 0.5, 7.25, Image(8, 8, 3)});
        return Answer(drawn);
    }
};

} // namespace sightline::ui
