// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <functional>
#include <vector>

#include "bridge/DataDesk.h"

namespace sightline::ui {

/// What a person does to the images selected in a view: 1-9 gives them another class, X leaves them out of training or
/// takes them back. Undoable, as every edit of the data desk.
class LabelKeys : public QObject {
    Q_OBJECT
public:
    using Selected = std::function<std::vector<std::uint32_t>()>; ///< samples of the open data set
    LabelKeys(DataDesk& data, QWidget& view, Selected selected);

    void relabel(int label); ///< to a class of the open data set; its own label, too, where it was changed before
    void toggleExcluded();   ///< leaves out, or where all are out takes back

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    DataDesk& m_data;
    Selected m_selected;
};

} // namespace sightline::ui
