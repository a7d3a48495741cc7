// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace sightline::ui {

/// The only modal questions: which file, and whether to lose something. Tests and the tour replace them.
struct Prompts {
    std::function<QString(QWidget* parent, const QString& title, const QString& folder)> openFolder;
    std::function<QString(QWidget* parent, const QString& title, const QString& folder, const QString& filter)>
        openFile;
    std::function<QString(QWidget* parent, const QString& title, const QString& file, const QString& filter)> saveFile;
    std::function<bool(QWidget* parent, const QString& question, const QString& yes)> confirm;
    std::function<QString(QWidget* parent, const QString& title, const QString& label, const QString& text)>
        line; ///< null: cancelled
};

Prompts& prompts();

} // namespace sightline::ui
