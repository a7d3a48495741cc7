// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/Html.h"

#include <openssl/evp.h>

#include <cmath>
#include <cstdio>

#include "data/Png.h"
#include "support/Json.h"
#include "support/Version.h"

namespace sightline::report {

namespace {

constexpr const char* kStyle = R"css(
:root { color-scheme: light dark; --page: #ffffff; --text: #1b1f24; --muted: #5b6570; --line: #d4d9df; --soft: #f3f5f7;
  --one: #0072b2; --two: #d55e00; --three: #009e73; --four: #cc79a7; --five: #e69f00; --six: #56b4e9; }
@media (prefers-color-scheme: dark) { :root { --page: #15181c; --text: #e7eaee; --muted: #9aa4af; --line: #343b43;
  --soft: #1e2329; --one: #56b4e9; --two: #ff8b3d; --three: #3ccf9e; --four: #e6a5c9; --five: #f3c04b; --six: #8fd0ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem 4rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
p { margin: .5rem 0; max-width: 46rem; } .muted { color: var(--muted); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0 1rem; }
caption { text-align: left; color: var(--muted); padding-bottom: .25rem; }
th, td { text-align: right; padding: .2rem .75rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th:first-child { text-align: left; font-weight: 500; } thead th { color: var(--muted); font-weight: 500; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }
.facts div { background: var(--soft); border-radius: .5rem; padding: .6rem .8rem; }
.facts b { display: block; font-size: 1.4rem; font-weight: 600; }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; } .pictures figure { margin: 0; width: 11rem; }
.pictures img { width: 100%; border-radius: .25rem; image-rendering: auto; } figcaption { font-size: .85rem; color: var(--muted); }
.confusion td { text-align: center; min-width: 2.2rem; padding: .25rem; border: 1px solid var(--page); }
.confusion td.many { color: #ffffff; } svg { max-width: 100%; height: auto; } svg text { fill: var(--muted); font-size: 12px; }
pre { background: var(--soft); border-radius: .5rem; padding: .8rem; overflow-x: auto; font-size: .85rem; }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; } section { break-inside: avoid-page; }
  pre { white-space: pre-wrap; } .scroll { overflow: visible; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
)css";

std::string formatted(const char* format, double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof(text), format, digits, value);
    return text;
}

} // namespace

std::string escaped(std::string_view text) {
    // JSON's writer replaces invalid UTF-8, so that the file is valid whatever a class is called.
    std::string valid = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
    if (const auto parsed = Json::parse(valid, nullptr, false); parsed.is_string())
        valid = parsed.get<std::string>();
    std::string safe;
    for (const char c : valid)
        switch (c) {
        case '&':
            safe += "&amp;";
            break;
        case '<':
            safe += "&lt;";
            break;
        case '>':
            safe += "&gt;";
            break;
        case '"':
            safe += "&quot;";
            break;
        case '\'':
            safe += "&#39;";
            break;
        default:
            safe += c;
        }
    return safe;
}

std::string table(const std::string& caption, const std::vector<std::string>& headings,
                  const std::vector<std::vector<std::string>>& rows) {
    std::string html = "<div class=\"scroll\"><table><caption>" + escaped(caption) + "</caption><thead><tr>";
    for (const std::string& heading : headings)
        html += "<th scope=\"col\">" + escaped(heading) + "</th>";
    html += "</tr></thead><tbody>\n";
    for (const std::vector<std::string>& row : rows) {
        html += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i)
            html += (i == 0 ? "<th scope=\"row\">" : "<td>") + escaped(row[i]) + (i == 0 ? "</th>" : "</td>");
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

Result<std::string> picture(const Image& image, const std::string& alt) {
    const Result<std::vector<std::uint8_t>> png = encodedPng(image, alt);
    if (!png)
        return png.error();
    std::string text(4 * ((png->size() + 2) / 3) + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), png->data(), static_cast<int>(png->size()));
    text.resize(static_cast<std::size_t>(length));
    return "<img alt=\"" + escaped(alt) + "\" src=\"data:image/png;base64," + text + "\">";
}

std::string section(const std::string& title, const std::string& content) {
    return content.empty() ? std::string() : "<section>\n<h2>" + escaped(title) + "</h2>\n" + content + "</section>\n";
}

std::string document(const std::string& title, const std::string& body) {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<meta name=\"generator\" content=\"Sightline " +
           std::string(kVersion) + "\">\n<title>" + escaped(title) + "</title>\n<style>" + kStyle +
           "</style>\n</head>\n<body>\n<main>\n" + body + "</main>\n</body>\n</html>\n";
}

std::string percent(double share) {
    return std::isfinite(share) ? formatted("%.*f %%", share * 100, 1) : "-";
}

std::string decimal(double value, int digits) {
    return std::isfinite(value) ? formatted("%.*f", value, digits) : "-";
}

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

} // namespace sightline::report
