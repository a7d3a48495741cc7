// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "support/Files.h"
#include "support/Json.h"
#include "support/Result.h"

namespace sightline::cli {

/// What every command shares, filled before it runs.
struct Context {
    std::filesystem::path home = defaultHome(); ///< --home or SIGHTLINE_HOME
    bool verbose = false;
    /// The command chosen on the line: its exit code. Set by a command's callback, run after parsing.
    std::function<int()> chosen;
};

/// The sub-command `name` of `parent`, made on first use ("bench", "model", "runs" ...).
CLI::App& group(CLI::App& parent, const std::string& name, const std::string& description);

/// Says the failure in one line on stderr and gives its exit code (Failed 1, BadInput 2, Cancelled 130).
int fail(const Error& error);
/// One JSON document on stdout.
void printJson(const Json& json);
/// A progress bar on stderr where that is a terminal, else nothing. `done` of `total`; ends its line at the end.
void showProgress(const std::string& what, std::size_t done, std::size_t total);
inline constexpr const char* kLearningUnknown = "Learning to recognize unknown images";

/// Ctrl-C, SIGTERM and a terminal that closes: the first sets the returned source's stop, the second Ctrl-C or SIGTERM
/// kills. Installed on first call.
std::stop_source& interruption();

/// The same for a task of Slurm's: SIGUSR1 (its time is almost over) and SIGTERM (it is cancelled) stop it, however
/// often they come.
std::stop_source& taskInterruption();
/// Whether it was SIGUSR1.
bool isTimeAlmostOver();

/// Adds --threads, documented the same everywhere; 0 = the CPUs available.
CLI::Option* addThreads(CLI::App& command, int& threads);
/// "64x48" or "64x48x3" to numbers; false where it is neither.
bool parseSize(const std::string& text, int& height, int& width, int* channels = nullptr);

// One function a command, each in a file of its own. A command with options writes:
//
//     void addThing(CLI::App& app, Context& context) {
//         auto settings = std::make_shared<ThingSettings>();
//         CLI::App* command = app.add_subcommand("thing", "What it does");
//         command->add_option("PATH", settings->path, "...")->required();
//         command->callback([settings, &context] { context.chosen = [settings, &context] { return run(*settings,
//         context); }; });
//     }
using AddCommand = void (*)(CLI::App& app, Context& context);

} // namespace sightline::cli
