// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QWidget>

#include "bridge/SearchDesk.h"

class QComboBox;
class QGridLayout;
class QLabel;
class QSpinBox;

namespace sightline::ui {

/// How a search goes: what counts as better, how combinations are chosen, how many; what is wrong stands under its
/// field.
class SearchOptions : public QWidget {
    Q_OBJECT
public:
    explicit SearchOptions(SearchDesk& searches, QWidget* parent = nullptr);

    /// Shows the problems of its fields, and gives back those that are none of its own.
    std::vector<Problem> showProblems(std::vector<Problem> problems);

private:
    using Change = std::function<void(SearchPlan&, int)>;
    template <typename Field>
    Field* addField(const QString& label, const char* path, const QString& help, Field* field);
    QComboBox* addChoice(const QString& label, const char* path, const QString& help, const QStringList& words,
                         const Change& change);
    QSpinBox* addNumber(const QString& label, const char* path, const QString& help, const Change& change);
    void edit(const Change& change, int value);
    void showDraft();

    SearchDesk& m_searches;
    QGridLayout* m_grid;
    QComboBox *m_objective, *m_sampler, *m_pruner;
    QSpinBox *m_trials, *m_executions, *m_keepBest, *m_minutes;
    QHash<QString, QLabel*> m_notes; ///< by the path of the option
    bool m_refreshing = false;
};

} // namespace sightline::ui
