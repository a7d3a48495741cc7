// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/MessageStrip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include "look/Icons.h"

namespace sightline::ui {

MessageStrip::MessageStrip(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("messageStrip"));
    setProperty("strip", true);
    setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, theme::kGrid, theme::kGrid, theme::kGrid);
    row->setSpacing(theme::kGrid);
    m_icon = new QLabel(this);
    m_text = new QLabel(this);
    m_text->setObjectName(QStringLiteral("messageText"));
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_actions = new QWidget(this);
    auto* actions = new QHBoxLayout(m_actions);
    actions->setContentsMargins({});
    actions->setSpacing(theme::kGrid);
    auto* close = new QToolButton(this);
    close->setObjectName(QStringLiteral("messageClose"));
    close->setIcon(theme::icon(QStringLiteral("window-close")));
    close->setToolTip(tr("Dismiss"));
    close->setAccessibleName(tr("Dismiss this message"));
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    row->addWidget(m_icon);
    row->addWidget(m_text, 1);
    row->addWidget(m_actions);
    row->addWidget(close);
    hide();
}

void MessageStrip::say(Kind kind, const QString& message, const QString& action, std::function<void()> next) {
    std::vector<Action> actions;
    if (!action.isEmpty())
        actions.push_back({action, std::move(next)});
    say(kind, message, std::move(actions));
}

void MessageStrip::say(Kind kind, const QString& message, std::vector<Action> actions) {
    m_kind = kind;
    const Role role = kind == Kind::Good ? Role::Good : kind == Kind::Problem ? Role::Bad : Role::Accent;
    const QString icon = kind == Kind::Good      ? QStringLiteral("dialog-ok-apply")
                         : kind == Kind::Problem ? QStringLiteral("dialog-warning")
                                                 : QStringLiteral("games-hint");
    m_icon->setPixmap(theme::icon(icon, role).pixmap(16));
    m_text->setText(message);
    m_text->setAccessibleName(message);
    while (QLayoutItem* old = m_actions->layout()->takeAt(0)) {
        old->widget()->hide();
        old->widget()->setObjectName({}); // it may be the one that was clicked just now
        old->widget()->deleteLater();
        delete old;
    }
    for (std::size_t i = 0; i < actions.size(); ++i) {
        auto* button = new QPushButton(actions[i].text, m_actions);
        button->setObjectName(i == 0 ? QStringLiteral("messageAction") : QStringLiteral("messageAction%1").arg(i + 1));
        button->setAccessibleName(actions[i].text);
        connect(button, &QPushButton::clicked, this, [this, next = std::move(actions[i].next)] {
            const auto then = next; // what it says may replace this button
            hide();
            if (then)
                then();
        });
        m_actions->layout()->addWidget(button);
    }
    m_actions->setVisible(!actions.empty());
    show();
}

QString MessageStrip::message() const {
    return m_text->text();
}

} // namespace sightline::ui
