// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <thread>
#include <vector>

#include "engine/TrainControl.h"
#include "search/SearchFolder.h"
#include "search/Slurm.h"
#include "store/RemoteCommand.h"

namespace sightline {

/// Leaves a command for whoever runs the search, in this process or another, and waits for its answer: pause (its
/// trials wait at their next batch; on Slurm they are saved, and their tasks held), resume or stop. A job on Slurm that
/// nobody watches is told itself. Errors: nobody runs it, there is no answer within a minute, or Slurm refuses.
Result<void> steerSearch(const SearchFolder& folder, RemoteCommand::Kind command, std::stop_token stop,
                         const Slurm& slurm = Slurm());

/// Whether Slurm says that no task of a search is there any more, while nobody watches who would leave word of it.
/// False also where Slurm does not answer, and where a run in progress tells that a task is there.
bool hasLostItsJob(const SearchView& view, const Slurm& slurm = Slurm());

/// What a search that runs, or its job on Slurm, said last.
bool saysPaused(const std::filesystem::path& searchFolder);
/// Leaves word of it; no more: where that cannot be written the search goes on.
void sayPaused(const std::filesystem::path& searchFolder, bool paused);
/// What any other command is answered with.
Error steersNothingElse();

/// The side of the search: obeys such commands on a thread of its own, and leaves word whether it is paused.
class SearchSteering {
public:
    /// `controls` are those of the trials in progress; `stop` ends the search. Both outlive this.
    SearchSteering(std::filesystem::path searchFolder, std::vector<TrainControl*> controls, std::function<void()> stop);
    ~SearchSteering();

private:
    void look();
    Result<void> obey(const RemoteCommand& command);

    std::filesystem::path m_folder;
    std::vector<TrainControl*> m_controls;
    std::function<void()> m_stop;
    bool m_saidPaused = false;
    std::jthread m_thread; ///< last: joined first
};

} // namespace sightline
