// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ProgressBar.h"

#include <algorithm>

#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kSteps = 10'000; ///< finer than a screen; counts of bytes go beyond a bar's own range
}

ProgressBar::ProgressBar(const char* name, const QString& accessible, QWidget* parent) : QProgressBar(parent) {
    named(this, name, accessible);
    setTextVisible(false);
    setProgress(0, 0);
}

void ProgressBar::setProgress(qulonglong done, qulonglong total) {
    setRange(0, total > 0 ? kSteps : 0);
    if (total > 0)
        setValue(static_cast<int>(static_cast<double>(std::min(done, total)) / static_cast<double>(total) * kSteps));
}

} // namespace sightline::ui
