// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "data/TablePreview.h"
#include "pages/GuessDialog.h"

class QComboBox;
class QTableWidget;

namespace sightline::ui {

class SplitValues;

/// Which columns of the open table are the file, the label and the split, over its first rows; and which values of the
/// split mean what.
class TableDialog : public GuessDialog {
    Q_OBJECT
public:
    TableDialog(Session& session, QWidget* parent);

protected:
    QString objection(const Dataset& tried) const override;
    QString remark(const Dataset& tried) const override;

private:
    QComboBox* addChoice(QLayout& row, const char* name, const QString& title);
    void showPreview(const Result<TablePreview>& preview);
    void showRows();
    void markColumns();
    void chooseSplit(); ///< and what its values mean
    void choose();
    Result<DataSettings> chosen() const;
    static int columnOf(const QComboBox& box);

    TablePreview m_preview;
    QComboBox *m_path, *m_label, *m_split;
    SplitValues* m_values; ///< of the split's column
    QTableWidget* m_rows;
    Lane m_lane; ///< last: joined before the widgets go
};

} // namespace sightline::ui
