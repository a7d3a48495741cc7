// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>
#include <vector>

#include "data/SplitFolders.h"

class QComboBox;
class QGridLayout;

namespace sightline::ui {

/// Training, Validation, Test or Not used. `name`: of a folder or a value, which the object is named after.
QComboBox* subsetBox(const QString& name, const std::optional<Subset>& subset);
std::optional<Subset> subsetOf(const QComboBox& box);

/// What the values of a table's column mean as a split, each with a choice.
class SplitValues : public QWidget {
    Q_OBJECT
public:
    explicit SplitValues(QWidget* parent = nullptr);

    void setValues(const std::vector<SplitFolder>& values);
    std::vector<SplitFolder> values() const; ///< as they are chosen
    bool isChanged() const { return values() != m_values; }

Q_SIGNALS:
    void changed();

private:
    QGridLayout* m_grid;
    std::vector<SplitFolder> m_values;
    std::vector<QComboBox*> m_boxes;
};

} // namespace sightline::ui
