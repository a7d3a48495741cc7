// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/Pruner.h"

#include <algorithm>
#include <cmath>

namespace sightline {

namespace {

constexpr std::size_t kStartupTrials = 5;
constexpr std::size_t kReduction = 4;

bool isBetter(double one, double other, bool maximize) {
    return maximize ? one > other : one < other;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

bool isBelowMedian(const std::vector<SearchTrial>& trials, const SearchTrial& trial, int epoch, bool maximize) {
    std::vector<double> there;
    std::size_t complete = 0;
    for (const SearchTrial& other : trials) {
        if (other.state != SearchTrial::State::Complete)
            continue;
        ++complete;
        if (const auto report = other.reports.find(epoch); report != other.reports.end() && !std::isnan(report->second))
            there.push_back(report->second);
    }
    if (complete < kStartupTrials || there.empty())
        return false;
    double best = std::nan("");
    for (const auto& [step, report] : trial.reports)
        if (std::isnan(best) || isBetter(report, best, maximize))
            best = report;
    return isBetter(median(std::move(there)), best, maximize);
}

bool isRung(int epoch) {
    std::int64_t rung = 1;
    while (rung < epoch)
        rung *= kReduction;
    return rung == epoch;
}

bool isLeftBehind(const std::vector<SearchTrial>& trials, const SearchTrial& trial, int epoch, bool maximize) {
    if (!isRung(epoch))
        return false;
    const double own = trial.reports.at(epoch);
    std::size_t all = 1, better = 0;
    for (const SearchTrial& other : trials) {
        const auto report = other.reports.find(epoch);
        if (other.number == trial.number || report == other.reports.end() || std::isnan(report->second))
            continue;
        ++all;
        better += isBetter(report->second, own, maximize);
    }
    return better >= std::max<std::size_t>(all / kReduction, 1);
}

} // namespace

bool isPruned(const SearchPlan& plan, const std::vector<SearchTrial>& trials, const SearchTrial& trial) {
    if (plan.pruner == SearchPlan::Pruner::None || trial.reports.empty())
        return false;
    const auto& [epoch, report] = *trial.reports.rbegin();
    if (std::isnan(report))
        return true;
    return plan.pruner == SearchPlan::Pruner::Median ? isBelowMedian(trials, trial, epoch, plan.maximize)
                                                     : isLeftBehind(trials, trial, epoch, plan.maximize);
}

} // namespace sightline
