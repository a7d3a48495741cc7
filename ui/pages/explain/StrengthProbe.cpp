// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/StrengthProbe.h"

#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

#include "look/CorruptionWords.h"
#include "widgets/StrengthCurve.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kMoment = 250;                    ///< milliseconds: who draws a slider does not wait for each place
constexpr int kHeight = 96, kLongestName = 200; ///< pixels

bool hasConvolution(const GraphSpec& graph) {
    return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) { return node.op == Op::Conv2d; });
}
} // namespace

StrengthProbe::StrengthProbe(EngineDoor door, Activities& activities, QWidget* parent)
    : QWidget(parent), m_asker(std::move(door), activities) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    m_title = named(mutedLabel({}), "strengthTitle");
    m_curve = named(new StrengthCurve, "strengthCurve", tr("Probability against strength"));
    m_curve->setMeasure(tr("%1: probability %2"));
    m_curve->setFixedHeight(kHeight);
    column->addWidget(m_title);
    column->addWidget(m_curve);
    m_moment.setSingleShot(true);
    m_moment.setInterval(kMoment);
    connect(&m_moment, &QTimer::timeout, this, &StrengthProbe::askNext);
}

std::vector<double> StrengthProbe::strengthsOf(Corruption kind) {
    const CorruptionScale scale = scaleOf(kind);
    std::vector<double> strengths;
    if (scale.hasDirections())
        for (auto point = scale.points.rbegin(); point != scale.points.rend(); ++point)
            if (*point > 0)
                strengths.push_back(-*point);
    strengths.insert(strengths.end(), scale.points.begin(), scale.points.end());
    return strengths;
}

void StrengthProbe::setImage(std::shared_ptr<const HeatMapAnswer> answer, Corruption kind, Changes others) {
    if (answer == m_answer && kind == m_kind && others == m_others)
        return;
    m_asker.cancel();
    m_moment.stop();
    m_answer = std::move(answer);
    m_kind = kind;
    m_others = std::move(others);
    m_strengths = m_answer ? strengthsOf(kind) : std::vector<double>();
    m_done = 0;
    m_curve->setPoints({}, {});
    if (!m_strengths.empty())
        m_curve->setRange(m_strengths.front(), m_strengths.back());
    showTitle();
    if (m_answer)
        m_moment.start();
}

void StrengthProbe::setStrength(double strength) {
    m_curve->setMark(strength);
}

void StrengthProbe::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_done < m_strengths.size() && !m_asker.isBusy())
        m_moment.start();
}

void StrengthProbe::askNext() {
    if (!isVisible() || m_done >= m_strengths.size())
        return;
    const double strength = m_strengths[m_done];
    StrengthProbe::Changes changes = m_others;
    changes.emplace_back(m_kind, strength);
    m_asker.ask(
        m_answer->source, {},
        [of = m_answer, changes](const std::stop_token&) {
            // The plainest map that this network has: only its probabilities are of interest.
            HeatMapQuestion question;
            if (!hasConvolution(of->run->graph))
                question.method = HeatMapMethod::SmoothGrad;
            question.image = fitted(*of->decoded, of->run->experiment.data);
            for (const auto& [kind, amount] : changes)
                if (amount != 0)
                    question.image = corrupted(question.image, kind, amount);
            return question;
        },
        [this, strength](Result<HeatMap> said) {
            if (!said) {
                m_strengths.clear();
                return m_title->setText(QString::fromStdString(said.error().message));
            }
            take(*said, strength);
            askNext();
        });
}

void StrengthProbe::take(const HeatMap& map, double strength) {
    ++m_done;
    const auto probability = [&](int index) -> std::optional<double> {
        if (index < 0 || static_cast<std::size_t>(index) >= map.probabilities.size())
            return std::nullopt;
        return static_cast<double>(map.probabilities[static_cast<std::size_t>(index)]);
    };
    const bool mistaken = m_answer->truth >= 0 && m_answer->truth != m_answer->explanation.predicted;
    m_curve->addPoint({strength, strengthText(m_kind, strength),
                       probability(m_answer->explanation.predicted).value_or(0),
                       mistaken ? probability(m_answer->truth) : std::nullopt},
                      mistaken ? m_answer->className : QString());
}

void StrengthProbe::showTitle() {
    if (!m_answer)
        return m_title->clear();
    const HeatMap& said = m_answer->explanation;
    const auto predicted = static_cast<std::size_t>(said.predicted);
    const auto shortened = [this](const QString& name) {
        return m_title->fontMetrics().elidedText(name, Qt::ElideMiddle, kLongestName);
    };
    const QString name = shortened(predicted < said.classes.size() ? QString::fromStdString(said.classes[predicted])
                                                                   : QString::number(predicted));
    const bool mistaken = m_answer->truth >= 0 && m_answer->truth != said.predicted;
    m_title->setText(
        mistaken ? tr("%1: probability of %2; dashed: of %3").arg(titleOf(m_kind), shortened(m_answer->className), name)
                 : tr("%1: probability of %2").arg(titleOf(m_kind), name));
}

} // namespace sightline::ui
