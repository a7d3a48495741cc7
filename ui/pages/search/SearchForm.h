// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>

#include "bridge/Session.h"
#include "widgets/Surface.h"

class QComboBox;
class QDoubleSpinBox;
class QGridLayout;
class QMenu;
class QSpinBox;

namespace sightline::ui {

class SpaceRow;

/// What is to be searched and how, over the settings of the other pages; what is wrong stands under what is meant.
class SearchForm : public Surface {
    Q_OBJECT
public:
    explicit SearchForm(Session& session, QWidget* parent = nullptr);

private:
    void addMenus();
    QWidget* addOptions();
    template <typename Field>
    Field* addOption(QGridLayout& grid, const QString& label, const char* path, Field* field);
    void fillSettings(QMenu& menu);
    SpaceRow* makeRow(const SearchDraft::Row& row);
    void showRows(const std::vector<SearchDraft::Row>& rows);
    void showDraft();
    void showProblems();
    void showState();
    void edit(const std::function<void(SearchDraft&)>& change);

    Session& m_session;
    QVBoxLayout* m_rowsColumn;
    std::vector<SpaceRow*> m_rows;
    QLabel* m_empty;
    QComboBox *m_objective, *m_sampler, *m_pruner;
    QSpinBox *m_trials, *m_executions, *m_keepBest, *m_minutes;
    QHash<QString, QLabel*> m_notes; ///< by the path of the option
    QString m_other;                 ///< a problem that no field shows
    QLabel* m_why;                   ///< why it cannot start
    QPushButton* m_start;
    bool m_refreshing = false;
};

} // namespace sightline::ui
