// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/Surface.h"

#include <QStyle>

#include "look/Icons.h"

namespace sightline::ui {

namespace {
constexpr int kHeadHeight = 30; ///< a button's: titles stand in one line, with a control beside them or not
}

Surface::Surface(const QString& title, QWidget* parent) : QWidget(parent) {
    setProperty("surface", true);
    setAttribute(Qt::WA_StyledBackground);
    m_body = new QVBoxLayout(this);
    m_body->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    m_body->setSpacing(theme::kGrid);
    m_head = new QHBoxLayout;
    m_head->setSpacing(theme::kGrid);
    m_title = new QLabel(title, this);
    m_title->setFont(theme::font(theme::Size::Base, true));
    m_title->setMinimumHeight(kHeadHeight);
    m_title->setVisible(!title.isEmpty());
    m_head->addWidget(m_title);
    m_head->addStretch(1);
    m_body->addLayout(m_head);
}

QLabel* mutedLabel(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("muted", true);
    label->setFont(theme::font(theme::Size::Small));
    label->setWordWrap(true);
    return label;
}

void setLook(QWidget& widget, const char* property, bool value) {
    if (widget.property(property).toBool() == value)
        return;
    widget.setProperty(property, value);
    widget.style()->unpolish(&widget);
    widget.style()->polish(&widget);
}

void setWords(QPushButton& button, const QString& text) {
    button.setText(text);
    button.setAccessibleName(text);
}

QPushButton* button(const QString& text, const QString& icon, const char* name, const QString& toolTip, bool primary) {
    auto* made = named(new QPushButton(text), name, text);
    made->setProperty("primary", primary);
    if (!icon.isEmpty())
        theme::setIcon(*made, icon, primary ? Role::AccentText : Role::Text);
    made->setToolTip(toolTip);
    return made;
}

} // namespace sightline::ui
