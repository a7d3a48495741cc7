// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/Tone.h"

#include <utility>

#include "widgets/Surface.h"

namespace sightline::ui {

void setTone(QLabel& label, Role role) {
    for (const auto& [property, own] : {std::pair{"muted", Role::Muted}, std::pair{"good", Role::Good},
                                        std::pair{"warning", Role::Warning}, std::pair{"bad", Role::Bad}})
        setLook(label, property, role == own);
}

} // namespace sightline::ui
