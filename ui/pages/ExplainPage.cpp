// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/ExplainPage.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QSlider>
#include <QToolButton>

#include <algorithm>
#include <array>

#include "look/Icons.h"
#include "widgets/ColorBar.h"
#include "widgets/HeatMapView.h"
#include "widgets/Prompts.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr std::array<HeatMapMethod, 6> kMethods{HeatMapMethod::GradCam,         HeatMapMethod::HiResCam,
                                                HeatMapMethod::GradCamPlusPlus, HeatMapMethod::XGradCam,
                                                HeatMapMethod::LayerCam,        HeatMapMethod::EigenCam};

QStringList methodTitles() {
    return {QStringLiteral("Grad-CAM"),  QStringLiteral("HiResCAM"), QStringLiteral("Grad-CAM++"),
            QStringLiteral("XGrad-CAM"), QStringLiteral("LayerCAM"), QStringLiteral("Eigen-CAM")};
}
} // namespace

ExplainPage::ExplainPage(Session& session, QWidget* parent) : Page(session, parent) {
    setObjectName(QStringLiteral("explainPage"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    row->setSpacing(2 * theme::kGrid);
    row->addWidget(makeView(), 1);
    row->addWidget(makeControls());
    const auto key = [this](int code, auto work) {
        auto* shortcut = new QShortcut(QKeySequence(code), this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, work);
    };
    key(Qt::Key_H, [this] { m_view->setOverlayShown(!m_view->isOverlayShown()); });
    key(Qt::Key_Left, [this] { step(-1); });
    key(Qt::Key_Right, [this] { step(1); });
    connect(&session.questions(), &Questions::answerForgotten, this, &ExplainPage::showRun);
    connect(&session.questions(), &Questions::explanationReady, this, &ExplainPage::showAnswer);
    connect(&session.questions(), &Questions::explanationAsked, this, [this] { m_note->clear(); });
    connect(&session.questions(), &Questions::explanationFailed, this,
            [this](const QString& message) { m_note->setText(message); });
    showRun();
}

QWidget* ExplainPage::makeView() {
    auto* surface = new Surface(tr("Where the network looks"));
    auto* open = button(tr("Open an image…"), QStringLiteral("document-open"), "openImage",
                        tr("Any image file; or drop one here"));
    connect(open, &QPushButton::clicked, this, &ExplainPage::openFile);
    for (const auto& [name, icon, tip, by] :
         {std::tuple{"previousExplained", "go-previous", tr("Previous image of the data set (Left)"), -1},
          std::tuple{"nextExplained", "go-next", tr("Next image of the data set (Right)"), 1}}) {
        auto* arrow = named(new QToolButton, name, tip);
        arrow->setIcon(theme::icon(QLatin1String(icon)));
        arrow->setToolTip(tip);
        connect(arrow, &QToolButton::clicked, this, [this, by = by] { step(by); });
        surface->head()->addWidget(arrow);
    }
    surface->head()->addWidget(open);
    m_view = named(new HeatMapView(HeatMapView::Layout::SideBySide), "heatMapView");
    m_note = named(new QLabel, "explainNote");
    m_note->setProperty("bad", true);
    m_note->setWordWrap(true);
    surface->body()->addWidget(m_view, 1);
    surface->body()->addWidget(m_note);
    return surface;
}

QWidget* ExplainPage::makeControls() {
    auto* surface = new Surface(tr("Explanation"));
    surface->setFixedWidth(300);
    const auto labelled = [&](const QString& words, QWidget* control) {
        auto* label = new QLabel(words);
        label->setBuddy(control);
        surface->body()->addWidget(label);
        surface->body()->addWidget(control);
    };
    m_target = named(new QComboBox, "explainTarget", tr("Class to explain"));
    m_against = named(new QComboBox, "explainAgainst", tr("Class to compare with"));
    m_method = named(new QComboBox, "explainMethod", tr("Method"));
    m_method->addItems(methodTitles());
    m_layer = named(new QComboBox, "explainLayer", tr("Layer"));
    labelled(tr("Evidence for"), m_target);
    labelled(tr("compared with"), m_against);
    labelled(tr("Method"), m_method);
    labelled(tr("Layer"), m_layer);
    for (auto* box : {m_target, m_against, m_method, m_layer}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        connect(box, &QComboBox::activated, this, &ExplainPage::ask);
    }
    surface->body()->addSpacing(2 * theme::kGrid);
    auto* look = new QLabel(tr("Appearance"));
    look->setFont(theme::font(theme::Size::Base, true));
    surface->body()->addWidget(look);
    m_opacity = named(new QSlider(Qt::Horizontal), "explainOpacity", tr("Opacity of the heat map"));
    m_opacity->setRange(0, 100);
    m_opacity->setValue(50);
    m_opacity->installEventFilter(this);
    m_opacityText = new QLabel;
    connect(m_opacity, &QSlider::valueChanged, this, [this](int value) {
        m_view->setOpacity(value / 100.0);
        m_opacityText->setText(tr("Opacity %1 %").arg(value));
    });
    m_opacityText->setText(tr("Opacity %1 %").arg(50));
    surface->body()->addWidget(m_opacityText);
    surface->body()->addWidget(m_opacity);
    m_colors = named(new QComboBox, "explainColors", tr("Color map"));
    m_colors->addItems({QStringLiteral("Turbo"), QStringLiteral("Jet"), QStringLiteral("Inferno"),
                        QStringLiteral("Viridis"), tr("Gray")});
    labelled(tr("Color map"), m_colors);
    auto* bar = new ColorBar;
    surface->body()->addWidget(bar);
    connect(m_colors, &QComboBox::currentIndexChanged, this, [this, bar](int index) {
        m_view->setColors(static_cast<ColorMap>(index));
        bar->setColors(static_cast<ColorMap>(index));
    });
    auto* raw = named(new QCheckBox(tr("Show the raw map")), "explainRaw");
    raw->setToolTip(tr("The map at the layer's own resolution, before it is enlarged to the image."));
    connect(raw, &QCheckBox::toggled, m_view, &HeatMapView::setRawShown);
    surface->body()->addWidget(raw);
    surface->body()->addStretch(1);
    surface->body()->addWidget(
        mutedLabel(tr("H shows or hides the heat map. Left and Right go to the previous and next image.")));
    m_save = button(tr("Save picture…"), QStringLiteral("document-save"), "saveOverlay",
                    tr("Save the image with its heat map as PNG"));
    connect(m_save, &QPushButton::clicked, this, &ExplainPage::save);
    surface->body()->addWidget(m_save);
    return surface;
}

void ExplainPage::openFile() {
    const QString file = prompts().openFile(this, tr("Open an image"), {}, imageFileFilter());
    if (!file.isEmpty())
        session().questions().explain({std::nullopt, file});
}

/// Where walking begins: the first image that is judged by, of those that nobody has excluded.
std::uint32_t ExplainPage::firstSample(const Dataset& dataset) {
    for (const Subset subset : {Subset::Test, Subset::Validation, Subset::Train})
        if (const auto indices = dataset.indices(subset); !indices.empty())
            return indices.front();
    return 0;
}

void ExplainPage::step(int by) {
    const auto opened = session().data().dataset();
    if (!opened || opened->samples.empty())
        return;
    const auto count = static_cast<std::int64_t>(opened->samples.size());
    const auto& subject = session().questions().subject();
    const std::int64_t next =
        subject && subject->sample ? static_cast<std::int64_t>(*subject->sample) + by : firstSample(*opened);
    session().questions().explain({static_cast<std::uint32_t>((next + count) % count), {}});
}

/// Left and Right belong to the slider while it has the focus, and walk through the images else.
bool ExplainPage::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_opacity && event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Left || key == Qt::Key_Right) {
            event->accept();
            return true;
        }
    }
    return Page::eventFilter(watched, event);
}

