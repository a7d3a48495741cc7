// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>

#include "data/Readers.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

/// "cat" of cat.0.jpg, "solar cell" of solar cell_0012.png; empty where no number follows.
std::string prefixOf(const std::string& name) {
    const std::string stem = name.substr(0, name.rfind('.'));
    std::size_t end = stem.size();
    while (end > 0 && stem[end - 1] >= '0' && stem[end - 1] <= '9')
        --end;
    if (end == stem.size())
        return {};
    while (end > 0 && (stem[end - 1] == '.' || stem[end - 1] == '_' || stem[end - 1] == '-' || stem[end - 1] == ' ' || stem[end - 1] == '('))
        --end;
    return stem.substr(0, end);
}

std::map<std::string, std::vector<std::string>> byPrefix(const fs::path& root) {
    std::map<std::string, std::vector<std::string>> found;
    std::error_code code;
    for (fs::directory_iterator it(root, fs::directory_options::skip_permission_denied, code), end; !code && it != end; it.increment(code)) {
        const std::string name = it->path().filename().string();
        if (!name.starts_with('.') && hasImageExtension(name) && it->is_regular_file(code))
            found[prefixOf(name)].push_back(name);
    }
    return found;
}

} // namespace

bool looksFlat(const fs::path& root) {
    std::error_code code;
    for (fs::directory_iterator it(root, fs::directory_options::skip_permission_denied, code), end; !code && it != end; it.increment(code))
        if (it->is_directory(code) && !it->path().filename().string().starts_with('.'))
            return false; // folders come first
    const auto found = byPrefix(root);
    const auto classes = std::count_if(found.begin(), found.end(), [](const auto& entry) { return !entry.first.empty() && entry.second.size() > 1; });
    return classes > 1;
}

Result<Dataset> readFlat(const fs::path& root, std::stop_token, const Progress&) {
    Dataset dataset;
    dataset.root = root;
    dataset.format = "flat";
    dataset.source = makeFileSource(root);
    for (const auto& [prefix, names] : byPrefix(root)) {
        if (prefix.empty()) {
            for (const std::string& name : names)
                dataset.problems.push_back({"no_class", name, "has no class in its name (like cat_12.jpg) and is left out"});
            continue;
        }
        const auto label = static_cast<int>(dataset.classes.size());
        dataset.classes.push_back(prefix);
        for (const std::string& name : names)
            dataset.samples.push_back({name, label, Subset::Train, 0});
    }
    sortSamples(dataset);
    return dataset;
}

} // namespace sightline
