// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Pattern.h"

#include <re2/re2.h>

#include <vector>

namespace sightline {

namespace {

/// Perl's and Python 3's (?<name> as RE2 writes it. RE2 knows no look-behind, so nothing else begins with "(?<".
std::string withNames(const std::string& text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        result += text[i];
        if (text[i] == '\\' && i + 1 < text.size())
            result += text[++i];
        else if (text.compare(i, 3, "(?<") == 0 && i + 3 < text.size() && text[i + 3] != '=' && text[i + 3] != '!') {
            result += "?P<";
            i += 2;
        }
    }
    return result;
}

} // namespace

Result<Pattern> Pattern::compiled(const std::string& text) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(std::int64_t{8} << 20);
    auto expression = std::make_shared<const RE2>(withNames(text), options);
    if (!expression->ok())
        return badInput("is not a valid regular expression: " + expression->error());
    return Pattern(std::move(expression));
}

std::optional<std::string> Pattern::find(const std::string& path, const std::string& name) const {
    std::vector<re2::StringPiece> found(static_cast<std::size_t>(m_expression->NumberOfCapturingGroups()) + 1);
    if (!m_expression->Match(path, 0, path.size(), RE2::UNANCHORED, found.data(), static_cast<int>(found.size())))
        return std::nullopt;
    std::string key;
    const auto& names = m_expression->NamedCapturingGroups();
    if (const auto named = names.find(name); named != names.end())
        key = std::string(found[static_cast<std::size_t>(named->second)]);
    else if (found.size() == 1)
        key = std::string(found[0]);
    for (std::size_t i = 1; i < found.size() && names.find(name) == names.end(); ++i)
        key += (i > 1 ? "/" : "") + std::string(found[i]);
    return key.empty() ? std::nullopt : std::optional(key);
}

} // namespace sightline
