// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>

#include <utility>
#include <vector>

#include "support/Image.h"
#include "support/Result.h"

namespace sightline::ui {

/// The same pixels for Qt, in a copy of their own.
QImage toQImage(const Image& image);
/// Floats on the 0...255 scale, rounded and clamped.
QImage toQImage(const FloatImage& image);

/// PNG with what is to be known of it: keywords, of one word each, and texts (PNG, tEXt and iTXt). Written atomically.
Result<void> saveNotedPng(const QString& file, const QImage& picture,
                          const std::vector<std::pair<QString, QString>>& notes);

} // namespace sightline::ui
