// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/Image.h"
#include "support/Result.h"

namespace sightline::report {

/// Text between tags or in an attribute: & < > " ' escaped, invalid UTF-8 replaced.
std::string escaped(std::string_view text);

/// <table> with a caption for screen readers; the first column is each row's heading. Cells are text, escaped here.
std::string table(const std::string& caption, const std::vector<std::string>& headings,
                  const std::vector<std::vector<std::string>>& rows);

/// A picture inside the file. `alt` says what it shows.
Result<std::string> picture(const Image& image, const std::string& alt);

/// <section> with a heading; empty where there is no content.
std::string section(const std::string& title, const std::string& content);

/// The whole file: no address of another machine, one style for light and dark screens and for paper.
std::string document(const std::string& title, const std::string& body);

// Numbers as a report writes them: "-" where there is none.
std::string percent(double share);             ///< "93.4 %"
std::string decimal(double value, int digits); ///< "0.934"
std::string grouped(std::int64_t number);      ///< "12,345"

} // namespace sightline::report
