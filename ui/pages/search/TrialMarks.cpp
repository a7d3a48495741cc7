// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/search/TrialMarks.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

#include "look/Words.h"
#include "pages/search/SettingTitles.h"

namespace sightline::ui {

namespace {

constexpr double kNowhere = std::numeric_limits<double>::quiet_NaN();

QString tr(const char* text) {
    return QCoreApplication::translate("TrialMarks", text);
}

/// Where on its axis a value of a distribution stands.
double placeIn(const Distribution& distribution, double value) {
    if (!distribution.isNumber())
        return distribution.choices.size() < 2 ? 0.5 : value / static_cast<double>(distribution.choices.size() - 1);
    if (distribution.high <= distribution.low)
        return 0.5;
    if (distribution.log)
        return std::log(value / distribution.low) / std::log(distribution.high / distribution.low);
    return (value - distribution.low) / (distribution.high - distribution.low);
}

MarkAxis axisOf(const QString& title, const std::string& path, const Distribution& distribution) {
    MarkAxis axis{title, {}};
    const auto words = [&](double value) { return valueWords(path, distribution.external(value)); };
    if (distribution.isNumber()) {
        axis.ticks.emplace_back(placeIn(distribution, distribution.low), words(distribution.low));
        if (distribution.high <= distribution.low)
            return axis;
        const double middle = distribution.log ? std::sqrt(distribution.low * distribution.high)
                                               : (distribution.low + distribution.high) / 2;
        if (distribution.kind != Distribution::Kind::Int || middle == std::floor(middle))
            axis.ticks.emplace_back(placeIn(distribution, middle), words(middle));
        axis.ticks.emplace_back(1.0, words(distribution.high));
        return axis;
    }
    for (std::size_t i = 0; i < distribution.choices.size(); ++i)
        axis.ticks.emplace_back(placeIn(distribution, static_cast<double>(i)),
                                valueWords(path, distribution.choices[i]));
    return axis;
}

double valueAt(const Point& point, const std::string& name) {
    const auto found = point.find(name);
    return found == point.end() ? kNowhere : found->second;
}

double meanOf(const Dimension& dimension, const Point& point) {
    double sum = 0;
    const auto length = static_cast<std::size_t>(std::max(0.0, valueAt(point, dimension.lengthName())));
    for (std::size_t place = 0; place < length; ++place)
        sum += placeIn(dimension.each, valueAt(point, dimension.nameOf(place)));
    return length == 0 ? kNowhere : sum / static_cast<double>(length);
}

bool hasPlace(const SearchTrial& trial) {
    return trial.value && std::isfinite(*trial.value) && trial.state != SearchTrial::State::Failed;
}

} // namespace

QString trialWords(const SearchPlan& plan, const SearchTrial& trial) {
    QStringList parts;
    if (trial.value)
        parts << QStringLiteral("%1 %2").arg(objectiveTitle(plan.objective),
                                             objectiveWords(plan.objective, *trial.value));
    const Json settings = settingsOf(plan.space, trial.point);
    for (const auto& [path, value] : settings.items())
        parts << QStringLiteral("%1 %2").arg(searchedTitle(path), valueWords(path, value));
    return tr("Trial %1: %2").arg(trial.number).arg(parts.join(QStringLiteral(", ")));
}

TrialMarks marksOf(const ShownSearch& search) {
    TrialMarks all;
    const SearchPlan& plan = search.view.plan;
    for (const Dimension& dimension : plan.space.dimensions) {
        const QString title = searchedTitle(dimension.path);
        if (dimension.length)
            all.axes.push_back(axisOf(tr("%1: how many").arg(title), dimension.path, *dimension.length));
        all.axes.push_back(
            axisOf(dimension.length ? tr("%1: mean").arg(title) : title, dimension.path, dimension.each));
    }
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const SearchTrial& trial : search.view.study.trials)
        if (hasPlace(trial)) {
            low = std::min(low, *trial.value);
            high = std::max(high, *trial.value);
        }
    const auto placeOf = [&](double value) { return high > low ? (value - low) / (high - low) : 0.5; };
    MarkAxis objective{objectiveTitle(plan.objective), {}};
    if (low <= high)
        objective.ticks.emplace_back(placeOf(low), objectiveWords(plan.objective, low));
    if (high > low) {
        objective.ticks.emplace_back(0.5, objectiveWords(plan.objective, (low + high) / 2));
        objective.ticks.emplace_back(1.0, objectiveWords(plan.objective, high));
    }
    all.axes.push_back(std::move(objective));
    for (const SearchTrial& trial : search.view.study.trials) {
        if (!hasPlace(trial))
            continue;
        Mark mark;
        for (const Dimension& dimension : plan.space.dimensions) {
            if (dimension.length) {
                mark.places.push_back(placeIn(*dimension.length, valueAt(trial.point, dimension.lengthName())));
                mark.places.push_back(meanOf(dimension, trial.point));
            } else {
                mark.places.push_back(placeIn(dimension.each, valueAt(trial.point, dimension.path)));
            }
        }
        const double place = placeOf(*trial.value);
        mark.places.push_back(place);
        mark.words = trialWords(plan, trial);
        mark.quiet = trial.state != SearchTrial::State::Complete;
        mark.merit = plan.maximize ? place : 1 - place;
        all.marks.push_back(std::move(mark));
        all.trials.push_back(trial.number);
    }
    return all;
}

TrialMarks marksAlong(const TrialMarks& marks, std::size_t axis) {
    TrialMarks two{{marks.axes[axis], marks.axes.back()}, marks.marks, marks.trials};
    for (Mark& mark : two.marks)
        mark.places = {mark.places[axis], mark.places.back()};
    return two;
}

} // namespace sightline::ui
