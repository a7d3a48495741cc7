// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SearchSteering.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "search/SlurmJob.h"
#include "store/RunMark.h"
#include "support/Files.h"
#include "support/Words.h"

namespace sightline {

namespace {

constexpr std::chrono::milliseconds kPeriod(200);
constexpr std::chrono::minutes kPatience(1);
constexpr const char* kPausedFile = "paused";

} // namespace

Result<void> steerSearch(const SearchFolder& folder, RemoteCommand::Kind command, std::stop_token stop,
                         const Slurm& slurm) {
    if (ownerOf(folder.path()))
        return sendCommand(folder.path(), {command}, kPatience, std::move(stop));
    if (!slurmJobOf(folder).empty())
        return steerJob(slurm, folder, command);
    return Error{"The search " + shown(folder.id()) + " is not running."};
}

bool hasLostItsJob(const SearchView& view, const Slurm& slurm) {
    const SearchFolder folder(view.folder);
    const bool goesOn = view.state == SearchView::State::Running || view.state == SearchView::State::Paused;
    if (!goesOn || view.isWatched || !hasSlurmJob(folder) || isAnyTrained(view)) // squeue may be another cluster's
        return false;
    const Result<std::vector<SlurmTask>> tasks = slurm.queued(slurmJobOf(folder));
    return tasks && std::none_of(tasks->begin(), tasks->end(), [](const SlurmTask& task) { return task.isAlive; });
}

bool saysPaused(const std::filesystem::path& searchFolder) {
    std::error_code code;
    return std::filesystem::exists(searchFolder / kPausedFile, code);
}

void sayPaused(const std::filesystem::path& searchFolder, bool paused) {
    std::error_code code;
    if (paused)
        static_cast<void>(writeFileAtomically(searchFolder / kPausedFile, ""));
    else
        std::filesystem::remove(searchFolder / kPausedFile, code);
}

Error steersNothingElse() {
    return badInput("A search can be paused, resumed and stopped; ask its runs for anything else.");
}

SearchSteering::SearchSteering(std::filesystem::path searchFolder, std::vector<TrainControl*> controls,
                               std::function<void()> stop)
    : m_folder(std::move(searchFolder)), m_controls(std::move(controls)), m_stop(std::move(stop)) {
    forgetCommands(m_folder);
    sayPaused(m_folder, false);
    m_thread = std::jthread([this](const std::stop_token& ended) {
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        while (!ended.stop_requested()) {
            look();
            wake.wait_for(lock, ended, kPeriod, [] { return false; });
        }
    });
}

SearchSteering::~SearchSteering() {
    m_thread.request_stop();
    m_thread.join();
    sayPaused(m_folder, false);
}

void SearchSteering::look() {
    for (const ReceivedCommand& received : receiveCommands(m_folder))
        answerCommand(received, received.command ? obey(*received.command) : received.command.error());
    const bool paused = std::all_of(m_controls.begin(), m_controls.end(),
                                    [](const TrainControl* control) { return control->isPaused(); });
    if (std::exchange(m_saidPaused, paused) != paused)
        sayPaused(m_folder, paused);
}

Result<void> SearchSteering::obey(const RemoteCommand& command) {
    switch (command.kind) {
    case RemoteCommand::Kind::Pause:
        for (TrainControl* control : m_controls)
            control->pause();
        return {};
    case RemoteCommand::Kind::Stop:
        m_stop();
        [[fallthrough]]; // a paused trial has to see it
    case RemoteCommand::Kind::Resume:
        for (TrainControl* control : m_controls)
            control->resume();
        return {};
    default:
        return steersNothingElse();
    }
}

} // namespace sightline
