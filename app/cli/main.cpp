// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>

#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "Commands.h"
#include "support/Version.h"

using namespace sightline;

namespace {

/// libgomp's threads spin while they wait for each other. Where a core is shared (a loader thread, a window, another
/// program) they spin against the very thread they wait for: 109 images/s instead of 719 (BENCHMARKS.md). libgomp reads
/// its setting before main(), so the program starts once more with it.
/// Commands without torch start once only: loading the libraries is the longest part of them.
void spinBriefly(char** argv) {
    const std::string command = argv[1] ? argv[1] : "", part = argv[1] && argv[2] ? argv[2] : "";
    if (command.empty() || command == "dataset" || command == "augment" || command == "weights" || command == "runs" ||
        command == "--version" || command == "--help" || (command == "model" && part != "forward"))
        return;
    if (std::getenv("GOMP_SPINCOUNT") || std::getenv("OMP_WAIT_POLICY"))
        return;
    ::setenv("GOMP_SPINCOUNT", "1000", 0);
    ::execv("/proc/self/exe", argv); // where that is refused the program goes on, slower
}

} // namespace

int main(int argc, char** argv) {
    spinBriefly(argv);
    CLI::App app("Sightline trains image classifiers and shows where they look. This is the command-line program.",
                 "sightline-cli");
    cli::Context context;
    std::string home = context.home.string();
    app.set_version_flag("--version", std::string("sightline-cli ") + kVersion);
    app.add_option("--home", home, "Data home: run store and cached downloads")->envname("SIGHTLINE_HOME");
    app.add_flag("--verbose", context.verbose, "Print more on stderr");
    app.require_subcommand(1);
    app.fallthrough();
    app.get_formatter()->column_width(36);
    for (const cli::AddCommand add : cli::kCommands)
        add(app, context);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
            return app.exit(error);
        const bool unknownCommand = app.get_subcommands().empty() && argc > 1 && argv[1][0] != '-';
        return cli::fail(badInput(unknownCommand ? std::string("There is no command '") + argv[1] + "'; see --help."
                                                 : std::string(error.what()) + " (see --help)"));
    }
    context.home = home;
    if (!context.verbose)
        std::cerr.rdbuf(
            nullptr); // libraries complain there of files of which our own sentence (std::clog) says it better
    ::setenv("SIGHTLINE_HOME", home.c_str(), 1); // what is cached below goes there, too
    try {
        return context.chosen ? context.chosen() : 2;
    } catch (const std::bad_alloc&) {
        return cli::fail({"There is not enough memory for this; try a smaller batch or image size."});
    } catch (const std::exception& error) {
        return cli::fail({std::string("Something unexpected went wrong: ") + error.what()});
    }
}
