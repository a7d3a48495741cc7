// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/Placeholder.h"

#include "widgets/Surface.h"

namespace sightline::ui {

QStackedWidget* withPlaceholder(QWidget* content, const char* name, const QString& words) {
    auto* stack = new QStackedWidget;
    auto* empty = named(mutedLabel(words), name);
    empty->setFont(theme::font(theme::Size::Base));
    empty->setAlignment(Qt::AlignCenter);
    stack->addWidget(empty);
    stack->addWidget(content);
    return stack;
}

} // namespace sightline::ui
