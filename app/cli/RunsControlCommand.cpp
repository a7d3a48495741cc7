// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <cstdio>

#include "BatchFiles.h"
#include "Commands.h"
#include "ExperimentOptions.h"
#include "engine/GivenBatchBytes.h"
#include "store/FindRun.h"
#include "store/RemoteCommand.h"
#include "store/RunEvents.h"

namespace sightline::cli {

namespace {

constexpr const char* kWords = "pause, resume, stop, stop-after-epoch, save, set or look";
constexpr std::chrono::minutes kPatience(10);

struct ControlOptions {
    std::string run, word, out;
    std::vector<std::string> settings;
    bool json = false;
};

Result<RemoteCommand> commandOf(const ControlOptions& options) {
    const std::optional<RemoteCommand::Kind> kind = remoteCommandNamed(options.word);
    if (!kind || *kind == RemoteCommand::Kind::GoOnAfterEpoch) // a part of resume: send()
        return badInput("runs control: " + shown(options.word) + " is not " + kWords + ".");
    if ((*kind == RemoteCommand::Kind::Edit) == options.settings.empty())
        return badInput(options.settings.empty() ? "runs control RUN set needs PATH=VALUE."
                                                 : "runs control: only set takes PATH=VALUE.");
    if ((*kind == RemoteCommand::Kind::Look) == options.out.empty())
        return badInput(options.out.empty() ? "runs control RUN look needs --out, a FILE.png or a folder."
                                            : "runs control: only look takes --out.");
    Result<std::vector<Setting>> settings = settingsOf(options.settings, "runs control RUN set");
    if (!settings)
        return settings.error();
    return RemoteCommand{*kind, std::move(*settings)};
}

/// A person who lets a run go on takes back whatever would end it soon.
Result<void> send(const RunFolder& run, const RemoteCommand& command) {
    const std::stop_token stop = interruption().get_token();
    const Result<void> obeyed = sendCommand(run.path(), command, kPatience, stop);
    if (!obeyed || command.kind != RemoteCommand::Kind::Resume)
        return obeyed;
    return sendCommand(run.path(), {RemoteCommand::Kind::GoOnAfterEpoch}, kPatience, stop);
}

/// Gives the picture.
Result<std::filesystem::path> look(const RunFolder& run, const std::string& out) {
    const Result<BatchFiles> files = batchFilesFor(out);
    if (!files)
        return files.error();
    const Result<std::string> bytes = lookAt(run.path(), kPatience, interruption().get_token());
    if (!bytes)
        return bytes.error();
    Result<GivenBatch> batch = givenBatchFrom(*bytes);
    if (!batch)
        return batch.error();
    const Result<std::vector<std::string>> classes = run.classes();
    if (!classes)
        return classes.error();
    if (const Result<void> written = write(*files, std::move(*batch), *classes); !written)
        return written.error();
    return files->picture;
}

std::vector<RecordedEdit> editsOf(const RunFolder& run) {
    return readRunEdits(run.path() / "events.jsonl");
}

/// A setting may switch on the block that it stands in: what became of an edit is said, path by path.
Json changesSince(const RunFolder& run, std::size_t known) {
    Json changes = Json::object();
    const std::vector<RecordedEdit> edits = editsOf(run);
    for (std::size_t i = known; i < edits.size(); ++i)
        changes.update(edits[i].changes);
    return changes;
}

int control(const ControlOptions& options, Context& context) {
    const Result<RemoteCommand> command = commandOf(options);
    if (!command)
        return fail(command.error());
    const auto run = findRun(context.home, options.run);
    if (!run)
        return fail(run.error());
    Json answer{{"id", run->id()}};
    const std::size_t known = editsOf(*run).size();
    if (command->kind == RemoteCommand::Kind::Look) {
        const Result<std::filesystem::path> picture = look(*run, options.out);
        if (!picture)
            return fail(picture.error());
        answer["picture"] = picture->string();
    } else if (const Result<void> obeyed = send(*run, *command); !obeyed) {
        return fail(obeyed.error());
    }
    const bool isEdit = command->kind == RemoteCommand::Kind::Edit;
    const Json changes = isEdit ? changesSince(*run, known) : Json::object();
    if (isEdit)
        answer["changes"] = changes;
    if (options.json) {
        printJson(answer);
        return 0;
    }
    for (const auto& [path, values] : changes.items())
        std::printf("%s: %s -> %s\n", path.c_str(), toText(values[0], -1).c_str(), toText(values[1], -1).c_str());
    return 0;
}

} // namespace

void addRunsControl(CLI::App& runs, Context& context) {
    auto options = std::make_shared<ControlOptions>();
    CLI::App* command = runs.add_subcommand(
        "control", "Pause, stop, save, change or look at a run in progress, also another program's");
    command->add_option("RUN", options->run, "A run's id, a prefix of it, its name or its folder")->required();
    command
        ->add_option("COMMAND", options->word, std::string(kWords) + "; resume takes back pause and stop-after-epoch")
        ->required();
    command->add_option("PATH=VALUE", options->settings,
                        "For set: what changes from the next batch on, all or nothing");
    command->add_option("--out", options->out,
                        "For look: the batch trained last as the network got it, as one picture (FILE.png) or, in a "
                        "folder, as a picture and a table");
    command->add_flag("--json", options->json, "Print JSON");
    command->callback(
        [options, &context] { context.chosen = [options, &context] { return control(*options, context); }; });
}

} // namespace sightline::cli
