// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/search/TrialPlots.h"

#include <QComboBox>

#include <algorithm>

#include "look/Words.h"
#include "widgets/ParallelPlot.h"
#include "widgets/ScatterPlot.h"
#include "widgets/Surface.h"

namespace sightline::ui {

TrialPlots::TrialPlots(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(2 * theme::kGrid);
    auto* parallel = new Surface(tr("All settings"));
    m_parallel = named(new ParallelPlot, "parallelPlot", tr("Trials in parallel coordinates"));
    parallel->body()->addWidget(m_parallel, 1);
    auto* legend = mutedLabel(tr("Bluer is better; pruned trials are dashed."));
    legend->setWordWrap(false);
    parallel->head()->addWidget(legend);
    row->addWidget(parallel, 3);
    auto* scatter = new Surface(tr("One setting"));
    m_axis = named(new QComboBox, "scatterAxis", tr("Setting from left to right"));
    m_axis->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_axis->setMinimumContentsLength(14);
    scatter->head()->addWidget(m_axis);
    m_scatter = named(new ScatterPlot, "scatterPlot", tr("A setting against the objective"));
    scatter->body()->addWidget(m_scatter, 1);
    row->addWidget(scatter, 2);
    wire(*m_parallel);
    wire(*m_scatter);
    connect(m_axis, &QComboBox::currentIndexChanged, this, &TrialPlots::showScatter);
    connect(&session.searches(), &SearchDesk::shownChanged, this, &TrialPlots::show);
    show();
}

void TrialPlots::wire(MarkPlot& plot) {
    const auto trial = [this](int mark) { return m_marks.trials[static_cast<std::size_t>(mark)]; };
    connect(&plot, &MarkPlot::hovered, this, [this, trial](int mark) {
        const std::optional<int> which = mark < 0 ? std::nullopt : std::optional(trial(mark));
        setHighlighted(which);
        Q_EMIT hovered(which);
    });
    connect(&plot, &MarkPlot::chosen, this, [this, trial](int mark) { Q_EMIT chosen(trial(mark)); });
}

int TrialPlots::markOf(std::optional<int> trial) const {
    const auto found = trial ? std::find(m_marks.trials.begin(), m_marks.trials.end(), *trial) : m_marks.trials.end();
    return found == m_marks.trials.end() ? -1 : static_cast<int>(found - m_marks.trials.begin());
}

void TrialPlots::setHighlighted(std::optional<int> trial) {
    m_parallel->setHighlighted(markOf(trial));
    m_scatter->setHighlighted(markOf(trial));
}

void TrialPlots::show() {
    const auto& shown = m_session.searches().shown();
    m_marks = shown ? marksOf(*shown) : TrialMarks();
    m_parallel->setMarks(m_marks.axes, m_marks.marks,
                         counted(static_cast<qlonglong>(m_marks.marks.size()), tr("%1 trial"), tr("%1 trials")));
    QStringList titles, titlesBefore;
    for (std::size_t axis = 0; axis + 1 < m_marks.axes.size(); ++axis)
        titles << m_marks.axes[axis].title;
    for (int i = 0; i < m_axis->count(); ++i)
        titlesBefore << m_axis->itemText(i);
    if (titles != titlesBefore) {
        const QSignalBlocker blocker(m_axis);
        m_axis->clear();
        m_axis->addItems(titles);
    }
    showScatter();
}

void TrialPlots::showScatter() {
    const int axis = m_axis->currentIndex();
    const TrialMarks two = axis < 0 ? TrialMarks() : marksAlong(m_marks, static_cast<std::size_t>(axis));
    m_scatter->setMarks(two.axes, two.marks,
                        counted(static_cast<qlonglong>(two.marks.size()), tr("%1 trial"), tr("%1 trials")));
}

} // namespace sightline::ui
