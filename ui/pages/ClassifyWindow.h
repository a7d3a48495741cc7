// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "bridge/Session.h"
#include "pages/ClassifyRows.h"

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace sightline::ui {

class ClassifyPicture;
class ProgressBar;
class RefuseShareField;

/// A folder of images put to a run: a table of what it says, which can be saved, and copies sorted by class. Stays open
/// beside the window; closing it cancels what is under way.
class ClassifyWindow : public QDialog {
    Q_OBJECT
public:
    ClassifyWindow(Session& session, QWidget* parent);

Q_SIGNALS:
    void explainAsked(const QString& file); ///< by the run in view

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QLayout* makeHead();
    QLayout* makeProgress();
    QWidget* makeTables();
    QLayout* makeEnd();
    void chooseFolder();
    void chooseFiles();
    void saveTable();
    void sortCopies();
    void follow();
    void showRows(ClassifiedRows rows);
    void showFilter();
    void showPicture();
    const ClassifiedImage* selected() const;
    void say(const QString& message, bool bad = false);
    QString folder() const; ///< the one that is classified; empty: single files

    Session& m_session;
    ClassifyDesk& m_desk;
    std::shared_ptr<const Classified> m_shown;
    ClassifiedRows m_rows; ///< without the cells, which the tables have
    Table *m_table, *m_passedTable;
    QTableView *m_images, *m_passed;
    QStackedWidget* m_stack;
    QLabel *m_title, *m_where, *m_empty, *m_status;
    RefuseShareField* m_refuse;
    bool m_refuseFocused = false; ///< before it was disabled
    QComboBox* m_filter;
    QPushButton *m_folder, *m_files, *m_cancel, *m_save, *m_sort;
    ProgressBar* m_progress;
    ClassifyPicture* m_picture;
    Lane m_rowLane;
};

} // namespace sightline::ui
