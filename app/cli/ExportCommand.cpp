// SPDX-License-Identifier: GPL-3.0-or-later
#include <iostream>

#include "Commands.h"
#include "engine/AskedModel.h"
#include "store/RunExport.h"

namespace sightline::cli {

namespace {

struct Settings {
    std::string run, checkpoint = "best", onnx, torchScript, weights;
    bool foldBatchNorm = false, json = false;
    double refuseShare = kRefuseShare;
};

/// What tells unknown images, for programs that read the file; what nobody can tell is not in it.
Result<void> exportOnnx(const RunFolder& run, const Settings& settings) {
    std::map<std::string, std::string> more;
    std::string why;
    if (settings.refuseShare > 0) {
        const Result<Engine*> engine = loadEngine();
        if (!engine)
            return engine.error();
        const auto rule =
            ask(**engine, ofRun(run.path(), settings.checkpoint), UnknownRuleQuestion{}, interruption().get_token(),
                [](std::size_t done, std::size_t total) { showProgress(kLearningUnknown, done, total); });
        auto unknown = rule ? unknownMetadata(*rule, settings.refuseShare)
                            : Result<std::map<std::string, std::string>>(rule.error());
        if (unknown)
            more = std::move(*unknown);
        else if (unknown.error().kind == ErrorKind::Cancelled)
            return unknown.error();
        else
            why = unknown.error().message;
    }
    const Result<void> done =
        sightline::exportOnnx(run, settings.checkpoint, settings.foldBatchNorm, settings.onnx, more);
    if (done && !why.empty())
        std::clog << "sightline-cli: " << settings.onnx << " does not say which images are unknown: " << why << '\n';
    return done;
}

Result<void> exportTorchScript(const RunFolder& run, const Settings& settings) {
    TorchScriptRequest request;
    request.source.runFolder = run.path();
    request.source.checkpoint = settings.checkpoint;
    request.file = settings.torchScript;
    Result<std::map<std::string, std::string>> metadata = exportMetadata(run);
    if (!metadata)
        return metadata.error();
    request.metadata = std::move(*metadata);
    const Result<Engine*> engine = loadEngine();
    return engine ? (*engine)->exportTorchScript(request) : Result<void>(engine.error());
}

int exportRun(const Settings& settings, Context& context) {
    const int targets = !settings.onnx.empty() + !settings.torchScript.empty() + !settings.weights.empty();
    if (targets == 0)
        return fail(badInput("Choose what to export: --onnx FILE, --torchscript FILE or --weights FILE.safetensors."));
    if (settings.foldBatchNorm && settings.onnx.empty())
        return fail(badInput("--fold-batch-norm needs --onnx FILE."));
    Result<RunStore> store = RunStore::open(context.home);
    if (!store)
        return fail(store.error());
    const Result<RunFolder> run = store->find(settings.run);
    if (!run)
        return fail(run.error());
    Json written = Json::array();
    const auto wrote = [&](const Result<void>& result, const std::string& file) {
        if (!result)
            return false;
        written.push_back(file);
        if (!settings.json)
            std::cout << "Wrote " << file << ".\n";
        return true;
    };
    if (!settings.onnx.empty()) {
        if (const Result<void> done = exportOnnx(*run, settings); !wrote(done, settings.onnx))
            return fail(done.error());
    }
    if (!settings.torchScript.empty()) {
        if (const Result<void> done = exportTorchScript(*run, settings); !wrote(done, settings.torchScript))
            return fail(done.error());
    }
    if (!settings.weights.empty()) {
        if (const Result<void> done = exportWeights(*run, settings.checkpoint, settings.weights);
            !wrote(done, settings.weights))
            return fail(done.error());
    }
    if (settings.json)
        printJson({{"run", run->id()}, {"checkpoint", settings.checkpoint}, {"files", std::move(written)}});
    return 0;
}

} // namespace

void addExport(CLI::App& app, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = app.add_subcommand("export", "Export a run's network: ONNX, TorchScript or weights");
    command->add_option("RUN", settings->run, "A run's id, a prefix of it, its name or its folder")->required();
    command->add_option("--onnx", settings->onnx, "Write an ONNX model (opset 13; output 'logits', before softmax)");
    command->add_option("--torchscript", settings->torchScript, "Write a TorchScript module (torch.jit.load)");
    command->add_option("--weights", settings->weights, "Write only the tensors (.safetensors)");
    command->add_option("--checkpoint", settings->checkpoint, "Checkpoint: best, last or an epoch");
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
