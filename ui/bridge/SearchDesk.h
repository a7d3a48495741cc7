// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>
#include <QTimer>

#include <filesystem>
#include <memory>

#include "bridge/DataDesk.h"
#include "bridge/ExperimentDocument.h"
#include "bridge/RunDesk.h"
#include "bridge/SearchDraft.h"
#include "bridge/SearchOutcome.h"
#include "bridge/SearchReader.h"
#include "bridge/SeriesTrack.h"
#include "lane/Lane.h"

namespace sightline::ui {

/// Searches: the one that is thought out, the list of all in the data home, and the one in view, which is followed
/// whoever runs it. A search of this window trains one trial after the other on the window's one training thread; each
/// is the run in view while it is in progress. One on Slurm is only watched, beside whatever this window trains.
class SearchDesk : public QObject {
    Q_OBJECT
public:
    SearchDesk(std::filesystem::path home, ExperimentDocument& document, DataDesk& data, RunDesk& runs,
               Activities& activities);
    ~SearchDesk() override;

    const SearchDraft& draft() const { return m_draft; } ///< kept in the home
    void setDraft(SearchDraft draft);
    /// Adds a setting to the draft, where it is not in it already. False where it cannot be searched.
    bool searchFor(const std::string& path, const std::vector<Json>& choices = {});
    /// Takes the draft of a search that comes with the program, and its settings for the open images.
    void usePreset(const std::string& name);
    std::vector<Problem> problems() const; ///< of the draft over the document's experiment

    const std::vector<ListedSearch>& list() const { return m_list; }
    const std::shared_ptr<const ShownSearch>& shown() const { return m_shown; } ///< null: none, or not read yet
    const std::string& shownId() const { return m_shownId; }
    void show(const std::string& id); ///< empty: none
    void refresh();
    void setWatched(bool watched); ///< while somebody looks, what other programs do is looked at, too

    void start();                       ///< the draft
    void resume(const std::string& id); ///< trials that are left
    bool isUnderWay() const { return m_outcome != nullptr; }
    bool trains() const { return isUnderWay() && !m_watches; } ///< on the window's training thread
    bool runsHere(const std::string& id) const { return isUnderWay() && m_id == id; }
    /// Whether this window watches a search on Slurm; leave() ends that, and the search goes on.
    bool watches(const std::string& id) const { return m_watches && runsHere(id); }
    void leave();
    QString busyWords() const; ///< why no other search can begin here now; empty: it can
    /// Whether this window's training thread has its trials. Slurm's tasks are told through the search, also where this
    /// window watches them.
    bool trainsTrialsOf(const SearchView& view) const { return runsHere(view.id) && !view.plan.slurm; }
    /// Of the one that trains(): "Trial 3, 2 of 30 done".
    const QString& place() const { return m_track.place(); }
    /// Of the search in view: what is odd in its files, and what this window's go of it said last.
    QStringList notes() const;
    // The search in view, here or in another program; answers with refused() where it could not be done.
    void pause();
    void goOn();
    void stop();

    /// The document takes the settings of a trial of the search in view, for the open images where there are any.
    void useTrial(int number);

Q_SIGNALS:
    void draftChanged();
    void listChanged();
    void shownChanged();
    void changed(); ///< a search of this window began, ended, had a trial begin or end, or said something
    void refused(const QString& why);
    void ended(const QString& id, const QString& words, bool good);

private:
    void begin(const QString& name, bool onSlurm, SearchOutcome::Folder folder, const std::string& id = {});
    void train(const QString& name, SearchOutcome::Folder folder);
    void watch(const QString& name, SearchOutcome::Folder folder);
    void advance(qulonglong index, qulonglong count, const QString& id);
    void end(const QString& failure);
    void hearNotes(const std::string& id, QStringList said);
    void steer(RemoteCommand::Kind command);
    void take(SearchReader::Seen seen);

    std::filesystem::path m_home;
    ExperimentDocument& m_document;
    DataDesk& m_data;
    RunDesk& m_runs;
    Activities& m_activities;
    SeriesTrack m_track;
    SearchDraft m_draft;
    std::vector<ListedSearch> m_list;
    std::string m_shownId;
    std::shared_ptr<const ShownSearch> m_shown;
    bool m_watched = false;
    std::shared_ptr<SearchOutcome> m_outcome; ///< of the search under way, filled on its thread
    std::string m_id;                         ///< of the search under way, once it is known
    std::string m_saidOf;                     ///< whose notes the next are
    QStringList m_said;
    bool m_watches = false; ///< the search under way is on Slurm
    QString m_watchedName;
    Activity m_watching;
    QTimer m_timer;
    std::shared_ptr<SearchReader> m_reader; ///< used on m_lane only
    Lane m_lane, m_steerLane, m_watchLane;
};

} // namespace sightline::ui
