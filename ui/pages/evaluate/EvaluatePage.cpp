// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/EvaluatePage.h"

#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>

#include <utility>

#include "bridge/UnknownScores.h"
#include "pages/MapProgress.h"
#include "pages/RefuseShareField.h"
#include "pages/evaluate/CalibrationTab.h"
#include "pages/evaluate/ClassesTab.h"
#include "pages/evaluate/EvaluateGallery.h"
#include "pages/evaluate/EvaluateHead.h"
#include "pages/evaluate/ImageMapTab.h"
#include "pages/evaluate/MatrixTab.h"
#include "pages/evaluate/PairsTab.h"
#include "pages/evaluate/RobustnessCurvesTab.h"
#include "pages/evaluate/ShortcutsTab.h"
#include "pages/evaluate/SuspectsTab.h"
#include "pages/explain/TrustLine.h"
#include "widgets/HeatMapView.h"
#include "widgets/Placeholder.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kMatrix = 0, kPairs = 2; ///< places among the tabs
}

EvaluatePage::EvaluatePage(Session& session, Thumbnails& thumbnails, QWidget* parent) : Page(session, parent) {
    setObjectName(QStringLiteral("evaluatePage"));
    RefuseShareField::restore(session);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(theme::kGrid);
    column->addWidget(makeHead());
    m_bar = named(new QTabBar, "evaluateTabs", tr("Ways to look at the evaluation"));
    m_bar->setDrawBase(false);
    m_bar->setExpanding(false);
    column->addWidget(m_bar);
    auto* splitter = named(new QSplitter, "evaluateSplitter");
    splitter->setHandleWidth(2 * theme::kGrid);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(makeTabs(thumbnails));
    splitter->addWidget(makeGallery(thumbnails));
    splitter->addWidget(makeAnswer());
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({500, 450, 260});
    column->addWidget(splitter, 1);
    auto* toggle = new QShortcut(QKeySequence(Qt::Key_H), this); // while the page is seen, wherever the focus is
    connect(toggle, &QShortcut::activated, this, [this] { m_answer->setOverlayShown(!m_answer->isOverlayShown()); });
    m_unknown =
        new UnknownScores(session.unknown(), session.runs(), session.engine().door(), session.activities(), this);
    connect(m_unknown, &UnknownScores::judged, m_gallery, &EvaluateGallery::setUnknown);
    connect(&session.questions(), &Questions::evaluationChanged, this, &EvaluatePage::followEvaluation);
    connect(&session.questions(), &Questions::imagesChosen, this, [this](const GalleryFilter& asked, qint64 current) {
        m_gallery->showAll();
        filter(nullptr, asked);
        if (current >= 0)
            m_gallery->choose(static_cast<std::uint32_t>(current));
    });
    connect(&session.questions(), &Questions::answerForgotten, this, &EvaluatePage::showAnswer);
    connect(&session.questions(), &Questions::explanationReady, this, &EvaluatePage::showAnswer);
    connect(&session.data(), &DataDesk::opened, this, &EvaluatePage::showEvaluation);
    showEvaluation();
    showAnswer();
}

QWidget* EvaluatePage::makeHead() {
    auto* head = new EvaluateHead(session());
    connect(head, &EvaluateHead::classifyAsked, this, [this] {
        if (const auto& run = session().runs().run())
            Q_EMIT classifyRequested(QString::fromStdString(run->folder.string()),
                                     QString::fromStdString(run->experiment.name));
    });
    return head;
}

QWidget* EvaluatePage::makeTabs(Thumbnails& thumbnails) {
    auto* surface = new Surface;
    m_tabs = new QStackedWidget;
    addTab(new MatrixTab, "evaluate-matrix", tr("Matrix"), tr("Which classes are confused with which"));
    addTab(new ClassesTab, "evaluate-classes", tr("Classes"), tr("Precision, recall and more of each class"));
    addTab(new PairsTab, "evaluate-pairs", tr("Confused pairs"), tr("The pairs of classes that are confused most"));
    addTab(new CalibrationTab, "evaluate-calibration", tr("Calibration"), tr("Whether its confidence can be believed"));
    addTab(new RobustnessCurvesTab(session()), "evaluate-robustness", tr("Robustness"),
           tr("How accuracy falls when images get worse"));
    auto* shortcuts = new ShortcutsTab(session(), thumbnails);
    addTab(shortcuts, "evaluate-shortcuts", tr("Shortcuts"), tr("Whether it looks at something beside the objects"));
    auto* suspects = new SuspectsTab(session());
    addTab(suspects, "evaluate-suspects", tr("Suspects"), tr("Images whose labels are in doubt"));
    connect(suspects, &SuspectsTab::imageChosen, this, [this](std::uint32_t image) { m_gallery->choose(image); });
    for (const EvaluateTab* way : std::initializer_list<const EvaluateTab*>{shortcuts, suspects})
        connect(way, &EvaluateTab::filtered, this, [this](const GalleryFilter& asked) {
            if (!asked.images.empty()) // all of them, also of those right where the wrong ones were to be shown
                m_gallery->showAll();
        });
    addTab(new ImageMapTab(session()), "evaluate-map", tr("Map"),
           tr("The images as the network sees them: alike ones lie together"));
    connect(m_bar, &QTabBar::currentChanged, m_tabs, &QStackedWidget::setCurrentIndex);
    m_figures = withPlaceholder(m_tabs, "confusionEmpty",
                                tr("The confusion matrix, and precision and recall of each class, appear here."));
    surface->body()->addWidget(m_figures, 1);
    surface->setMinimumWidth(400);
    return surface;
}

