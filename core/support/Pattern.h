// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "support/Result.h"

namespace re2 {
class RE2;
}

namespace sightline {

/// A regular expression that finds a part of a file's path: the class, or the group it belongs to. RE2's syntax, so the
/// time it takes grows with the path's length only, whatever the expression. Copies share it; safe to use from any
/// thread.
class Pattern {
public:
    /// The error says what is wrong with the expression, without naming the setting.
    static Result<Pattern> compiled(const std::string& text);

    /// What the named group `name` (`(?P<name>...)`, `(?<name>...)`) captures, else all captures joined by '/', else
    /// the whole match; nothing where the expression does not match or captures nothing. Matches anywhere in `path`.
    std::optional<std::string> find(const std::string& path, const std::string& name) const;

private:
    explicit Pattern(std::shared_ptr<const re2::RE2> expression) : m_expression(std::move(expression)) {}
    std::shared_ptr<const re2::RE2> m_expression;
};

} // namespace sightline
