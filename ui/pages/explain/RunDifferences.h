// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "bridge/RunComparer.h"

class QBoxLayout;
class QButtonGroup;
class QLabel;
class QPushButton;
class QTableView;

namespace sightline::ui {

class ProgressBar;
class Session;
class Table;

/// What McNemar's test says of two runs, in a sentence or two.
QString comparisonSentence(const ComparedRuns& compared);

/// How the run in view and another one differ: on all images and in each class, once a person asks for it, and in their
/// settings.
class RunDifferences : public QWidget {
    Q_OBJECT
public:
    explicit RunDifferences(Session& session, QWidget* parent = nullptr);
    void setOther(std::shared_ptr<const OpenedRun> other); ///< null: none is chosen

Q_SIGNALS:
    void compared(const std::shared_ptr<const sightline::ui::ComparedRuns>& compared); ///< null: not, or no more

private:
    void addComparison(QBoxLayout& body);
    void addTables(QBoxLayout& body);
    void showComparison();
    void showClasses();
    void showSettings();
    void showTables();

    Session& m_session;
    std::shared_ptr<const OpenedRun> m_other;
    QPushButton* m_compare;
    ProgressBar* m_progress;
    QLabel *m_words, *m_title;
    QWidget* m_which; ///< settings or classes, where there are both
    QButtonGroup* m_shown;
    Table *m_settings, *m_classes;
    QTableView *m_settingsView, *m_classesView;
    RunComparer m_comparer;
};

} // namespace sightline::ui
