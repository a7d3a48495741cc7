// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "Commands.h"
#include "support/Version.h"

using namespace sightline;

int main(int argc, char** argv) {
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
