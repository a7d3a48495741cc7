// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SlurmJob.h"

#include <algorithm>

#include "search/SearchSteering.h"
#include "support/Files.h"

namespace sightline {

namespace {

constexpr int kMostTasks = 1000; ///< of an array, as Slurm comes

std::filesystem::path jobFile(const SearchFolder& folder) {
    return folder.path() / "slurm.json";
}

/// 'a path' as a shell reads it.
std::string quoted(const std::string& text) {
    std::string quoted = "'";
    for (const char letter : text)
        quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    return quoted + "'";
}

Result<std::filesystem::path> writeScript(const SearchFolder& folder, std::filesystem::path program) {
    std::error_code code;
    if (program.empty())
        program = std::filesystem::read_symlink("/proc/self/exe", code).parent_path() / "sightline-cli";
    const std::filesystem::path home = std::filesystem::absolute(folder.path(), code).parent_path().parent_path(),
                                script = folder.path() / "slurm.sh";
    const Result<void> written =
        writeFileAtomically(script, "#!/bin/sh\nexec " + quoted(program.string()) + " --home " + quoted(home.string()) +
                                        " search task " + quoted(folder.id()) + "\n");
    return written ? Result<std::filesystem::path>(script) : written.error();
}

bool has(const std::vector<SlurmTask>& tasks, const char* state) {
    return std::any_of(tasks.begin(), tasks.end(), [&](const SlurmTask& task) { return task.state == state; });
}

/// Those that wait first: they would take the places of those that go.
Result<void> holdAll(const Slurm& slurm, const std::string& job, const std::vector<SlurmTask>& tasks) {
    if (has(tasks, "PENDING"))
        if (const Result<void> held = slurm.hold(job); !held)
            return held;
    const Result<std::vector<SlurmTask>> now = slurm.queued(job);
    if (!now)
        return now.error();
    Result<void> all;
    for (const SlurmTask& task : *now)
        if (task.state == "RUNNING" && task.index)
            if (const Result<void> held = slurm.requeueAndHold(job + "_" + std::to_string(*task.index)); !held && all)
                all = held;
    return all;
}

} // namespace

std::string slurmJobOf(const SearchFolder& folder) {
    const Result<Json> json = readJsonFile(jobFile(folder));
    if (!json || !json->is_object())
        return {};
    const auto id = json->find("job");
    return id != json->end() && id->is_string() ? slurmJobIn(id->get<std::string>()).value_or("") : std::string();
}

bool hasSlurmJob(const SearchFolder& folder) {
    const Result<Json> json = readJsonFile(jobFile(folder));
    return json && json->is_object() && !json->contains("over") && !slurmJobOf(folder).empty();
}

void sayJobIsOver(const SearchFolder& folder) {
    if (hasSlurmJob(folder)) // where it cannot be written it is asked for again
        static_cast<void>(
            writeFileAtomically(jobFile(folder), toText(Json{{"job", slurmJobOf(folder)}, {"over", true}}) + "\n"));
}

Result<std::string> submitTasks(const Slurm& slurm, const SearchFolder& folder, const SearchPlan& plan, int tasks,
                                const std::filesystem::path& program) {
    const Result<std::filesystem::path> script = writeScript(folder, program);
    if (!script)
        return script.error();
    SlurmArray array;
    array.name = "sightline-" + folder.id();
    array.script = *script;
    for (const char letter : folder.path().string())
        array.log += letter == '%' ? std::string("%%") : std::string(1, letter);
    array.log += "/slurm-%A_%a.log";
    array.tasks = std::min(tasks, kMostTasks);
    array.atOnce = plan.parallel;
    const Result<std::string> job = slurm.submit(array, *plan.slurm);
    if (!job)
        return Error{job.error().message + " A search on Slurm is started where jobs are submitted."};
    const Result<void> written = writeFileAtomically(jobFile(folder), toText(Json{{"job", *job}}) + "\n");
    return written ? job : Result<std::string>(written.error());
}

std::string slurmLogsOf(const SearchFolder& folder, const std::string& job) {
    return (folder.path() / ("slurm-" + job + "_*.log")).string();
}

Result<void> steerJob(const Slurm& slurm, const SearchFolder& folder, RemoteCommand::Kind command) {
    using Kind = RemoteCommand::Kind;
    if (command != Kind::Pause && command != Kind::Resume && command != Kind::Stop)
        return steersNothingElse();
    const std::string job = slurmJobOf(folder);
    const Result<std::vector<SlurmTask>> tasks =
        job.empty() ? Result<std::vector<SlurmTask>>(std::vector<SlurmTask>()) : slurm.queued(job);
    if (!tasks)
        return tasks.error();
    if (std::none_of(tasks->begin(), tasks->end(), [](const SlurmTask& task) { return task.isAlive; })) {
        sayPaused(folder.path(), false);
        sayJobIsOver(folder);
        return badInput("No task of the search " + folder.id() +
                        " is on Slurm any more; resume it, and the trials that are left are submitted.");
    }
    const Result<void> done = command == Kind::Pause    ? holdAll(slurm, job, *tasks)
                              : command == Kind::Resume ? slurm.release(job)
                                                        : slurm.cancel(job);
    if (done)
        sayPaused(folder.path(), command == Kind::Pause);
    if (done && command == Kind::Stop) // those that save still say so by their runs
        sayJobIsOver(folder);
    return done;
}

} // namespace sightline
