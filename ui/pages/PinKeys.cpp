// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/PinKeys.h"

#include <QKeyEvent>
#include <QWidget>

#include <algorithm>

namespace sightline::ui {

PinKeys::PinKeys(ProbePins& pins, QWidget& view, Selected selected)
    : QObject(&view), m_pins(pins), m_selected(std::move(selected)) {
    view.installEventFilter(this);
}

bool PinKeys::unpins() const {
    const auto samples = m_selected();
    return !samples.empty() && std::all_of(samples.begin(), samples.end(),
                                           [this](std::uint32_t sample) { return m_pins.isPinned(sample); });
}

bool PinKeys::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress)
        return QObject::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->key() != Qt::Key_P || key->modifiers() != Qt::NoModifier)
        return QObject::eventFilter(watched, event);
    if (!key->isAutoRepeat()) // a key held down pins once
        toggle();
    return true;
}

} // namespace sightline::ui
