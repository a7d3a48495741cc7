// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace sightline::ui {

/// What an epoch may be judged by, as it is stored; in the order of its titles.
inline const QStringList kMonitors{QStringLiteral("val_loss"), QStringLiteral("val_accuracy"), QStringLiteral("loss"),
                                   QStringLiteral("accuracy")};

class SettingsForm;

/// What few people set: the ends of schedules, how early stopping and a falling rate compare epochs, and which
/// checkpoints are kept. Goes into the section the form is at.
void addTrainDetails(SettingsForm& form);

} // namespace sightline::ui
