// SPDX-License-Identifier: GPL-3.0-or-later
#include "plot/LabelLayout.h"

#include <algorithm>
#include <numeric>

namespace sightline::ui {

namespace {

bool sharesColumns(const QRectF& a, const QRectF& b) {
    return a.left() < b.right() && b.left() < a.right();
}

/// Two that overlap give way by the same.
void pushApart(QRectF& upper, QRectF& lower) {
    const double overlap = upper.bottom() - lower.top();
    if (overlap <= 0 || !sharesColumns(upper, lower))
        return;
    upper.translate(0, -overlap / 2);
    lower.translate(0, overlap / 2);
}

} // namespace

std::vector<QRectF> laidOut(std::vector<QRectF> labels, const QRectF& fixed, double top, double bottom) {
    std::vector<std::size_t> order(labels.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return labels[a].center().y() < labels[b].center().y(); });
    for (std::size_t i = 1; i < order.size(); ++i)
        pushApart(labels[order[i - 1]], labels[order[i]]);
    for (std::size_t i = 0; i < order.size(); ++i) {
        QRectF& label = labels[order[i]];
        label.moveTop(std::max(label.top(), top));
        if (label.intersects(fixed))
            label.moveTop(fixed.bottom());
        for (std::size_t above = 0; above < i; ++above)
            if (sharesColumns(labels[order[above]], label))
                label.moveTop(std::max(label.top(), labels[order[above]].bottom()));
    }
    double floor = bottom;
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
        QRectF& label = labels[*at];
        if (label.bottom() <= floor)
            break;
        label.moveBottom(floor);
        floor = label.top();
    }
    return labels;
}

} // namespace sightline::ui