void ExplainPage::ask() {
    HeatMapSettings question;
    question.method = kMethods[static_cast<std::size_t>(std::max(0, m_method->currentIndex()))];
    question.target = m_target->currentData().toString();
    question.layer = m_layer->currentData().toString();
    enableComparing();
    if (m_against->isEnabled() && m_against->currentIndex() > 0)
        question.target += QLatin1Char('-') + m_against->currentData().toString();
    session().questions().setHeatMapSettings(question);
}

/// Only a class can be compared with another.
void ExplainPage::enableComparing() {
    const bool isClass = m_target->currentIndex() > 1;
    m_against->setEnabled(isClass);
    m_against->setToolTip(isClass ? QString() : tr("Choose a class above to compare it with another."));
}

void ExplainPage::showRun() {
    const auto run = session().runs().run();
    for (auto* box : {m_target, m_against, m_layer})
        box->clear();
    m_target->addItem(tr("Predicted class"), QStringLiteral("predicted"));
    m_target->addItem(tr("True class"), QStringLiteral("true"));
    m_against->addItem(tr("No other class"));
    m_layer->addItem(tr("Automatic"), QString());
    if (run) {
        for (const std::string& name : run->classes)
            for (auto* box : {m_target, m_against})
                box->addItem(QString::fromStdString(name), QString::fromStdString(name));
        listLayers(run->graph);
    }
    showQuestion();
    m_view->setPlaceholder(!run ? tr("No network yet: train one, or open a run. Then drop any image here.")
                                : tr("Click an image in Evaluate, open a file, or drop one here."));
    showAnswer();
}

