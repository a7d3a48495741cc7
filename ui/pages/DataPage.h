// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/Lane.h"
#include "data/Survey.h"
#include "models/SampleModel.h"
#include "pages/Page.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QProgressBar;
class QSlider;
class QTableView;

namespace sightline::ui {

class Surface;
class Table;
class TileView;

/// The open data set: classes and counts, thumbnails, facts and what is odd.
class DataPage : public Page {
    Q_OBJECT
public:
    DataPage(Session& session, Thumbnails& thumbnails, QWidget* parent = nullptr);

private:
    QWidget* makeClasses();
    QWidget* makeGrid();
    QWidget* makeFacts();
    void showDataset();
    void showClasses();
    void applyFilter();
    void startSurvey();
    void showSurvey(const Survey& survey, bool complete);
    void showProblems(const std::vector<DataProblem>& unreadable);
    void openLarge(int row);

    SampleModel* m_samples;
    Table* m_classTable;
    QTableView* m_classes;
    QLabel *m_summary, *m_found, *m_facts, *m_findings;
    QComboBox* m_subset;
    QLineEdit* m_name;
    TileView* m_tiles;
    QListWidget* m_problems;
    QProgressBar* m_progress;
    QString m_types;
    Lane m_survey;                    ///< last: joined before the widgets go
};

} // namespace sightline::ui
