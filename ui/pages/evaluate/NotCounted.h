// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>
#include <vector>

namespace sightline::ui {

/// " 3 images are skipped, such as train/a.png: ..." behind a sentence on the others; empty where none is.
QString notCounted(const std::vector<std::string>& skipped);

} // namespace sightline::ui
