// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/LabelKeys.h"

#include <QKeyEvent>
#include <QWidget>

#include <algorithm>

namespace sightline::ui {

LabelKeys::LabelKeys(DataDesk& data, QWidget& view, Selected selected)
    : QObject(&view), m_data(data), m_selected(std::move(selected)) {
    view.installEventFilter(this);
}

void LabelKeys::relabel(int label) {
    const auto opened = m_data.dataset();
    if (!opened || label < 0 || static_cast<std::size_t>(label) >= opened->classes.size())
        return;
    OverlayEdit edit;
    for (const std::uint32_t i : m_selected()) {
        const Sample& sample = opened->samples[i];
        const OverlayEntry before = m_data.overlay().of(sample.path);
        OverlayEntry entry = before;
        entry.className = label == sample.sourceLabel.value_or(sample.label)
                              ? std::string()
                              : opened->classes[static_cast<std::size_t>(label)];
        if (entry != before)
            edit.emplace_back(sample.path, entry);
    }
    m_data.editOverlay(edit);
}

void LabelKeys::toggleExcluded() {
    const auto opened = m_data.dataset();
    const auto samples = m_selected();
    const auto excluded = [&](std::uint32_t i) { return m_data.overlay().of(opened->samples[i].path).excluded; };
    const bool all = std::all_of(samples.begin(), samples.end(), excluded);
    OverlayEdit edit;
    for (const std::uint32_t i : samples) {
        OverlayEntry entry = m_data.overlay().of(opened->samples[i].path);
        if (entry.excluded == !all)
            continue;
        entry.excluded = !all;
        edit.emplace_back(opened->samples[i].path, entry);
    }
    m_data.editOverlay(edit);
}

bool LabelKeys::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress)
        return QObject::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->modifiers() != Qt::NoModifier && key->modifiers() != Qt::KeypadModifier)
        return QObject::eventFilter(watched, event);
    if (key->key() >= Qt::Key_1 && key->key() <= Qt::Key_9)
        relabel(key->key() - Qt::Key_1);
    else if (key->key() == Qt::Key_X)
        toggleExcluded();
    else
        return QObject::eventFilter(watched, event);
    return true;
}

} // namespace sightline::ui
