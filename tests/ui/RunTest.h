// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>

#include "PageTest.h"
#include "StoredRun.h"

namespace sightline::ui {

/// What tests of questions share: a run in the store that nobody had to train.
class RunTest : public PageTest {
protected:
    /// A stored run on the toys, with these classes and this network.
    RunFolder storeRun(const QString& home, const std::vector<std::string>& classes, const std::string& network) const {
        return storedRun(path(home), path(QStringLiteral("toys")), classes, network);
    }
    static void openRun(Session& session, const RunFolder& folder) { openStoredRun(session, folder); }
    /// The first image of a class of the toys.
    static std::uint32_t firstOf(Session& session, const std::string& className) {
        const auto dataset = session.data().dataset();
        for (std::uint32_t i = 0; i < dataset->samples.size(); ++i)
            if (dataset->classes[static_cast<std::size_t>(dataset->samples[i].label)] == className)
                return i;
        return 0;
    }
    static void choose(const WindowDriver& driver, const char* box, int index) {
        auto* combo = driver.find<QComboBox>(box);
        combo->setCurrentIndex(index);
        Q_EMIT combo->activated(index); // as a choice from the list does
    }

    const std::vector<std::string> m_classes{"boat", "car", "duck", "robot", "train"};
};

} // namespace sightline::ui
