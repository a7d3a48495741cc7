// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>

#include "Commands.h"
#include "data/Fetch.h"

namespace sightline::cli {

namespace {

struct FetchOptions {
    std::string name, to, mirror;
};

/// A line on a terminal: what, a bar, how much of how much, how fast.
class FetchBar {
public:
    void show(const std::string& what, std::uint64_t done, std::uint64_t total) {
        static const bool terminal = isatty(STDERR_FILENO) != 0;
        const auto now = std::chrono::steady_clock::now();
        if (!terminal)
            return;
        if (what != m_what) {
            if (!m_what.empty())
                std::fputc('\n', stderr);
            m_what = what;
            m_begin = now;
            m_first = done;
        } else if (done < total && now - m_shown < std::chrono::milliseconds(100))
            return;
        m_shown = now;
        constexpr std::uint64_t kWidth = 30;
        std::string bar(total > 0 ? static_cast<std::size_t>(std::min(kWidth, done * kWidth / total)) : 0, '#');
        bar.resize(kWidth, '.');
        const double seconds = std::chrono::duration<double>(now - m_begin).count();
        const std::string speed =
            seconds > 0.5 && done > m_first
                ? ", " + bytesText(static_cast<std::uint64_t>(static_cast<double>(done - m_first) / seconds)) + "/s"
                : "";
        std::fprintf(stderr, "\r%s [%s] %s of %s%s\033[K", what.c_str(), bar.c_str(), bytesText(done).c_str(),
                     total > 0 ? bytesText(total).c_str() : "?", speed.c_str());
    }
    void end() const {
        if (!m_what.empty())
            std::fputc('\n', stderr);
    }

private:
    std::string m_what;
    std::uint64_t m_first = 0;
    std::chrono::steady_clock::time_point m_begin, m_shown;
};

int run(const FetchOptions& options, const Context& context) {
    const PublicDataset* wanted = nullptr;
    std::string names;
    for (const PublicDataset& dataset : publicDatasets()) {
        names += (names.empty() ? "" : ", ") + dataset.name;
        if (dataset.name == options.name)
            wanted = &dataset;
    }
    if (!wanted)
        return fail(badInput("There is no public data set '" + options.name + "'; available: " + names + "."));
    if (!options.mirror.empty() && !options.mirror.starts_with("http://") && !options.mirror.starts_with("https://"))
        return fail(badInput("--mirror " + options.mirror + ": use an address that begins with http:// or https://."));
    const std::filesystem::path to =
        options.to.empty() ? context.home / "datasets" / wanted->name : std::filesystem::path(options.to);
    FetchBar bar;
    const Result<void> fetched = fetchDataset(
        *wanted, to.has_filename() ? to : to.parent_path(), options.mirror, interruption().get_token(),
        [&](const std::string& what, std::uint64_t done, std::uint64_t total) { bar.show(what, done, total); });
    bar.end();
    if (!fetched)
        return fail(fetched.error());
    std::cout << to.string() << '\n';
    return 0;
}

} // namespace

void addDatasetFetch(CLI::App& dataset, Context& context) {
    auto options = std::make_shared<FetchOptions>();
    CLI::App* command =
        dataset.add_subcommand("fetch", "Download, verify and unpack a public data set; resumes where it stopped");
    command->add_option("NAME", options->name, "mnist, fashion-mnist, cifar10 or tiny-imagenet")->required();
    command->add_option("--to", options->to, "Target folder; default: datasets/NAME in the data home");
    command->add_option("--mirror", options->mirror, "Address to download the files from instead of the usual one");
    command->callback([options, &context] { context.chosen = [options, &context] { return run(*options, context); }; });
}

} // namespace sightline::cli
