// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/ExplainPage.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QSlider>
#include <QToolButton>

#include "look/Icons.h"
#include "prompts/Prompts.h"
#include "widgets/ColorBar.h"
#include "widgets/HeatMapView.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr std::array<CamMethod, 6> kMethods{CamMethod::GradCam,  CamMethod::HiResCam, CamMethod::GradCamPlusPlus,
                                            CamMethod::XGradCam, CamMethod::LayerCam, CamMethod::EigenCam};

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
    connect(&session, &Session::runStarted, this, &ExplainPage::showRun);
    connect(&session, &Session::explanationReady, this, &ExplainPage::showAnswer);
    connect(&session, &Session::explanationAsked, this, [this] { m_note->clear(); });
    connect(&session, &Session::explanationFailed, this, [this](const QString& message) { m_note->setText(message); });
    connect(&session, &Session::dataOpened, this, &ExplainPage::showRun);
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
    m_view = named(new HeatMapView(session(), HeatMapView::Layout::SideBySide), "heatMapView");
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
    const QString file = prompts().openFile(this, tr("Open an image"), {},
                                            tr("Images (*.png *.jpg *.jpeg *.bmp *.gif *.tif *.tiff *.webp)"));
    if (!file.isEmpty())
        session().explain({std::nullopt, file});
}

void ExplainPage::step(int by) {
    const auto opened = session().dataset();
    if (!opened || opened->samples.empty())
        return;
    const auto count = static_cast<std::int64_t>(opened->samples.size());
    const auto tests = opened->indices(opened->count(Subset::Test) > 0 ? Subset::Test : Subset::Train);
    const auto& subject = session().subject();
    const std::int64_t now =
        subject && subject->sample ? static_cast<std::int64_t>(*subject->sample) + by : tests.front();
    session().explain({static_cast<std::uint32_t>((now + count) % count), {}});
}

void ExplainPage::ask() {
    Question question;
    question.method = kMethods[static_cast<std::size_t>(std::max(0, m_method->currentIndex()))];
    question.target = m_target->currentData().toString();
    question.layer = m_layer->currentData().toString();
    const bool isClass = m_target->currentIndex() > 1;
    m_against->setEnabled(isClass);
    m_against->setToolTip(isClass ? QString() : tr("Choose a class above to compare it with another."));
    if (isClass && m_against->currentIndex() > 0)
        question.target += QLatin1Char('-') + m_against->currentData().toString();
    session().setQuestion(question);
}

void ExplainPage::showRun() {
    const auto& run = session().run();
    for (auto* box : {m_target, m_against, m_layer})
        box->clear();
    m_target->addItem(tr("the predicted class"), QStringLiteral("predicted"));
    m_target->addItem(tr("the true class"), QStringLiteral("true"));
    m_against->addItem(tr("no other class"));
    m_layer->addItem(tr("Automatic"), QString());
    if (run) {
        for (const std::string& name : run->classes) {
            m_target->addItem(QString::fromStdString(name), QString::fromStdString(name));
            m_against->addItem(QString::fromStdString(name), QString::fromStdString(name));
        }
        if (const auto graph = graphFor(run->experiment, std::max<int>(1, static_cast<int>(run->classes.size())))) {
            const QString automatic = QString::fromStdString(defaultHeatMapNode(*graph));
            m_layer->setItemText(0, tr("Automatic (%1)").arg(automatic));
            if (const auto cost = shapes(*graph))
                for (std::size_t i = 1; i < graph->nodes.size(); ++i)
                    if (cost->nodes[i].output.size() == 3)
                        m_layer->addItem(QString::fromStdString(graph->nodes[i].id),
                                         QString::fromStdString(graph->nodes[i].id));
        }
    }
    if (session().question().target != QLatin1String("predicted") || !session().question().layer.isEmpty())
        session().setQuestion({});
    m_method->setCurrentIndex(0);
    m_against->setEnabled(false);
    m_view->setPlaceholder(!run ? tr("No network yet: train one, or open a run. Then drop any image here.")
                                : tr("Click an image in Evaluate, open a file, or drop one here."));
    m_note->clear();
    showAnswer();
}

void ExplainPage::showAnswer() {
    const bool there = session().answer() != nullptr;
    m_save->setEnabled(there);
    m_save->setToolTip(there ? tr("Save the image with its heat map as PNG") : tr("Explain an image first."));
    m_note->clear();
    setBadge(there ? Badge::Ready : Badge::None, 0);
}

bool ExplainPage::saveTo(const QString& file) {
    const auto written = writePng(file.toStdString(), m_view->overlaid());
    Q_EMIT said(written ? tr("Saved %1.").arg(file) : QString::fromStdString(written.error().message), written.ok());
    return written.ok();
}

void ExplainPage::save() {
    const auto answer = session().answer();
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
