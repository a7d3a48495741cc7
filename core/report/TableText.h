// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sightline::report {

/// The digits that bring it back as it was; empty where there is none.
std::string digits(const std::optional<double>& value);
/// Text within a cell of Markdown's tables.
std::string markdownCell(const std::string& text);
/// One cell at least.
std::string line(const std::vector<std::string>& cells, const char* separator);

} // namespace sightline::report
