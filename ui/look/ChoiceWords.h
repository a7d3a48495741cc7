// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <string>

#include "network/GraphSpec.h"

namespace sightline::ui {

/// What a value of a setting is called in the window: "AdamW" for the adamw of training.optimizer.name. `path` may be
/// its end only ("optimizer.name"); a value that has no other name stays as it is.
QString choiceTitle(const std::string& path, const std::string& value);
/// All of a setting, in the order of its values; "monitor" and "mode" are those of each callback.
QStringList choiceTitles(const std::string& path);
/// The value that is called so, in upper or lower case: adamw for "AdamW". Other words stay as they are.
std::string choiceTitled(const std::string& path, const QString& title);

/// "Convolution", for conv2d.
QString operationTitle(Op op);

} // namespace sightline::ui
