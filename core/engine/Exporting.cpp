// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/Exporting.h"

#include <map>
#include <utility>

#include "engine/AskedModel.h"
#include "store/HubFolder.h"
#include "store/RunExport.h"

namespace sightline {

namespace {

using Door = std::function<Result<Engine*>()>;
using Metadata = std::map<std::string, std::string>;

/// Metadata that tells unknown images to programs that read it, or why nobody can.
struct UnknownWords {
    Metadata metadata;
    std::string whyNot;
};

Result<UnknownWords> unknownWords(const Door& door, const RunFolder& run, const NetworkExport& what,
                                  std::stop_token stop, const Progress& progress) {
    if (!(what.refuseShare > 0))
        return UnknownWords{};
    const Result<Engine*> engine = door();
    if (!engine)
        return engine.error();
    const auto rule =
        ask(**engine, ofRun(run.path(), what.checkpoint), UnknownRuleQuestion{}, std::move(stop), progress);
    auto metadata = rule ? unknownMetadata(*rule, what.refuseShare) : Result<Metadata>(rule.error());
    if (metadata)
        return UnknownWords{std::move(*metadata), {}};
    if (metadata.error().kind == ErrorKind::Cancelled)
        return metadata.error();
    return UnknownWords{{}, metadata.error().message};
}

Result<void> exportTorchScript(const Door& door, const RunFolder& run, const NetworkExport& what) {
    TorchScriptRequest request;
    request.source = ofRun(run.path(), what.checkpoint);
    request.file = what.target;
    Result<Metadata> metadata = exportMetadata(run);
    if (!metadata)
        return metadata.error();
    request.metadata = std::move(*metadata);
    const Result<Engine*> engine = door();
    return engine ? (*engine)->exportTorchScript(request) : Result<void>(engine.error());
}

} // namespace

Result<std::string> exportNetwork(const Door& door, const RunFolder& run, const NetworkExport& what,
                                  std::stop_token stop, const Progress& progress) {
    if (what.format == NetworkFormat::TorchScript || what.format == NetworkFormat::Weights) {
        const Result<void> done = what.format == NetworkFormat::Weights
                                      ? exportWeights(run, what.checkpoint, what.target)
                                      : exportTorchScript(door, run, what);
        return done ? Result<std::string>(std::string()) : Result<std::string>(done.error());
    }
    const auto unknown = unknownWords(door, run, what, std::move(stop), progress);
    if (!unknown)
        return unknown.error();
    const Result<void> done =
        what.format == NetworkFormat::Hub
            ? exportHub(run, what.checkpoint, what.target, unknown->metadata)
            : exportOnnx(run, what.checkpoint, what.foldBatchNorm, what.target, unknown->metadata);
    if (!done)
        return done.error();
    return unknown->whyNot.empty()
               ? std::string()
               : what.target.string() + " does not say which images are unknown: " + unknown->whyNot;
}

} // namespace sightline