/// The layers of the network that was trained, whatever the settings say by now.
void ExplainPage::listLayers(const GraphSpec& graph) {
    if (graph.nodes.empty())
        return;
    m_layer->setItemText(0, tr("Automatic (%1)").arg(QString::fromStdString(defaultHeatMapNode(graph))));
    const auto cost = shapes(graph);
    for (std::size_t i = 1; cost && i < graph.nodes.size(); ++i)
        if (const QString id = QString::fromStdString(graph.nodes[i].id); cost->nodes[i].output.size() == 3)
            m_layer->addItem(id, id);
}

/// What the next answer answers: the boxes never show another question than the one that is asked.
void ExplainPage::showQuestion() {
    const HeatMapSettings& question = session().questions().heatMapSettings();
    const auto method = std::find(kMethods.begin(), kMethods.end(), question.method);
    m_method->setCurrentIndex(static_cast<int>(method - kMethods.begin()));
    m_layer->setCurrentIndex(std::max(0, m_layer->findData(question.layer)));
    m_against->setCurrentIndex(0);
    int target = m_target->findData(question.target);
    for (int i = 2; target < 0 && i < m_target->count(); ++i) { // A-B
        const QString positive = m_target->itemData(i).toString() + QLatin1Char('-');
        const int against =
            question.target.startsWith(positive) ? m_against->findData(question.target.mid(positive.size())) : -1;
        if (against > 0) {
            target = i;
            m_against->setCurrentIndex(against);
        }
    }
    m_target->setCurrentIndex(std::max(0, target));
    enableComparing();
}

void ExplainPage::showAnswer() {
    const auto answer = session().questions().answer();
    m_view->setExplained(answer);
    m_save->setEnabled(answer != nullptr);
    m_save->setToolTip(answer ? tr("Save the image with its heat map as PNG") : tr("Explain an image first."));
    m_note->clear();
    setBadge(answer ? Badge::Ready : Badge::None, 0);
}

bool ExplainPage::saveTo(const QString& file) {
    const auto written = writePng(file.toStdString(), m_view->overlaid());
    Q_EMIT said(written ? tr("Saved %1.").arg(file) : QString::fromStdString(written.error().message), written.ok());
    return written.ok();
}

void ExplainPage::save() {
    const auto answer = session().questions().answer();
    if (!answer)
        return;
    QString file = prompts().saveFile(this, tr("Save the image with its heat map"),
                                      QFileInfo(answer->title).completeBaseName() + QStringLiteral("-heat-map.png"),
                                      tr("PNG images (*.png)"));
    if (file.isEmpty())
        return;
    if (QFileInfo(file).suffix().isEmpty())
        file += QStringLiteral(".png");
    saveTo(file);
}

} // namespace sightline::ui