void EvaluatePage::addTab(EvaluateTab* tab, const char* name, const QString& title, const QString& toolTip) {
    tab->setObjectName(QLatin1String(name));
    m_ways.push_back(tab);
    m_tabs->addWidget(tab);
    m_bar->setTabToolTip(m_bar->addTab(title), toolTip);
    connect(tab, &EvaluateTab::filtered, this, [this, tab](const GalleryFilter& asked) { filter(tab, asked); });
    connect(tab, &EvaluateTab::said, this, &Page::said);
}

void EvaluatePage::showTab(const QString& name) {
    for (int i = 0; i < m_tabs->count(); ++i)
        if (m_tabs->widget(i)->objectName() == name)
            m_bar->setCurrentIndex(i);
}

QWidget* EvaluatePage::makeGallery(Thumbnails& thumbnails) {
    m_gallery = new EvaluateGallery(
        session().data(), session().pins(), thumbnails,
        new RefuseShareField(session(), tr("“None of these?” in error: at most"), "galleryRefuseShare"));
    connect(m_gallery, &EvaluateGallery::cleared, this, [this] { filter(nullptr, {}); });
    connect(m_gallery, &EvaluateGallery::chosen, this, &EvaluatePage::explainRow);
    connect(m_gallery, &EvaluateGallery::opened, this, [this](int row) {
        explainRow(row);
        Q_EMIT pageRequested(QStringLiteral("explain"));
    });
    return m_gallery;
}

QWidget* EvaluatePage::makeAnswer() {
    auto* surface = new Surface(tr("Where it looked"));
    m_explain =
        button(tr("Explain…"), QStringLiteral("crosshairs"), "openExplain", tr("Other classes, methods and colors"));
    connect(m_explain, &QPushButton::clicked, this, [this] { Q_EMIT pageRequested(QStringLiteral("explain")); });
    surface->head()->addWidget(m_explain);
    m_answer = named(new HeatMapView(HeatMapView::Layout::Stacked), "galleryAnswer");
    surface->body()->addWidget(m_answer, 1);
    const auto showLook = [this] { m_answer->setLook(session().mapLook().values()); };
    connect(&session().mapLook(), &MapLook::changed, m_answer, showLook);
    showLook();
    m_trust = named(new TrustLine(session().engine().door(), session().activities(), QStringLiteral("answerTrust")),
                    "answerTrust");
    m_trust->setFont(theme::font(theme::Size::Small));
    surface->body()->addWidget(m_trust);
    surface->body()->addWidget(new MapProgress(session().questions(), "answerProgress"));
    surface->body()->addWidget(mutedLabel(tr("H: heat map, 1–9: relabel, X: exclude, P: pin")));
    surface->setMinimumWidth(260);
    return surface;
}

void EvaluatePage::showAnswer() {
    m_answer->setExplained(session().questions().answer());
    m_trust->setAnswer(session().questions().answer());
    m_explain->setEnabled(session().questions().answer() != nullptr);
    m_explain->setToolTip(m_explain->isEnabled() ? tr("Other classes, methods and colors")
                                                 : tr("Choose an image first; its heat map opens this."));
}

/// An evaluation has begun, come or gone. What is shown stays while the next one is under way.
void EvaluatePage::followEvaluation() {
    if (m_shown != session().questions().evaluation())
        showEvaluation();
}

void EvaluatePage::showEvaluation() {
    m_shown = session().questions().evaluation();
    m_figures->setCurrentIndex(m_shown ? 1 : 0);
    for (EvaluateTab* way : m_ways)
        way->setEvaluation(m_shown);
    m_gallery->setEvaluation(m_shown, session().runs().run());
    m_unknown->judge(session().checkpoints().at() == "best" ? m_shown : nullptr); // it is what was learned of
    if (m_shown) {
        const int before = std::exchange(m_classes, m_shown->confusion.classes());
        const bool fits = m_classes <= MatrixTab::kMostClasses;
        const bool isCrowded = m_classes > MatrixTab::kMostReadable && m_classes != before; // a person may go back
        if ((!fits || isCrowded) && m_bar->currentIndex() == kMatrix)
            m_bar->setCurrentIndex(kPairs);
        m_bar->setTabVisible(kMatrix, fits);
    }
    setBadge(m_shown ? Badge::Ready : Badge::None, 0);
}

/// One choice holds at a time: those of the other tabs are taken back.
void EvaluatePage::filter(const EvaluateTab* by, const GalleryFilter& filter) {
    m_gallery->setFilter(filter);
    for (EvaluateTab* way : m_ways)
        if (way != by)
            way->clearChoice();
}

void EvaluatePage::explainRow(int row) {
    if (const auto sample = m_gallery->model().sample(row))
        session().questions().explain({*sample, {}});
    else
        Q_EMIT said(tr("The image %1 is not in the open data set.")
                        .arg(QString::fromStdString(m_gallery->model().prediction(row).path)),
                    false);
}

} // namespace sightline::ui
