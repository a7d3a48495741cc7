// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/TrainPage.h"

#include <QEvent>
#include <QHBoxLayout>

#include "look/Theme.h"
#include "pages/train/ProbeStrip.h"
#include "pages/train/RunCurves.h"
#include "pages/train/RunSettings.h"
#include "pages/train/RunStatus.h"
#include "widgets/SettingsForm.h"

namespace sightline::ui {

TrainPage::TrainPage(Session& session, QWidget* parent)
    : Page(session, parent), m_status(new RunStatus(session)), m_curves(new RunCurves(session)),
      m_probes(new ProbeStrip(session)), m_settings(new RunSettings(session)) {
    setObjectName(QStringLiteral("trainPage"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    row->setSpacing(2 * theme::kGrid);
    auto* left = new QVBoxLayout;
    left->setSpacing(2 * theme::kGrid);
    left->addWidget(m_status);
    left->addWidget(m_curves, 1);
    left->addWidget(m_probes);
    row->addLayout(left, 1);
    row->addWidget(m_settings);
    connect(&session.runs(), &RunDesk::runChanged, this, &TrainPage::showRun);
    connect(&session.runs(), &RunDesk::stateChanged, this, &TrainPage::showState);
    connect(&session.runs(), &RunDesk::ended, this, &TrainPage::showState);
    connect(&session.data(), &DataDesk::opened, this, &TrainPage::showState);
    connect(&m_settings->form(), &SettingsForm::problemsShown, this, &TrainPage::showState);
    connect(m_settings, &RunSettings::pageRequested, this, &Page::pageRequested);
    connect(m_status, &RunStatus::said, this, &Page::said);
    connect(m_probes, &ProbeStrip::said, this, &Page::said);
    connect(m_probes, &ProbeStrip::pageRequested, this, &Page::pageRequested);
    connect(m_curves, &RunCurves::said, this, &Page::said);
    connect(m_curves, &RunCurves::fieldAsked, this, &Page::fieldRequested);
    m_probes->installEventFilter(this);
    follow(m_settings->form());
    showRun();
}

/// With the strip of probes below them, low plots stand side by side.
void TrainPage::arrange() {
    constexpr int kRoomForAll = 820;
    m_curves->setSideBySide(!m_probes->isHidden() && height() < kRoomForAll);
}

void TrainPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    arrange();
}

bool TrainPage::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ShowToParent || event->type() == QEvent::HideToParent)
        arrange();
    return Page::eventFilter(watched, event);
}

void TrainPage::showRun() {
    m_curves->showRun();
    m_probes->showRun();
    m_status->showRun();
    showState();
}

void TrainPage::showState() {
    m_status->showState();
    const auto run = session().runs().run();
    const int problems = static_cast<int>(session().document().problems().size());
    setBadge(!session().runs().isIdle()                            ? Badge::Running
             : problems > 0 && session().data().dataset()          ? Badge::Attention
             : run && !session().runs().progress().history.empty() ? Badge::Ready
                                                                   : Badge::None,
             problems);
}

} // namespace sightline::ui
