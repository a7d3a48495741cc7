// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SlurmSettings.h"

#include <algorithm>
#include <cctype>

namespace sightline {

namespace {

constexpr double kLeastMinutes = 5; ///< below, a task would do little else than begin and save

bool isWord(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char letter) {
        return std::isalnum(letter) || letter == '_' || letter == '-' || letter == '.' || letter == ',';
    });
}

bool isOption(const std::string& text) {
    return text.starts_with("--") && text.size() > 2 &&
           std::none_of(text.begin(), text.end(), [](unsigned char letter) { return std::iscntrl(letter); });
}

/// Whole numbers between colons; empty where there is anything else.
std::vector<double> numbersOf(const std::string& text) {
    std::vector<double> numbers;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find(':', start), text.size());
        const std::string part = text.substr(start, end - start);
        if (part.empty() || part.size() > 6 ||
            !std::all_of(part.begin(), part.end(), [](unsigned char letter) { return std::isdigit(letter); }))
            return {};
        numbers.push_back(std::stod(part));
        start = end + 1;
    }
    return numbers;
}

} // namespace

std::optional<double> slurmMinutes(const std::string& time) {
    const std::size_t dash = time.find('-');
    const std::vector<double> days =
        dash == std::string::npos ? std::vector<double>{0} : numbersOf(time.substr(0, dash));
    std::vector<double> parts = numbersOf(dash == std::string::npos ? time : time.substr(dash + 1));
    if (days.size() != 1 || parts.empty() || parts.size() > 3)
        return std::nullopt;
    if (dash == std::string::npos && parts.size() < 3) // minutes, minutes:seconds
        parts.insert(parts.begin(), 0);
    parts.resize(3, 0);
    return days[0] * 1440 + parts[0] * 60 + parts[1] + parts[2] / 60;
}

SlurmSettings slurmSettingsFrom(JsonReader& reader) {
    SlurmSettings settings;
    reader.read("partition", settings.partition);
    reader.read("time", settings.time);
    reader.read("gpus", settings.gpus);
    reader.read("options", settings.options);
    reader.finish();
    if (!isWord(settings.partition))
        reader.problem("partition", "must be the name of a partition");
    if (!settings.time.empty() && !(slurmMinutes(settings.time).value_or(0) >= kLeastMinutes))
        reader.problem("time",
                       "must be a time as sbatch has it, at least five minutes, as in \"02:00:00\": a task saves "
                       "two minutes before it is over");
    if (settings.gpus < 0 || settings.gpus > 1024)
        reader.problem("gpus", "must be 0 to 1024");
    if (!std::all_of(settings.options.begin(), settings.options.end(), isOption))
        reader.problem("options", "must be options of sbatch, as in [\"--account=NAME\"]");
    return settings;
}

Json toJson(const SlurmSettings& settings) {
    Json json{{"partition", settings.partition}, {"time", settings.time}, {"gpus", settings.gpus}};
    if (!settings.options.empty())
        json["options"] = settings.options;
    return json;
}

} // namespace sightline
