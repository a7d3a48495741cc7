// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/Session.h"
#include "widgets/Surface.h"

class QMenu;

namespace sightline::ui {

class SearchOptions;
class SpaceRow;

/// What is to be searched and how, over the settings of the other pages; what is wrong stands under what is meant.
class SearchForm : public Surface {
    Q_OBJECT
public:
    explicit SearchForm(Session& session, QWidget* parent = nullptr);

private:
    void addMenus();
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
    SearchOptions* m_options;
    QString m_other; ///< a problem that no field shows
    QLabel* m_why;   ///< why it cannot start
    QPushButton* m_start;
};

} // namespace sightline::ui
