// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QStringList>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "search/SearchRunner.h"

namespace sightline::ui {

/// What becomes of one go of a search. Its thread writes it; the window's reads it once the search has ended, and how
/// far it is before.
class SearchOutcome {
    Q_DECLARE_TR_FUNCTIONS(SearchOutcome)
public:
    static constexpr qsizetype kNotes = 3; ///< of the many that a long search says

    using Folder = std::function<Result<SearchFolder>(const std::stop_token&)>;
    using Go = std::function<Result<SearchEnded>(SearchRequest& request, const SearchSink& sink)>;
    /// A trial began or ended, or something was said: the last one's number from 1, how many, and the search's id.
    using Next = std::function<void(std::size_t index, std::size_t count, const std::string& id)>;

    std::string openImages;     ///< where the window's images are; set before
    std::stop_source halt = {}; ///< of one on Slurm: ends the watching
    std::string id;
    std::optional<Error> error;
    std::optional<SearchEnded> ended;
    std::atomic<int> done = 0; ///< trials that have ended
    bool onSlurm = false;      ///< its images are those of the nodes, which this machine need not have; set before, too
    std::string gone;          ///< where the search's images were, if there are none to try instead

    /// The whole go, on the thread that calls: `run` is runSearch() or watchSearch().
    void go(const std::filesystem::path& home, const Folder& folder, const std::stop_token& stop, const EventSink& sink,
            const Next& next, const Go& run);

    void say(const std::string& note);
    void say(const CheckpointsRemoved& removed); ///< one note, which grows
    QStringList said();                          ///< the last notes

    QString words() const; ///< how it ended
    bool isGood() const;   ///< nothing is left, and there is a best trial

private:
    void add(const QString& note);

    std::mutex m_mutex;
    QStringList m_said;
    CheckpointsRemoved m_removed;
    QString m_removedWords; ///< as they stand in m_said
};

} // namespace sightline::ui
