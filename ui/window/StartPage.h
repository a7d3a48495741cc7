// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace sightline::ui {

/// The first screen: four ways to begin, and what was open last.
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

private:
    QWidget* m_recent;
};

} // namespace sightline::ui
