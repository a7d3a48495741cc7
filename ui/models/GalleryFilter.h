// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>

#include <functional>
#include <vector>

#include "metrics/Evaluation.h"

namespace sightline::ui {

/// Which images of an evaluation are shown, and in which words that is said.
struct GalleryFilter {
    Q_DECLARE_TR_FUNCTIONS(GalleryFilter)
public:
    QString caption;                   ///< "car predicted as truck"; empty: every image
    std::vector<std::uint32_t> images; ///< indices into Evaluation::predictions

    bool showsAll() const { return caption.isEmpty(); }

    /// The images for which `holds`.
    static GalleryFilter where(const Evaluation& evaluation, const QString& caption,
                               const std::function<bool(const Prediction&)>& holds);
    /// A cell of the confusion matrix, a row or a column: -1 stands for any class; twice: every image.
    static GalleryFilter ofCell(const Evaluation& evaluation, int truth, int predicted);
};

} // namespace sightline::ui
