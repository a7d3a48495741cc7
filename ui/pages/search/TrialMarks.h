// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/SearchReader.h"
#include "widgets/MarkPlot.h"

namespace sightline::ui {

/// The trials of a search that have a value, as plots show them. The last axis is the objective's; a list has two, its
/// length and the mean of its values. Failed trials have no place on the last one and are left out.
struct TrialMarks {
    std::vector<MarkAxis> axes;
    std::vector<Mark> marks;
    std::vector<int> trials; ///< the number of each mark's trial
};
TrialMarks marksOf(const ShownSearch& search);
/// Only this axis and the objective's.
TrialMarks marksAlong(const TrialMarks& marks, std::size_t axis);

/// "Trial 3: val_accuracy 0.912, Learning rate 0.001, Optimizer adam".
QString trialWords(const SearchPlan& plan, const SearchTrial& trial);

} // namespace sightline::ui
