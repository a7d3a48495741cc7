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
    m_action = new QPushButton(this);
    m_action->setObjectName(QStringLiteral("messageAction"));
    m_action->setAccessibleName(tr("Next step"));
    connect(m_action, &QPushButton::clicked, this, [this] {
        const auto next = m_next;
        hide();
        if (next)
            next();
    });
    auto* close = new QToolButton(this);
    close->setObjectName(QStringLiteral("messageClose"));
    close->setIcon(theme::icon(QStringLiteral("window-close")));
    close->setToolTip(tr("Dismiss"));
    close->setAccessibleName(tr("Dismiss this message"));
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    row->addWidget(m_icon);
    row->addWidget(m_text, 1);
    row->addWidget(m_action);
    row->addWidget(close);
    hide();
}

void MessageStrip::say(Kind kind, const QString& message, const QString& action, std::function<void()> next) {
    m_kind = kind;
    const Role role = kind == Kind::Good ? Role::Good : kind == Kind::Problem ? Role::Bad : Role::Accent;
    const QString icon = kind == Kind::Good      ? QStringLiteral("dialog-ok-apply")
                         : kind == Kind::Problem ? QStringLiteral("dialog-warning")
                                                 : QStringLiteral("games-hint");
    m_icon->setPixmap(theme::icon(icon, role).pixmap(16));
    m_text->setText(message);
    m_text->setAccessibleName(message);
    m_action->setText(action);
    m_action->setAccessibleName(action);
    m_action->setVisible(!action.isEmpty());
    m_next = std::move(next);
    show();
}

QString MessageStrip::message() const {
    return m_text->text();
}

} // namespace sightline::ui
