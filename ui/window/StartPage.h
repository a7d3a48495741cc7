// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QMenu;

namespace sightline::ui {

/// The first screen: ways to begin, the texts' experiments among them, and what was open last.
class StartPage : public QWidget {
    Q_OBJECT
public:
    explicit StartPage(QWidget* parent = nullptr);
    void setRecent(const QStringList& folders);

Q_SIGNALS:
    void openFolderAsked();
    void openFileAsked();
    void toysAsked();
    void openRunAsked();
    void recentAsked(const QString& folder);
    void presetAsked(const QString& name); ///< an experiment that comes with the program
    void tableAsked(const QString& name);  ///< all of those that a text compares

private:
    QMenu* makePresetMenu();

    QWidget* m_recent;
};

} // namespace sightline::ui
