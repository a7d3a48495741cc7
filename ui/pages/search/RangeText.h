// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>

#include "support/Json.h"

namespace sightline::ui {

/// What may be tried of a setting, in the kinds that a person chooses from.
enum class RangeKind { Numbers, Whole, Choices, Switch, List };

RangeKind kindOf(const Json& range);
/// The same range, as well as the other kind can say it.
Json asKind(const Json& range, RangeKind kind);

/// Choices of a setting as they are typed: AdamW, SGD, [64,64]. Commas inside brackets and quotes part nothing, and
/// stored words (adamw) are understood, too.
QString choicesText(const std::string& path, const Json& choices);
Json choicesFrom(const std::string& path, const QString& text);

} // namespace sightline::ui
