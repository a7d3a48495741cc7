// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "support/Result.h"

namespace sightline::ui {

/// What went wrong, without what only a command line can be told.
QString plainWords(const Error& error);

} // namespace sightline::ui
