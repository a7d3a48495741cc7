// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace sightline::report {

struct ChartLine {
    std::string name;
    std::vector<double> x, y; ///< NaN breaks the line
    bool dashed = false;
    int color = 0; ///< 0...5, of the report's style
};

/// Lines over common axes as SVG, with a legend and a description for screen readers ("loss from 1.62 to 0.08 ...").
/// More than a few hundred points of a line are thinned to the extremes of each column. Empty without a finite point.
std::string chart(const std::string& title, const std::string& xTitle, const std::vector<ChartLine>& lines);

} // namespace sightline::report
