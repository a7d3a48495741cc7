// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/ExplainPage.h"

#include <QApplication>
#include <QShortcut>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>

#include <array>

#include "look/Icons.h"
#include "pages/explain/ActivationsTab.h"
#include "pages/explain/CompareTab.h"
#include "pages/explain/FiltersTab.h"
#include "pages/explain/MapTab.h"
#include "pages/explain/OcclusionTab.h"
#include "pages/explain/RobustnessTab.h"
#include "widgets/ElidedLabel.h"
#include "widgets/Prompts.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kControlsWidth = 288;
}

ExplainPage::ExplainPage(Session& session, Thumbnails& thumbnails, QWidget* parent) : Page(session, parent) {
    MapLook& look = session.mapLook();
    setObjectName(QStringLiteral("explainPage"));
    setFocusPolicy(Qt::ClickFocus);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * theme::kGrid, theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(theme::kGrid);
    column->addWidget(makeHead());
    auto* row = new QHBoxLayout;
    row->setSpacing(2 * theme::kGrid);
    m_tabs = named(new QStackedWidget, "explainTabs");
    m_controls = named(new QStackedWidget, "explainControls");
    m_controls->setFixedWidth(kControlsWidth);
    row->addWidget(m_tabs, 1);
    row->addWidget(m_controls);
    column->addLayout(row, 1);
    addTab(new MapTab(session, look));
    auto* activations = new ActivationsTab(session, look);
    auto* filters = new FiltersTab(session, look);
    addTab(activations);
    addTab(filters);
    addTab(new OcclusionTab(session, look));
    addTab(new RobustnessTab(session, look));
    m_compare = new CompareTab(session, look, thumbnails);
    addTab(m_compare);
    connect(activations, &InsideTab::layerChosen, filters, &InsideTab::setLayer); // they look into the same layer
    connect(filters, &InsideTab::layerChosen, activations, &InsideTab::setLayer);
    addKeys();
    connect(m_bar, &QTabBar::currentChanged, this, [this](int index) {
        m_tabs->setCurrentIndex(index);
        m_controls->setCurrentIndex(index);
        showAnswer();
    });
    connect(&session.questions(), &Questions::answerForgotten, this, &ExplainPage::forget);
    connect(&session.questions(), &Questions::explanationReady, this, &ExplainPage::showAnswer);
    showAnswer();
}

QWidget* ExplainPage::makeHead() {
    auto* head = new QWidget;
    auto* line = new QHBoxLayout(head);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(theme::kGrid);
    m_bar = named(new QTabBar, "explainTabBar", tr("Ways to ask"));
    m_bar->setDrawBase(false);
    m_bar->setExpanding(false);
    m_bar->setUsesScrollButtons(false);
    line->addWidget(m_bar);
    m_title = named(new ElidedLabel, "explainedName", tr("The image asked about"));
    m_title->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_title->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    line->addWidget(m_title, 1);
    m_pin = named(new QToolButton, "pinExplained", tr("Pin this image"));
    m_pin->setIcon(theme::icon(QStringLiteral("pin")));
    m_pin->setCheckable(true);
    connect(m_pin, &QToolButton::clicked, this, &ExplainPage::togglePin);
    connect(&session().pins(), &ProbePins::changed, this, &ExplainPage::showPin);
    line->addWidget(m_pin);
    const auto arrow = [&](const char* name, const QString& icon, const QString& tip, int by) {
        auto* made = named(new QToolButton, name, tip);
        made->setIcon(theme::icon(icon));
        made->setToolTip(tip);
        connect(made, &QToolButton::clicked, this, [this, by] { step(by); });
        line->addWidget(made);
        return made;
    };
    m_arrows = {
        arrow("previousExplained", QStringLiteral("go-previous"), tr("Previous image of the data set (Left)"), -1),
        arrow("nextExplained", QStringLiteral("go-next"), tr("Next image of the data set (Right)"), 1)};
    connect(&session().runs(), &RunDesk::runChanged, this, &ExplainPage::showArrows);
    connect(&session().data(), &DataDesk::opened, this, &ExplainPage::showArrows);
    showArrows();
    auto* open = button(tr("Open an image…"), QStringLiteral("document-open"), "openImage",
                        tr("Any image file; or drop one here"));
    connect(open, &QPushButton::clicked, this, &ExplainPage::openFile);
    line->addWidget(open);
    return head;
}

