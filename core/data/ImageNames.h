// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

namespace sightline {

/// Whether a file of this name is taken for an image: its ending is one of imageEndings(), in any case.
bool namesImage(const std::string& fileName);

/// Without the dot, in small letters.
std::span<const char* const> allImageEndings();

/// "png, jpg, ... and avif", for a sentence.
std::string imageEndings();

} // namespace sightline
