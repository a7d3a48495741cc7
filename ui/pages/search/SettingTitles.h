// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>

#include "support/Json.h"

namespace sightline::ui {

/// A setting that is searched, for people: "Learning rate"; options of networks, too.
QString searchedTitle(const std::string& path);
/// A value of one: AdamW, 0.001, on, "64, 64".
QString valueWords(const std::string& path, const Json& value);
/// What trials are judged by: "Validation accuracy".
QString objectiveTitle(const std::string& objective);
/// What a trial came to: "91.4 %", of a loss 0.312.
QString objectiveWords(const std::string& objective, double value);

} // namespace sightline::ui
