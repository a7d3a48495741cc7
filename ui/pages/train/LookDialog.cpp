// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/LookDialog.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "pages/train/BatchView.h"
#include "widgets/Surface.h"

namespace sightline::ui {

LookDialog::LookDialog(Session& session, QWidget* parent)
    : QDialog(parent), m_session(session), m_batch(new BatchView("look")), m_look(session.runs()) {
    setObjectName(QStringLiteral("lookDialog"));
    setWindowTitle(tr("The last batch"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(880, 600);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(theme::kGrid);
    column->addWidget(
        mutedLabel(tr("The images as the network got them, augmented; loss and prediction are those before "
                      "the step. The highest loss comes first.")));
    m_words = named(new QLabel, "lookWords");
    m_words->setWordWrap(true);
    column->addWidget(m_words);
    column->addWidget(m_batch, 1);
    auto* buttons = new QHBoxLayout;
    m_refresh = button(tr("Refresh"), QStringLiteral("view-refresh"), "lookRefresh", {}, true);
    auto* close = button(tr("Close"), {}, "lookClose");
    buttons->addWidget(m_refresh);
    buttons->addStretch(1);
    buttons->addWidget(close);
    column->addLayout(buttons);
    connect(m_refresh, &QPushButton::clicked, this, &LookDialog::look);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(&m_look, &BatchLook::shown, this, &LookDialog::showBatch);
    connect(&m_look, &BatchLook::failed, this, &LookDialog::say);
    connect(&session.runs(), &RunDesk::stateChanged, this, &LookDialog::showState);
    look();
}

void LookDialog::look() {
    say(tr("Waiting for the next batch…"));
    m_waits = true;
    m_look.look();
    showState();
}

void LookDialog::say(const QString& message) {
    m_waits = false;
    m_words->setText(message);
    m_words->setVisible(!message.isEmpty());
    showState();
}

void LookDialog::showBatch(const GivenBatch& batch) {
    const auto run = m_session.runs().run();
    m_batch->setBatch(batch, run ? run->classes : std::vector<std::string>());
    say({});
}

void LookDialog::showState() {
    const bool live = m_session.runs().canLook();
    m_refresh->setEnabled(live && !m_waits);
    m_refresh->setToolTip(live ? tr("Show the batch that was trained last") : tr("The run has ended."));
}

} // namespace sightline::ui
