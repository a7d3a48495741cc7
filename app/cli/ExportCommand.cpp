// SPDX-License-Identifier: GPL-3.0-or-later
#include <iostream>
#include <optional>
#include <utility>

#include "Commands.h"
#include "ExperimentOptions.h"
#include "ExportCheck.h"
#include "ExportReport.h"
#include "engine/Exporting.h"
#include "search/SearchTable.h"
#include "store/RunStore.h"
#include "support/Words.h"

namespace sightline::cli {

namespace {

struct Settings {
    std::string run, checkpoint = "best", onnx, torchScript, weights, report, table, tensorBoard, hub;
    std::vector<std::string> set;
    std::string dataPath; ///< of `set`
    int check = 0;
    bool foldBatchNorm = false, all = false, json = false;
    double refuseShare = kRefuseShare;
};

/// One of the files, and what to know of it on stderr.
Result<void> write(const RunFolder& run, const Settings& settings, NetworkFormat format, const std::string& target) {
    const auto note = sightline::exportNetwork(
        loadEngine, run, {format, target, settings.checkpoint, settings.foldBatchNorm, settings.refuseShare},
        interruption().get_token(),
        [](std::size_t done, std::size_t total) { showProgress(kLearningUnknown, done, total); });
    if (!note)
        return note.error();
    if (!note->empty())
        std::clog << "sightline-cli: " << *note << '\n';
    return {};
}

/// The files of one run's network, in the order of the options.
Result<std::vector<std::string>> exportNetwork(const Settings& settings, Context& context) {
    Result<RunStore> store = RunStore::open(context.home);
    if (!store)
        return store.error();
    const Result<RunFolder> run = store->find(settings.run);
    if (!run)
        return run.error();
    std::vector<std::string> files;
    for (const auto& [format, target] :
         {std::pair(NetworkFormat::Onnx, settings.onnx), std::pair(NetworkFormat::TorchScript, settings.torchScript),
          std::pair(NetworkFormat::Weights, settings.weights), std::pair(NetworkFormat::Hub, settings.hub)}) {
        if (target.empty())
            continue;
        if (const Result<void> done = write(*run, settings, format, target); !done)
            return done.error();
        files.push_back(target);
    }
    return files;
}

bool exportsNetwork(const Settings& settings) {
    return !settings.onnx.empty() || !settings.torchScript.empty() || !settings.weights.empty() ||
           !settings.hub.empty();
}

Result<void> checked(const Settings& settings) {
    const bool network = exportsNetwork(settings);
    if (!network && settings.report.empty() && settings.table.empty() && settings.tensorBoard.empty())
        return badInput("Choose what to export: --onnx FILE, --torchscript FILE, --weights FILE.safetensors, --hub "
                        "DIR, --report FILE.html, --table FILE.csv or --tensorboard DIR.");
    if (settings.foldBatchNorm && settings.onnx.empty())
        return badInput("--fold-batch-norm needs --onnx FILE.");
    if (settings.check > 0 && settings.onnx.empty())
        return badInput("--check needs --onnx FILE.");
    if (settings.all && (network || !settings.report.empty() || !settings.table.empty() || !settings.run.empty()))
        return badInput("--all exports the histories of all runs: it goes with --tensorboard DIR alone.");
    if (!settings.all && settings.run.empty())
        return badInput("export needs a run, or --all with --tensorboard DIR.");
    return {};
}

/// A run's id; what was given where it is a group's.
std::string idOf(const std::string& given, Context& context) {
    auto store = RunStore::open(context.home);
    const Result<RunFolder> run = store ? store->find(given) : Result<RunFolder>(store.error());
    return run ? run->id() : given;
}

/// Asks run and file the same; the largest difference goes into the document.
Result<OnnxCheck> check(const Settings& settings, Context& context) {
    Result<RunStore> store = RunStore::open(context.home);
    const Result<RunFolder> run = store ? store->find(settings.run) : Result<RunFolder>(store.error());
    return run ? checkOnnx(*run, settings.checkpoint, settings.onnx, static_cast<std::size_t>(settings.check),
                           settings.dataPath, context)
               : Result<OnnxCheck>(run.error());
}

int exportRun(const Settings& given, Context& context) {
    if (const Result<void> fits = checked(given); !fits)
        return fail(fits.error());
    Settings settings = given;
    if (Result<std::string> place = dataPathOf(given.set, "export"); place)
        settings.dataPath = std::move(*place);
    else
        return fail(place.error());
    std::vector<std::string> files;
    const auto add = [&](const Result<std::vector<std::string>>& written) {
        if (written)
            files.insert(files.end(), written->begin(), written->end());
        return written.ok();
    };
    if (exportsNetwork(settings))
        if (const auto written = exportNetwork(settings, context); !add(written))
            return fail(written.error());
    if (!settings.tensorBoard.empty())
        if (const auto written = exportTensorBoards(settings.run, settings.all, settings.tensorBoard, context);
            !add(written))
            return fail(written.error());
    if (!settings.table.empty()) {
        auto store = RunStore::open(context.home);
        const auto group = store ? findGroupOrFoldsOf(*store, settings.run) : Result<std::string>(store.error());
        const auto table = group ? readTableOf(context.home, *group) : Result<GroupTable>(group.error());
        if (!table)
            return fail(table.error());
        if (const auto written = writeGroupTable(*table, settings.table); !written)
            return fail(written.error());
        files.push_back(settings.table);
    }
    if (!settings.report.empty()) {
        const auto written =
            exportReport(settings.run, settings.checkpoint, settings.dataPath, settings.report, context);
        if (!written)
            return fail(written.error());
        files.push_back(settings.report);
    }
    Json document = {{"run", settings.all ? Json() : Json(idOf(settings.run, context))},
                     {"checkpoint", settings.checkpoint},
                     {"files", files}};
    for (const std::string& file : settings.json ? std::vector<std::string>() : files)
        std::cout << "Wrote " << file << ".\n";
    std::optional<Error> differs;
    if (settings.check > 0) {
        const Result<OnnxCheck> found = check(settings, context);
        if (!found)
            return fail(found.error());
        document["check"] = {{"images", found->images}, {"max_difference", found->difference}};
        if (!settings.json)
            std::cout << "Checked with " << counted(found->images, "image") << ": largest difference of a score "
                      << found->difference << ".\n";
        if (!(found->difference <= kLargestDifference))
            differs = Error{"The scores of " + settings.onnx + " differ from the run's by more than 0.0001 (by " +
                            Json(found->difference).dump() + ")."};
    }
    if (settings.json)
        printJson(document);
    return differs ? fail(*differs) : 0;
}

} // namespace

void addExport(CLI::App& app, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = app.add_subcommand("export", "Export a run: its network, a report, its history");
    command->add_option(
        "RUN", settings->run,
        "A run's id, a prefix of it, its name or its folder; with --report and --table a group's id or name");
    command->add_option("--onnx", settings->onnx, "Write an ONNX model (opset 13; output 'logits', before softmax)");
    command->add_option("--torchscript", settings->torchScript, "Write a TorchScript module (torch.jit.load)");
    command->add_option("--weights", settings->weights, "Write only the tensors (.safetensors)");
    command->add_option("--hub", settings->hub, "Write a folder that timm and the Hugging Face hub can load");
    command->add_option("--check", settings->check, "With --onnx: compare the file with the run on this many images")
        ->check(CLI::Range(1, 1000000));
    command->add_option("--report", settings->report,
                        "Write a report as one HTML file: methods, curves, figures, confusion, heat maps");
    command->add_option("--table", settings->table, "Write the table of a group's runs as .csv or .md (Markdown)");
    command->add_option("--tensorboard", settings->tensorBoard, "Write the history as TensorBoard's event files, here");
    command->add_flag("--all", settings->all, "With --tensorboard: of all runs");
    command->add_option("--checkpoint", settings->checkpoint, "Checkpoint: best, last or an epoch");
    addDataPath(*command, settings->set); // --check and --report look at the images
    command->add_flag("--fold-batch-norm", settings->foldBatchNorm,
                      "ONNX: fold batch normalization into the convolutions");
    command
        ->add_option("--refuse-share", settings->refuseShare,
                     "ONNX: share of images of known classes that its limit for unknown images may refuse; 0: no limit")
        ->check(CLI::Range(0.0, 0.999));
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return exportRun(*settings, context); }; });
}

} // namespace sightline::cli
