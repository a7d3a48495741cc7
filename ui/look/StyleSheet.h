// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace sightline::ui::theme {

/// How widgets are drawn, in the colours of the scheme that is set.
QString styleSheet();

} // namespace sightline::ui::theme
