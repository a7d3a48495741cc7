// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>

#include "support/Json.h"

namespace sightline::ui {

/// A setting that is searched, for people: "Learning rate"; options of networks, too.
QString searchedTitle(const std::string& path);
/// A value of one: adam, 0.001, on, [64,64].
QString valueWords(const Json& value);

} // namespace sightline::ui
