// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace sightline {

/// What data.path becomes where a person tells the new place of images: a folder may stand for the table or the archive
/// of the old name in it.
std::string newPlaceOf(const std::string& given, const std::string& before);

} // namespace sightline
