// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace sightline::cli {

/// Whole numbers from 0, refused in words: CLI11's own check prints the whole range of a double.
inline CLI::Validator atLeastZero() {
    return {[](std::string& given) { return given.starts_with('-') ? std::string("must be at least 0") : ""; }, ""};
}

/// Adds --seed, of a number or an optional one: CLI11 alone takes -5 for a huge number.
template <typename Seed>
CLI::Option* addSeed(CLI::App& command, Seed& seed, const std::string& description) {
    return command.add_option("--seed", seed, description)->check(atLeastZero());
}

} // namespace sightline::cli
