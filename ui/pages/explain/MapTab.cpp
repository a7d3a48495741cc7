// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/MapTab.h"

#include <QCheckBox>
#include <QComboBox>
#include <QSlider>

#include <cmath>

#include "look/Picture.h"
#include "pages/MapProgress.h"
#include "pages/explain/MapControls.h"
#include "pages/explain/TrustLine.h"
#include "pages/explain/UnknownLine.h"
#include "widgets/ArrowKeys.h"
#include "widgets/ColorBar.h"
#include "widgets/HeatMapView.h"
#include "widgets/LayerStrip.h"
#include "widgets/Surface.h"

namespace sightline::ui {

MapTab::MapTab(Session& session, MapLook& look) : ExplainTab(session, look, tr("Heat map")) {
    setObjectName(QStringLiteral("mapTab"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto* surface = new Surface;
    m_view = named(new HeatMapView(HeatMapView::Layout::SideBySide), "heatMapView");
    m_trust = named(new TrustLine(session.engine().door(), session.activities(), QStringLiteral("trust")), "trustLine");
    m_unknown = named(new UnknownLine(session.unknown(), session.engine().door(), session.activities()), "unknownLine");
    m_note = named(new QLabel, "explainNote");
    m_note->setProperty("bad", true);
    m_note->setWordWrap(true);
    m_note->hide();
    m_strip = named(new LayerStrip(LayerStrip::Offer::WithPlaces), "mapLayers");
    surface->body()->addWidget(m_view, 1);
    surface->body()->addWidget(new MapProgress(session.questions(), "mapProgress"));
    surface->body()->addWidget(m_unknown);
    surface->body()->addWidget(m_trust);
    surface->body()->addWidget(m_note);
    surface->body()->addWidget(m_strip);
    column->addWidget(surface);
    setControls(makeControls());
    connect(m_strip, &LayerStrip::chosen, this, &MapTab::chooseLayer);
    connect(m_question, &MapControls::asked, this, &MapTab::showLayer);
    connect(&look, &MapLook::changed, this, &MapTab::showLook);
    showLook();
    const auto note = [this](const QString& message) {
        m_note->setText(message);
        m_note->setVisible(!message.isEmpty());
    };
    connect(&session.questions(), &Questions::explanationAsked, this, [note] { note({}); });
    connect(&session.questions(), &Questions::explanationReady, this, [note] { note({}); });
    connect(&session.questions(), &Questions::explanationFailed, this, note);
    connect(&session.questions(), &Questions::explanationCancelled, this, [this] {
        m_question->showQuestion();
        showLayer();
    });
    forget();
}

QWidget* MapTab::makeControls() {
    auto* surface = new Surface(tr("Explanation"));
    m_question = new MapControls(session());
    surface->body()->addWidget(m_question);
    surface->body()->addSpacing(theme::kGrid);
    addAppearance(*surface);
    m_save = button(tr("Save picture…"), QStringLiteral("document-save"), "saveOverlay");
    connect(m_save, &QPushButton::clicked, this, &MapTab::save);
    surface->body()->addWidget(m_save);
    return surface;
}

void MapTab::addAppearance(QWidget& surface) {
    auto* body = static_cast<Surface&>(surface).body();
    auto* title = new QLabel(tr("Appearance"));
    title->setFont(theme::font(theme::Size::Base, true));
    body->addWidget(title);
    const auto slider = [](const char* name, const QString& words, double share, double most) {
        auto* made = named(new QSlider(Qt::Horizontal), name, words);
        made->setRange(0, static_cast<int>(std::lround(100 * most)));
        made->setValue(static_cast<int>(std::lround(100 * share)));
        keepArrowKeys(made);
        return made;
    };
    m_opacity = slider("explainOpacity", tr("Opacity of the heat map"), look().opacity(), 1);
    m_opacityText = new QLabel;
    connect(m_opacity, &QSlider::valueChanged, this, [this](int value) { look().setOpacity(value / 100.0); });
    m_threshold =
        slider("explainThreshold", tr("Least heat that is shown"), look().threshold(), MapLook::kMostThreshold);
    m_threshold->setToolTip(tr("Hides heat under this share of the hottest."));
    m_thresholdText = named(new QLabel, "explainThresholdText");
    connect(m_threshold, &QSlider::valueChanged, this, [this](int value) { look().setThreshold(value / 100.0); });
    m_colors = named(new QComboBox, "explainColors", tr("Color map"));
    m_colors->addItems(colorMapTitles());
    m_colors->setCurrentIndex(static_cast<int>(look().colors()));
    m_colors->setToolTip(tr("Color map"));
    m_bar = named(new ColorBar, "explainColorBar", tr("What the colors mean"));
    connect(m_colors, &QComboBox::currentIndexChanged, this, [this](int index) {
        look().setColors(static_cast<ColorMap>(index));
        showColors();
    });
    auto* raw = named(new QCheckBox(tr("Show the raw map")), "explainRaw");
    raw->setToolTip(tr("The map at the layer's own resolution, before it is enlarged to the image."));
    connect(raw, &QCheckBox::toggled, m_view, &HeatMapView::setRawShown);
    for (QWidget* part :
         std::initializer_list<QWidget*>{m_opacityText, m_opacity, m_thresholdText, m_threshold, m_colors, m_bar, raw})
        body->addWidget(part);
    body->addStretch(1);
    body->addWidget(mutedLabel(tr("H shows or hides the heat map. Left and Right go to the previous and next image.")));
}

void MapTab::showLook() {
    m_view->setLook(look().values());
    m_opacityText->setText(tr("Opacity %1 %").arg(std::lround(100 * look().opacity())));
    const long share = std::lround(100 * look().threshold());
    m_thresholdText->setText(share > 0 ? tr("Heat from %1 % of the hottest").arg(share) : tr("All heat is shown"));
}

void MapTab::forget() {
    const auto opened = run();
    m_question->showRun();
    m_strip->setGraph(opened ? opened->graph : GraphSpec());
    m_strip->setVisible(m_strip->count() > 0);
    showLayer();
    m_view->setPlaceholder(!opened ? tr("No network yet: train one, or open a run. Then drop any image here.")
                                   : tr("Click an image in Evaluate, open a file, or drop one here."));
    follow();
}

void MapTab::toggleOverlay() {
    m_view->setOverlayShown(!m_view->isOverlayShown());
}

void MapTab::chooseLayer(const QString& id) {
    HeatMapSettings settings = session().questions().heatMapSettings();
    settings.layer = id;
    session().questions().setHeatMapSettings(settings);
    m_question->showQuestion();
}

/// The layer that was chosen, or the one that is taken by itself.
void MapTab::showLayer() {
    const HeatMapSettings& settings = session().questions().heatMapSettings();
    const auto opened = run();
    m_strip->setRefusal(m_question->refusal());
    m_strip->setCurrent(!settings.layer.isEmpty() || !opened
                            ? settings.layer
                            : QString::fromStdString(defaultHeatMapNode(opened->graph)));
}

/// A map with both signs has colors of its own, whatever is chosen for the others.
void MapTab::showColors() {
    const bool bothSigns = answer() && answer()->explanation.isSigned;
    m_bar->setColors(answer() ? look().colorsFor(answer()->explanation) : look().colors());
    m_colors->setEnabled(!bothSigns);
    m_colors->setToolTip(bothSigns ? tr("This map tells evidence for the class from evidence against it: its colors "
                                        "are fixed.")
                                   : tr("Color map"));
}

void MapTab::follow() {
    showColors();
    m_view->setExplained(answer());
    m_unknown->setAnswer(answer());
    m_trust->setAnswer(answer());
    m_save->setEnabled(answer() != nullptr);
    m_save->setToolTip(answer() ? tr("Save the image with its heat map as PNG") : tr("Explain an image first."));
}

void MapTab::save() {
    if (!answer())
        return;
    const HeatMap& said = answer()->explanation;
    savePicture(toQImage(m_view->overlaid()), QStringLiteral("heat-map"),
                {{QStringLiteral("Title"), tr("%1: %2").arg(answer()->title, m_view->caption())},
                 {QStringLiteral("Method"), titleOf(answer()->settings.method)},
                 {QStringLiteral("Layer"), QString::fromStdString(said.layer)},
                 {QStringLiteral("Target"), QString::fromStdString(said.target)},
                 {QStringLiteral("Appearance"), look().words(said)}});
}

} // namespace sightline::ui
