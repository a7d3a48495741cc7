// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/Prompts.h"

namespace sightline::ui {

Prompts& prompts() {
    static Prompts all;
    return all;
}

} // namespace sightline::ui
