// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProgressBar>

namespace sightline::ui {

/// How far long work is. Whoever shows it says beside it what the work is.
class ProgressBar : public QProgressBar {
public:
    ProgressBar(const char* name, const QString& accessible, QWidget* parent = nullptr);
    /// `total` 0: nobody knows yet how much there is.
    void setProgress(qulonglong done, qulonglong total);
};

} // namespace sightline::ui