void ExplainPage::addTab(ExplainTab* tab) {
    m_bar->addTab(tab->title());
    m_tabs->addWidget(tab);
    m_controls->addWidget(tab->controls());
    connect(tab, &ExplainTab::said, this, &Page::said);
    connect(tab, &ExplainTab::tabRequested, this, &ExplainPage::showTab);
    connect(tab, &ExplainTab::pageRequested, this, &Page::pageRequested);
}

void ExplainPage::addKeys() {
    const auto key = [this](const QKeySequence& keys, auto work) {
        auto* shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, work);
    };
    key(Qt::Key_H, [this] { current()->toggleOverlay(); });
    key(Qt::Key_Left, [this] { step(-1); });
    key(Qt::Key_Right, [this] { step(1); });
    key(Qt::Key_P, [this] { togglePin(); });
    const auto turn = [this](int by) {
        m_bar->setCurrentIndex((m_bar->currentIndex() + by + m_bar->count()) % m_bar->count());
    };
    key(QKeySequence(Qt::CTRL | Qt::Key_PageDown), [turn] { turn(1); });
    key(QKeySequence(Qt::CTRL | Qt::Key_PageUp), [turn] { turn(-1); });
}

ExplainTab* ExplainPage::current() const {
    return static_cast<ExplainTab*>(m_tabs->currentWidget());
}

void ExplainPage::showTab(const QString& name) {
    for (int i = 0; i < m_tabs->count(); ++i)
        if (m_tabs->widget(i)->objectName() == name)
            m_bar->setCurrentIndex(i);
}

void ExplainPage::compare(const QString& first, const QString& second) {
    showTab(m_compare->objectName());
    m_compare->choosePair(first, second);
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

void ExplainPage::forget() {
    for (int i = 0; i < m_tabs->count(); ++i) {
        auto* tab = static_cast<ExplainTab*>(m_tabs->widget(i));
        tab->setAnswer(nullptr);
        tab->forget();
    }
    showAnswer();
}

/// Only a tab that is to be seen is told: what is asked costs time.
void ExplainPage::showAnswer() {
    const auto answer = session().questions().answer();
    m_title->setText(!answer        ? QString()
                     : answer->live ? tr("%1 · by the run in progress").arg(answer->title)
                                    : answer->title);
    m_title->setToolTip(m_title->text());
    setBadge(answer ? Badge::Ready : Badge::None, 0);
    showPin();
    if (isVisible())
        current()->setAnswer(answer);
}

void ExplainPage::togglePin() {
    const auto& subject = session().questions().subject();
    if (subject && subject->sample && session().questions().answer())
        session().pins().toggle({*subject->sample});
    showPin(); // also where it was refused
}

void ExplainPage::showPin() {
    const auto& subject = session().questions().subject();
    const bool known = session().questions().answer() && subject && subject->sample;
    m_pin->setEnabled(known);
    m_pin->setChecked(known && session().pins().isPinned(*subject->sample));
    m_pin->setToolTip(!known ? tr("Only images of the open data can be pinned.")
                      : m_pin->isChecked()
                          ? tr("Unpin this image (P)")
                          : tr("Pin this image: while the network is trained, the Train page shows after each epoch "
                               "where it looks in it (P)"));
}

void ExplainPage::showArrows() {
    const auto opened = session().data().dataset();
    const bool images = opened && !opened->samples.empty(), asks = images && session().runs().run();
    const QStringList tips{tr("Previous image of the data set (Left)"), tr("Next image of the data set (Right)")};
    for (qsizetype i = 0; QToolButton * arrow : m_arrows) {
        arrow->setEnabled(asks);
        arrow->setToolTip(asks     ? tips[i]
                          : images ? tr("Train a network or open a run first.")
                                   : tr("Open a folder of images first."));
        ++i;
    }
}

void ExplainPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    if (!isAncestorOf(QApplication::focusWidget()))
        setFocus(); // its keys work at once
    showAnswer();
}

} // namespace sightline::ui
