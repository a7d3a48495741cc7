// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "pages/Page.h"

class QStackedWidget;
class QTableView;

namespace sightline::ui {

class BestTrial;
class Table;
class TrialPlots;

/// Many settings tried, the best kept: what to search at the left, what a search has found at the right.
class SearchPage : public Page {
    Q_OBJECT
public:
    explicit SearchPage(Session& session, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeFound();
    QWidget* makeTable();
    void showSearch();
    void showTable();
    void showBadge();
    void look(std::optional<int> trial);
    void openTrial(int trial);
    void useTrial(int trial);

    QStackedWidget* m_found; ///< what a search found, or words about what would be there
    BestTrial* m_best;
    TrialPlots* m_plots;
    Table* m_trials;
    QTableView* m_view;
    std::string m_tableOf; ///< the search whose columns are shown
};

} // namespace sightline::ui
