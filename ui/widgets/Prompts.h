// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <functional>
#include <optional>

class QWidget;

namespace sightline::ui {

/// The only modal questions: which file, and whether to lose something. The program answers them with dialogs
/// (prompts/Dialogs.h), tests and the tour with what they put here; until then each is answered as if cancelled.
struct Prompts {
    std::function<QString(QWidget* parent, const QString& title, const QString& folder)> openFolder = [](auto&&...) {
        return QString();
    };
    std::function<QString(QWidget* parent, const QString& title, const QString& folder, const QString& filter)>
        openFile = [](auto&&...) { return QString(); };
    std::function<QString(QWidget* parent, const QString& title, const QString& file, const QString& filter)> saveFile =
        [](auto&&...) { return QString(); };
    std::function<bool(QWidget* parent, const QString& question, const QString& yes)> confirm = [](auto&&...) {
        return false;
    };
    std::function<QString(QWidget* parent, const QString& title, const QString& label, const QString& text)> line =
        [](auto&&...) { return QString(); }; ///< null: cancelled
    std::function<QStringList(QWidget* parent, const QString& title, const QString& folder, const QString& filter)>
        openFiles = [](auto&&...) { return QStringList(); };
    std::function<std::optional<int>(QWidget* parent, const QString& title, const QString& label, int least)> number =
        [](auto&&...) { return std::nullopt; }; ///< nothing: cancelled
    std::function<std::optional<int>(QWidget* parent, const QString& title, const QString& label,
                                     const QStringList& choices)>
        choice = [](auto&&...) { return std::nullopt; }; ///< the number of one, from 0; nothing: cancelled
};

Prompts& prompts();

/// What openFile() and openFiles() offer for images: all that can be read, or everything.
QString imageFileFilter();

} // namespace sightline::ui
