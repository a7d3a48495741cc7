// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sightline {

/// A cell as RFC 4180 writes it: quoted where it has to be.
std::string csvCell(const std::string& text);

/// The rows of a table (RFC 4180), with `separator` between cells; a byte order mark and empty lines are left out. Reads
/// anything: a quote that is never closed ends with the text.
std::vector<std::vector<std::string>> csvRows(std::string_view text, char separator = ',');

/// The separator the first line uses most: comma, semicolon or tab.
char csvSeparator(std::string_view text);

} // namespace sightline
