// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/MapControls.h"

#include <QComboBox>
#include <QFormLayout>

#include <algorithm>

#include "engine/questions/TargetClasses.h"
#include "widgets/Surface.h"

namespace sightline::ui {

QString titleOf(HeatMapMethod method) {
    switch (method) {
    case HeatMapMethod::GradCam:
        return QStringLiteral("Grad-CAM");
    case HeatMapMethod::HiResCam:
        return QStringLiteral("HiResCAM");
    case HeatMapMethod::GradCamPlusPlus:
        return QStringLiteral("Grad-CAM++");
    case HeatMapMethod::XGradCam:
        return QStringLiteral("XGrad-CAM");
    case HeatMapMethod::LayerCam:
        return QStringLiteral("LayerCAM");
    case HeatMapMethod::EigenCam:
        return QStringLiteral("Eigen-CAM");
    case HeatMapMethod::LayerCamFused:
        return MapControls::tr("LayerCAM, fused");
    case HeatMapMethod::FinerCam:
        return QStringLiteral("Finer-CAM");
    case HeatMapMethod::ScoreCam:
        return QStringLiteral("Score-CAM");
    case HeatMapMethod::Occlusion:
        return MapControls::tr("Occlusion");
    case HeatMapMethod::IntegratedGradients:
        return MapControls::tr("Integrated gradients");
    case HeatMapMethod::SmoothGrad:
        return QStringLiteral("SmoothGrad");
    case HeatMapMethod::GuidedBackprop:
        return MapControls::tr("Guided backpropagation");
    }
    return {};
}

namespace {
constexpr int kWords = 2, kNoClass = 1; ///< entries before the classes: of the target, and of what it is against
} // namespace

MapControls::MapControls(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setSpacing(theme::kGrid);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_target = named(new QComboBox, "explainTarget", tr("Class to explain"));
    m_against = named(new QComboBox, "explainAgainst", tr("Class to compare with"));
    m_method = named(new QComboBox, "explainMethod", tr("Method"));
    for (const HeatMapMethod method : heatMapMethods())
        m_method->addItem(titleOf(method), static_cast<int>(method));
    m_layer = named(new QComboBox, "explainLayer", tr("Layer"));
    form->addRow(tr("Evidence for"), m_target);
    form->addRow(tr("Against"), m_against);
    form->addRow(tr("Method"), m_method);
    form->addRow(tr("Layer"), m_layer);
    for (auto* box : {m_target, m_against, m_method, m_layer}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(10);
        connect(box, &QComboBox::activated, this, &MapControls::ask);
    }
}

void MapControls::ask() {
    HeatMapSettings question;
    question.method = static_cast<HeatMapMethod>(m_method->currentData().toInt());
    question.target = m_target->currentData().toString();
    const int target = m_target->currentIndex() - kWords, against = m_against->currentIndex() - kNoClass;
    question.layer = m_layer->currentData().toString();
    enableByChoice();
    if (const auto run = m_session.runs().run(); run && target >= 0)
        question.target = QString::fromStdString(
            targetText(run->classes, target, m_against->isEnabled() ? std::max(-1, against) : -1));
    m_session.questions().setHeatMapSettings(question);
    Q_EMIT asked();
}

/// Only a class can be compared with another, and not every method has a layer.
void MapControls::enableByChoice() {
    const bool isClass = m_target->currentIndex() >= kWords;
    m_against->setEnabled(isClass);
    m_against->setToolTip(isClass ? m_against->currentText() : tr("Choose a class above to compare it with another."));
    m_layer->setEnabled(refusal().isEmpty());
    m_layer->setToolTip(refusal().isEmpty() ? m_layer->currentText() : refusal()); // where it is cut off
    m_target->setToolTip(m_target->currentText());
}

QString MapControls::refusal() const {
    const auto method = static_cast<HeatMapMethod>(m_method->currentData().toInt());
    return hasLayer(method) ? QString() : tr("%1 takes no layer.").arg(titleOf(method));
}

void MapControls::showRun() {
    const auto run = m_session.runs().run();
    for (auto* box : {m_target, m_against, m_layer})
        box->clear();
    m_target->addItem(tr("Predicted class"), QStringLiteral("predicted"));
    m_target->addItem(tr("True class"), QStringLiteral("true"));
    m_against->addItem(tr("No other class"));
    m_layer->addItem(tr("Automatic"), QString());
    if (run) {
        for (const std::string& name : run->classes)
            for (auto* box : {m_target, m_against})
                box->addItem(QString::fromStdString(name));
        listLayers(run->graph);
    }
    showQuestion();
}

/// The layers of the network that was trained, whatever the settings say by now.
void MapControls::listLayers(const GraphSpec& graph) {
    if (graph.nodes.empty())
        return;
    m_layer->setItemText(0, tr("Auto: %1").arg(QString::fromStdString(defaultHeatMapNode(graph))));
    const auto cost = shapes(graph);
    for (std::size_t i = 1; cost && i < graph.nodes.size(); ++i)
        if (const QString id = QString::fromStdString(graph.nodes[i].id); cost->nodes[i].output.size() == 3)
            m_layer->addItem(id, id);
}

void MapControls::showQuestion() {
    const HeatMapSettings& question = m_session.questions().heatMapSettings();
    m_method->setCurrentIndex(std::max(0, m_method->findData(static_cast<int>(question.method))));
    m_layer->setCurrentIndex(std::max(0, m_layer->findData(question.layer)));
    m_against->setCurrentIndex(0);
    if (!showClasses(question.target.toStdString()))
        m_target->setCurrentIndex(std::max(0, m_target->findData(question.target)));
    enableByChoice();
}

bool MapControls::showClasses(const std::string& target) {
    const auto run = m_session.runs().run();
    const auto read = run ? targetClasses(target, run->classes, -1, -1) : Result<TargetClasses>(Error{});
    if (!read || read->positive < 0)
        return false;
    m_target->setCurrentIndex(read->positive + kWords);
    m_against->setCurrentIndex(std::max(-1, read->negative) + kNoClass);
    return true;
}

} // namespace sightline::ui
