// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace sightline::cli {

/// Whole numbers from 0, refused in words: CLI11's own check prints the whole range of a double.
inline CLI::Validator atLeastZero() {
    return {[](std::string& given) { return given.starts_with('-') ? std::string("must be at least 0") : ""; }, ""};
}

} // namespace sightline::cli
