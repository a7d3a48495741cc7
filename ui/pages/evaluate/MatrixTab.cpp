// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/MatrixTab.h"

#include <QCheckBox>
#include <QComboBox>

#include "widgets/ConfusionView.h"
#include "widgets/Surface.h"

namespace sightline::ui {

MatrixTab::MatrixTab(QWidget* parent) : EvaluateTab(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(theme::kGrid);
    auto* tools = new QHBoxLayout;
    tools->setSpacing(2 * theme::kGrid);
    auto* cells = named(new QComboBox, "confusionMode", tr("What the cells show"));
    cells->addItems({tr("Counts"), tr("% of the true class"), tr("% of the predicted class")});
    auto* diagonal = named(new QCheckBox(tr("Hide the diagonal")), "confusionDiagonal", tr("Hide the diagonal"));
    diagonal->setToolTip(tr("Shows the errors only, in the whole range of their color"));
    tools->addWidget(cells);
    tools->addWidget(diagonal);
    tools->addStretch(1);
    column->addLayout(tools);
    m_matrix = named(new ConfusionView, "confusionMatrix", tr("Confusion matrix"));
    column->addWidget(m_matrix, 1);
    connect(cells, &QComboBox::currentIndexChanged, this,
            [this](int index) { m_matrix->setCells(static_cast<ConfusionView::Cells>(index)); });
    connect(diagonal, &QCheckBox::toggled, this, [this](bool hidden) { m_matrix->setDiagonalShown(!hidden); });
    connect(m_matrix, &ConfusionView::selected, this, [this](int truth, int predicted) {
        Q_EMIT filtered(GalleryFilter::ofCell(*m_evaluation, truth, predicted));
    });
}

void MatrixTab::setEvaluation(std::shared_ptr<const Evaluation> evaluation) {
    m_evaluation = std::move(evaluation);
    const bool fits = m_evaluation && m_evaluation->confusion.classes() <= kMostClasses;
    m_matrix->setEvaluation(fits ? m_evaluation : nullptr);
}

void MatrixTab::clearChoice() {
    m_matrix->select(-1, -1);
}

} // namespace sightline::ui
