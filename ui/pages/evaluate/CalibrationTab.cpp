// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/CalibrationTab.h"

#include <algorithm>

#include "look/Words.h"
#include "widgets/ReliabilityView.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
QString rounded(double share) {
    return QStringLiteral("%1 %").arg(100 * share, 0, 'f', 0);
}

QString points(double share) {
    return CalibrationTab::tr("%1 points").arg(fixed(100 * share, 1));
}
} // namespace

QString calibrationSentence(const Calibration& calibration) {
    const auto fullest =
        std::max_element(calibration.bins.begin(), calibration.bins.end(),
                         [](const ConfidenceBin& a, const ConfidenceBin& b) { return a.images < b.images; });
    if (fullest == calibration.bins.end() || !fullest->confidence || !fullest->accuracy)
        return {};
    return CalibrationTab::tr("When it says %1, it is right %2 of the time.")
        .arg(rounded(*fullest->confidence), rounded(*fullest->accuracy));
}

QString calibrationError(const Calibration& calibration) {
    if (!calibration.ece)
        return {};
    const QString error = CalibrationTab::tr("On average, confidence and accuracy are %1 apart (expected calibration "
                                             "error).")
                              .arg(points(*calibration.ece));
    if (!calibration.temperature || !calibration.eceAfter)
        return error;
    const QString temperature = fixed(*calibration.temperature, 2), after = points(*calibration.eceAfter);
    const QString remedy =
        *calibration.temperature > 1
            ? CalibrationTab::tr(
                  "On the validation images it is too sure of itself: a temperature of %1 would leave %2.")
            : CalibrationTab::tr("On the validation images it is not sure enough: a temperature of %1 would leave %2.");
    return error + QLatin1Char(' ') + remedy.arg(temperature, after);
}

CalibrationTab::CalibrationTab(QWidget* parent) : EvaluateTab(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(theme::kGrid);
    m_sentence = named(new QLabel, "calibrationSentence");
    m_sentence->setFont(theme::font(theme::Size::Title, true));
    m_sentence->setWordWrap(true);
    m_error = named(mutedLabel({}), "calibrationError");
    m_error->setToolTip(tr("The temperature divides what comes before the softmax: the classes' order stays, only the "
                           "probabilities change. It was fitted on the validation images."));
    m_diagram = named(new ReliabilityView, "reliabilityDiagram", tr("Reliability diagram"));
    column->addWidget(m_sentence);
    column->addWidget(m_error);
    column->addSpacing(theme::kGrid);
    column->addWidget(m_diagram, 1);
    connect(m_diagram, &ReliabilityView::selected, this, &CalibrationTab::choose);
}

void CalibrationTab::setEvaluation(std::shared_ptr<const Evaluation> evaluation) {
    m_evaluation = std::move(evaluation);
    const Calibration calibration = m_evaluation ? m_evaluation->calibration : Calibration();
    m_sentence->setText(calibrationSentence(calibration));
    m_error->setText(calibrationError(calibration));
    m_diagram->setBins(calibration.bins);
}

void CalibrationTab::clearChoice() {
    m_diagram->select(-1);
}

void CalibrationTab::choose(int bin) {
    if (bin < 0)
        return filtered({});
    const bool last = static_cast<std::size_t>(bin) + 1 == m_evaluation->calibration.bins.size();
    const ConfidenceBin& range = m_evaluation->calibration.bins[static_cast<std::size_t>(bin)];
    Q_EMIT filtered(
        GalleryFilter::where(*m_evaluation, tr("confidence %1 to %2").arg(percent(range.lower), percent(range.upper)),
                             [&](const Prediction& prediction) {
                                 return prediction.truth >= 0 && (prediction.confidence > range.lower || bin == 0) &&
                                        (prediction.confidence <= range.upper || last);
                             }));
}

} // namespace sightline::ui
