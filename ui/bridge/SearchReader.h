// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "search/SearchFolder.h"

namespace sightline::ui {

/// A search in a list.
struct ListedSearch {
    std::string id;
    QString title;
    SearchView::State state = SearchView::State::Stopped;
    int ended = 0, trials = 0;
    bool onSlurm = false;
    QString failure; ///< why it cannot be read; then nothing else is known
    bool operator==(const ListedSearch&) const = default;
};

/// A search as it was at one moment; immutable, shared.
struct ShownSearch {
    SearchView view;
    std::optional<int> best; ///< number of the best trial
    std::map<std::string, double> importance;
};

/// Reads the searches of a home again and again, as whoever runs them writes on. Only what has changed is read. To be
/// used on one thread, a worker.
class SearchReader {
public:
    explicit SearchReader(std::filesystem::path home) : m_home(std::move(home)) {}

    struct Seen {
        std::vector<ListedSearch> list; ///< newest first
        /// Of the search asked for; null where it cannot be read or there is none.
        std::shared_ptr<const ShownSearch> shown;
    };
    Seen read(const std::string& shown);

private:
    struct Kept {
        ListedSearch listed;
        std::shared_ptr<const ShownSearch> shown; ///< once it was asked for
        std::string stamp;                        ///< what its files looked like
        std::vector<std::filesystem::path> tasks; ///< runs in progress as tasks of Slurm's
        bool isTrained = false;                   ///< one of these was trained then
    };
    const Kept& look(const SearchFolder& folder, bool isShown);

    std::filesystem::path m_home;
    std::map<std::string, Kept> m_kept;
};

} // namespace sightline::ui
