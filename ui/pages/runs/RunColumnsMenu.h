// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>
#include <QStringList>

namespace sightline::ui {

/// Which columns the shelf has: those there are, a figure at an epoch, any setting. Gone once it is closed.
class RunColumnsMenu : public QMenu {
    Q_OBJECT
public:
    RunColumnsMenu(QStringList columns, QWidget* parent);

Q_SIGNALS:
    void chosen(const QStringList& columns);

private:
    void addToggle(const QString& column);
    void addEpochs();
    void addColumn(const QString& column);
    void askForSetting();

    QStringList m_columns;
};

} // namespace sightline::ui
