// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/TrialBar.h"

#include <QHBoxLayout>
#include <QPushButton>

#include "look/Theme.h"
#include "pages/train/CheckDialog.h"
#include "pages/train/LookDialog.h"
#include "pages/train/RateDialog.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {

/// The dialog that is open, or else the one that `make` makes.
template <typename Dialog, typename Make>
void showOnce(QWidget& parent, Make make) {
    Dialog* dialog = nullptr;
    for (auto* one : parent.findChildren<Dialog*>())
        if (one->isVisible()) // one that was closed waits only for its deletion
            dialog = one;
    if (!dialog)
        dialog = make();
    dialog->show();
    dialog->raise();
    dialog->activateWindow();
}

} // namespace

TrialBar::TrialBar(Session& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_rates(session.home(), session.engine().door(), session.document(),
                                                   session.data(), session.runs(), session.activities()),
      m_checks(session.home(), session.engine().door(), session.document(), session.data(), session.runs(),
               session.activities()) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    m_find = button(tr("Find learning rate…"), {}, "findRate");
    m_check = button(tr("Check…"), {}, "checkRun");
    m_look = button(tr("Show batch…"), {}, "showBatch");
    row->addWidget(m_find, 1);
    row->addWidget(m_check, 1);
    row->addWidget(m_look, 1);
    connect(m_find, &QPushButton::clicked, this,
            [this] { showOnce<RateDialog>(*this, [this] { return new RateDialog(m_session, m_rates, this); }); });
    connect(m_check, &QPushButton::clicked, this,
            [this] { showOnce<CheckDialog>(*this, [this] { return new CheckDialog(m_session, m_checks, this); }); });
    connect(m_look, &QPushButton::clicked, this,
            [this] { showOnce<LookDialog>(*this, [this] { return new LookDialog(m_session, this); }); });
    connect(&session.runs(), &RunDesk::stateChanged, this, &TrialBar::showState);
    connect(&session.runs(), &RunDesk::forkChanged, this, &TrialBar::showState);
    connect(&session.data(), &DataDesk::opened, this, &TrialBar::showState);
    connect(&session.document(), &ExperimentDocument::problemsChanged, this, &TrialBar::showState);
    showState();
}

void TrialBar::showState() {
    const bool idle = m_session.runs().isIdle(), live = m_session.runs().canLook();
    const QString hindrance = m_checks.hindrance();
    for (const auto& [trial, words] :
         {std::pair(m_find, tr("Train a copy while its learning rate rises, and find which rates it tolerates")),
          std::pair(m_check,
                    tr("Tests one batch and estimates speed, memory, time, and disk space; takes up to a minute"))}) {
        trial->setVisible(idle);
        trial->setEnabled(hindrance.isEmpty());
        trial->setToolTip(hindrance.isEmpty() ? words : hindrance);
    }
    m_look->setVisible(!idle);
    m_look->setEnabled(live);
    m_look->setToolTip(live ? tr("The images that the network was given last, with their losses")
                            : tr("The run is starting."));
}

} // namespace sightline::ui
