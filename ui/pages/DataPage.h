// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "data/HealthCheck.h"
#include "data/Survey.h"
#include "lane/Lane.h"
#include "models/SampleModel.h"
#include "pages/Page.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QListView;
class QMenu;
class QPushButton;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace sightline::ui {

class ClassPicker;
class ProgressBar;
class FindingModel;
class GuessBar;
class LabelKeys;
class PinKeys;
class SuggestPanel;
class Table;
class TileView;

/// The open data set: classes and counts, thumbnails, facts, and the findings of the health check, each of which leads
/// to its images. What is relabelled (1-9) or excluded (X) here goes to the session's overlay.
class DataPage : public Page {
    Q_OBJECT
public:
    DataPage(Session& session, Thumbnails& thumbnails, QWidget* parent = nullptr);

Q_SIGNALS:
    void openFolderAsked();
    void openFileAsked();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeClasses();
    void addChanges(QMenu& menu);
    QWidget* makeGrid();
    QLayout* makeTools();
    QLayout* makeActions();
    QWidget* makeMiddle();
    QWidget* makeFacts();

    void showDataset();
    void showEdited();
    void showClasses();
    void showFacts();
    void showSelection();
    void applyFilter();

    void startSurvey();
    /// Counts and findings anew after an edit: nothing is decoded.
    void judgeAgain();
    /// What a worker found out about all images of a data set.
    struct Judged {
        std::shared_ptr<const Dataset> of;
        std::shared_ptr<const Survey> survey;
        std::vector<Finding> findings;
    };
    void showSurvey(Result<Judged> judged);
    void openFinding(int row);
    void clearFinding();

    std::vector<std::uint32_t> selectedSamples() const;
    void pickClass(const QPoint& at);
    void openLarge(int row);

    GuessBar* m_guesses; ///< what was assumed about the images
    SampleModel* m_samples;
    FindingModel* m_findings;
    Table* m_classTable;
    QTableView* m_classes;
    QLabel *m_summary, *m_found, *m_facts, *m_findingsTitle, *m_selected, *m_nothing;
    QComboBox* m_subset;
    QLineEdit* m_name;
    QToolButton* m_chip;
    QStackedWidget* m_middle; ///< the grid, or the suggested settings
    SuggestPanel* m_suggest;
    TileView* m_tiles;
    QListView* m_problems;
    QPushButton *m_relabel, *m_exclude, *m_pin;
    ClassPicker* m_picker;
    LabelKeys* m_labels; ///< what is done to the selected images
    PinKeys* m_pins;     ///< likewise
    ProgressBar* m_progress;
    std::shared_ptr<const SampleModel::Groups> m_groups; ///< of the finding that is shown
    std::shared_ptr<const Survey> m_surveyed;            ///< null until all images are read
    Lane m_survey;                                       ///< last: joined before the widgets go
};

} // namespace sightline::ui
