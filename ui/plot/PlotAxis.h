// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QCPAxis;

namespace sightline::ui {

/// The look of all our axes: thin, quiet, few ticks.
void styleAxis(QCPAxis& axis);

} // namespace sightline::ui
