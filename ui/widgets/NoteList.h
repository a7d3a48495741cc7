// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QListWidget;
class QToolButton;

namespace sightline::ui {

/// What was said on the way, in its order: the newest as a line, and a button that shows them all.
class NoteList : public QWidget {
    Q_OBJECT
public:
    explicit NoteList(QWidget* parent = nullptr);

    /// None: nothing is to be seen.
    void setNotes(const QStringList& notes);

private:
    QLabel* m_newest;
    QToolButton* m_all;
    QListWidget* m_list;
};

} // namespace sightline::ui
