// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "bridge/SearchDraft.h"

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;

namespace sightline::ui {

class NumberField;

/// One setting of the space: which kind of range, its ends, and beneath it what is wrong with it.
class SpaceRow : public QWidget {
    Q_OBJECT
public:
    explicit SpaceRow(const SearchDraft::Row& row, QWidget* parent = nullptr);

    const std::string& path() const { return m_path; }
    void setRange(const Json& range);
    void setProblem(const QString& problem); ///< empty: none

Q_SIGNALS:
    void edited(const std::string& path, const sightline::Json& range);
    void removed(const std::string& path);

private:
    /// From, to and step of numbers. Those of a list's length have no step.
    struct Ends {
        QWidget* line = nullptr;
        NumberField *low = nullptr, *high = nullptr, *step = nullptr;
    };
    Ends addEnds(const QString& words, const char* name, bool hasStep);
    void showEnds(const Ends& ends, const Json& range);
    Json rangeOf(const Ends& ends, bool isWhole) const;
    void edit();
    void showKind();

    std::string m_path;
    Json m_range;
    QComboBox* m_kind;
    QLabel *m_switch, *m_note;
    QLineEdit* m_choices;
    QCheckBox* m_log;
    Ends m_lengths, m_values;
    bool m_refreshing = false;
};

} // namespace sightline::ui
