// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>

#include "models/GalleryFilter.h"

namespace sightline::ui {

/// One way to look at an evaluation. What a person chooses in it says which images the gallery shows.
class EvaluateTab : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;
    virtual void setEvaluation(std::shared_ptr<const Evaluation> evaluation) = 0; ///< null: there is none
    virtual void clearChoice() = 0; ///< something else says which images are shown; emits nothing

Q_SIGNALS:
    void filtered(const sightline::ui::GalleryFilter& filter);
    void said(const QString& message, bool good); ///< for the strip above the page
};

} // namespace sightline::ui
