// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/Prompts.h"

namespace sightline::ui {

/// The system's dialogs as answers to the window's questions.
Prompts dialogs();

} // namespace sightline::ui
