// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/GalleryFilter.h"

namespace sightline::ui {

GalleryFilter GalleryFilter::where(const Evaluation& evaluation, const QString& caption,
                                   const std::function<bool(const Prediction&)>& holds) {
    GalleryFilter filter;
    filter.caption = caption;
    for (std::uint32_t i = 0; i < evaluation.predictions.size(); ++i)
        if (holds(evaluation.predictions[i]))
            filter.images.push_back(i);
    return filter;
}

GalleryFilter GalleryFilter::ofCell(const Evaluation& evaluation, int truth, int predicted) {
    if (truth < 0 && predicted < 0)
        return {};
    const auto name = [&](int label) {
        return QString::fromStdString(evaluation.classes[static_cast<std::size_t>(label)]);
    };
    const QString caption = truth < 0            ? tr("predicted as %1").arg(name(predicted))
                            : predicted < 0      ? tr("true class %1").arg(name(truth))
                            : truth == predicted ? tr("%1, predicted correctly").arg(name(truth))
                                                 : tr("%1 predicted as %2").arg(name(truth), name(predicted));
    return where(evaluation, caption, [=](const Prediction& prediction) {
        return (truth < 0 || prediction.truth == truth) && (predicted < 0 || prediction.predicted == predicted);
    });
}

} // namespace sightline::ui
