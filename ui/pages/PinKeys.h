// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <functional>

#include "bridge/ProbePins.h"

namespace sightline::ui {

/// P on a view of images pins or unpins those that are selected.
class PinKeys : public QObject {
    Q_OBJECT
public:
    using Selected = std::function<std::vector<std::uint32_t>()>;
    /// Lives as long as the view.
    PinKeys(ProbePins& pins, QWidget& view, Selected selected);

    void toggle() { m_pins.toggle(m_selected()); }
    /// Whether the next toggle() unpins.
    bool unpins() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    ProbePins& m_pins;
    Selected m_selected;
};

} // namespace sightline::ui
