// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "data/SplitFolders.h"
#include "pages/GuessDialog.h"

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;

namespace sightline::ui {

/// Which folders are for training, validation and test, each with its count and some of its images; or that all of
/// them are classes.
class SplitDialog : public GuessDialog {
    Q_OBJECT
public:
    SplitDialog(Session& session, QWidget* parent);

protected:
    QString objection(const Dataset& tried) const override;
    QString remark(const Dataset& tried) const override;

private:
    /// A folder's line. Those beyond the first hundred have none and stay as they are.
    struct Row {
        QComboBox* subset;
        QLabel* images;
    };
    void showFolders(const Result<SplitFolders>& folders);
    void addRow(const SplitFolder& folder);
    void showImages();
    void choose();

    SplitFolders m_folders;
    QCheckBox* m_classes;
    QWidget* m_list;
    QGridLayout* m_grid;
    std::vector<Row> m_rows;
    Lane m_lane; ///< last: joined before the widgets go
};

} // namespace sightline::ui
