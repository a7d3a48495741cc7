// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/Classify.h"

#include <algorithm>

#include "data/ImageFiles.h"
#include "data/ImageNames.h"
#include "engine/AskedModel.h"
#include "store/RunStore.h"

namespace sightline {

namespace fs = std::filesystem;

Result<FilesToClassify> filesToClassify(const std::vector<fs::path>& paths, std::stop_token stop) {
    FilesToClassify all;
    for (const fs::path& path : paths) {
        std::error_code code;
        if (!fs::exists(path, code))
            return badInput(path.string() + " does not exist.");
        if (!fs::is_directory(path, code)) {
            all.files.push_back(path);
            continue;
        }
        ImageFiles found = imageFilesIn(path, stop);
        if (stop.stop_requested())
            return cancelled();
        if (found.files.empty())
            return badInput(path.string() + " contains no images (" + imageEndings() + ").");
        all.files.insert(all.files.end(), found.files.begin(), found.files.end());
        for (DataProblem& problem : found.passedOver)
            all.passedOver.push_back({path / problem.path, std::move(problem.kind), std::move(problem.message)});
    }
    return all;
}

Result<void> mayHoldCopies(const fs::path& folder, const std::vector<fs::path>& paths) {
    std::error_code code;
    const fs::path copies = fs::weakly_canonical(folder, code);
    for (const fs::path& path : paths) {
        const fs::path images = fs::weakly_canonical(path, code);
        const auto apart = std::mismatch(images.begin(), images.end(), copies.begin(), copies.end()).first;
        if (fs::is_directory(images, code) && apart == images.end())
            return badInput(folder.string() +
                            " lies in the folder that is classified; copies there would be classified the next time.");
    }
    return {};
}

namespace {

using SharedJudge = std::shared_ptr<const UnknownJudge>;

/// Null where nobody can say which images are unknown; `why` says why.
Result<SharedJudge> judgeOf(const AskedModel& model, const ClassifyRequest& request, std::string& why,
                            const std::stop_token& stop) {
    if (request.refuseShare == 0)
        return SharedJudge();
    const auto rule = model.ask(UnknownRuleQuestion{request.dataPath}, stop, request.onLearning);
    const Result<UnknownJudge> judge =
        rule ? UnknownJudge::by(*rule, request.refuseShare) : Result<UnknownJudge>(rule.error());
    if (judge)
        return SharedJudge(std::make_shared<const UnknownJudge>(*judge));
    if (judge.error().kind == ErrorKind::Cancelled)
        return judge.error();
    why = judge.error().message;
    return SharedJudge();
}

} // namespace

Result<Classification> classify(Engine& engine, const ClassifyRequest& request, std::stop_token stop,
                                const Progress& progress) {
    if (!(request.refuseShare >= 0 && request.refuseShare < 1))
        return badInput("The share of known images that may be refused must be at least 0 and below 1.");
    auto classes = RunFolder(request.runFolder).classes();
    if (!classes)
        return classes.error();
    const auto model = engine.open(ofRun(request.runFolder, request.checkpoint), request.threads);
    if (!model)
        return model.error();
    Classification result{std::move(*classes), {}};
    auto judge = judgeOf(**model, request, result.unjudged, stop);
    if (!judge)
        return judge.error();
    auto predictions =
        (*model)->ask(PredictionsQuestion{request.files, std::move(*judge), request.read}, stop, progress);
    if (!predictions)
        return predictions.error();
    for (std::size_t i = 0; i < std::min(predictions->images.size(), request.files.size()); ++i) {
        ImagePrediction& prediction = predictions->images[i];
        result.images.push_back({request.files[i], std::move(prediction.probabilities), std::move(prediction.error),
                                 prediction.unknownScore});
    }
    return result;
}

} // namespace sightline
