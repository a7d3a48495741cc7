// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/Reporting.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "engine/AskedModel.h"
#include "engine/Overlay.h"
#include "store/FoldGroup.h"
#include "store/OutOfFold.h"
#include "store/RunData.h"
#include "store/RunEvents.h"
#include "store/RunImport.h"
#include "store/TableGroup.h"
#include "support/Hash.h"

namespace sightline {

namespace {

constexpr std::size_t kMostSamples = 24; ///< classes of which an image is shown
constexpr int kSampleSide = 160;         ///< pixels of its longer side

/// A report has no option for the split.
std::string reasonOf(const Error& error) {
    std::string reason = error.message;
    const std::string advice = "; name another split" + std::string(kSplitOption);
    if (const auto at = reason.find(advice); at != std::string::npos)
        reason.erase(at, advice.size());
    return reason;
}

EvaluationQuestion evaluationFor(const ReportRequest& request) {
    EvaluationQuestion question;
    question.split = request.split;
    question.dataPath = request.dataPath;
    return question;
}

/// What the folder alone tells.
Result<RunReport> ofFolder(const RunFolder& run) {
    RunReport report;
    report.run = run.summary();
    auto experiment = run.experiment(), began = run.experimentAtStart();
    if (!experiment || !began)
        return experiment ? began.error() : experiment.error();
    report.experiment = std::move(*experiment);
    report.began = std::move(*began);
    report.began.data.path = report.experiment.data.path; // where the images are now
    RunEvents events = readRunEvents(run.path() / "events.jsonl");
    report.edits = std::move(events.edits);
    report.threads = events.threads;
    report.parent = parentOf(run);
    report.isImported = isImported(run.path());
    if (auto classes = run.classes())
        report.classes = std::move(*classes);
    if (const auto graph = run.graph())
        if (auto spec = graphFromJson(*graph))
            report.graph = std::move(*spec);
    if (auto history = run.history())
        report.history = std::move(*history);
    const auto manifest = run.manifest();
    if (!manifest)
        return manifest.error();
    if (*manifest) {
        for (auto& counts : report.images)
            counts.assign(report.classes.size(), 0);
        for (const SampleEntry& sample : (*manifest)->samples) {
            const auto at = std::find(report.classes.begin(), report.classes.end(), sample.className);
            if (at != report.classes.end())
                ++report.images[static_cast<std::size_t>(sample.subset)]
                               [static_cast<std::size_t>(at - report.classes.begin())];
        }
        if (auto digest = fileDigest(run.path() / "samples.csv", "sha256"))
            report.dataDigest = std::move(*digest);
    }
    return report;
}

/// The wrong image of a pair that the network was surest of.
const Prediction* surest(const Evaluation& evaluation, const ConfusedPair& pair) {
    const Prediction* found = nullptr;
    for (const Prediction& prediction : evaluation.predictions)
        if (prediction.truth == pair.truth && prediction.predicted == pair.predicted &&
            (!found || prediction.confidence > found->confidence))
            found = &prediction;
    return found;
}

Result<ReportPicture> pictureOf(const AskedModel& model, const Dataset& images, const Prediction& prediction,
                                const ReportRequest& request, const std::stop_token& stop) {
    const auto sample = std::find_if(images.samples.begin(), images.samples.end(),
                                     [&](const Sample& known) { return known.path == prediction.path; });
    if (sample == images.samples.end())
        return Error{prediction.path + " is gone."};
    HeatMapQuestion question;
    auto image = images.source->decoded(*sample, images.resolved(images.pixels));
    if (!image)
        return image.error();
    question.image = std::move(*image);
    question.truth = prediction.truth;
    question.method = request.method;
    const auto map = model.ask(question, stop);
    if (!map)
        return map.error();
    const auto trust = model.ask(TrustQuestion{std::move(question)}, stop);
    if (!trust)
        return trust.error();
    const auto nameOf = [&](int label) { return model.classes()[static_cast<std::size_t>(label)]; };
    return ReportPicture{prediction.path,
                         nameOf(prediction.truth),
                         nameOf(prediction.predicted),
                         prediction.confidence,
                         map->input,
                         overlay(map->input, map->map, 0.5, map->isSigned ? ColorMap::Diverging : ColorMap::Turbo),
                         sentenceOn(*trust)};
}

/// The first training image of each class that can be read.
void addSamples(const Dataset& images, const std::stop_token& stop, RunReport& report) {
    std::set<int> shown;
    for (const std::uint32_t index : images.indices(Subset::Train)) {
        const Sample& sample = images.samples[index];
        if (shown.size() == std::min(kMostSamples, images.classes.size()) || stop.stop_requested())
            return;
        if (sample.label < 0 || shown.contains(sample.label))
            continue;
        const auto image = shownImage(images, sample);
        if (!image)
            continue;
        shown.insert(sample.label);
        const double scale = std::min(1.0, static_cast<double>(kSampleSide) / std::max(image->height, image->width));
        const auto side = [scale](int pixels) { return std::max(1, static_cast<int>(std::lround(pixels * scale))); };
        report.samples.push_back({images.classes[static_cast<std::size_t>(sample.label)], sample.path,
                                  resized(*image, side(image->height), side(image->width), Interpolation::Bilinear)});
    }
}

Result<void> addPictures(const AskedModel& model, const RunFolder& run, const ReportRequest& request,
                         const std::stop_token& stop, RunReport& report) {
    const auto data = openRunData(run, report.experiment, {request.dataPath, Compare::Contents, 1}, stop);
    if (!data)
        return data.error();
    addSamples(data->dataset, stop, report);
    for (const ConfusedPair& pair : report.evaluation->mostConfused) {
        const Prediction* wrong = surest(*report.evaluation, pair);
        if (report.pictures.size() == request.pictures || !wrong)
            break;
        auto picture = pictureOf(model, data->dataset, *wrong, request, stop);
        if (!picture && picture.error().kind == ErrorKind::Cancelled)
            return picture.error();
        if (picture)
            report.pictures.push_back(std::move(*picture));
        else
            report.notes.push_back("No heat map of " + wrong->path + ": " + picture.error().message);
    }
    return {};
}

/// Whether a search removed what the run had learned.
bool isEmptied(const RunSummary& run) {
    std::error_code code;
    const auto folder = std::filesystem::path(run.folder) / "checkpoints";
    return run.group && run.group->kind == RunGroup::Kind::Search && run.epochs > 0 &&
           std::filesystem::is_empty(folder, code);
}

/// What a group's runs have in common, by the methods of one of them: `example`, else the first fold, else the best.
void addMethods(const Engine& engine, const std::string& example, GroupReport& report) {
    const auto better = [](const GroupMember& one, const GroupMember& other) {
        return one.run.bestValAccuracy.value_or(-1) < other.run.bestValAccuracy.value_or(-1);
    };
    auto shown = std::find_if(report.members.begin(), report.members.end(),
                              [&](const GroupMember& one) { return one.run.id == example; });
    if (shown == report.members.end())
        shown = report.group.kind == RunGroup::Kind::Folds
                    ? report.members.begin()
                    : std::max_element(report.members.begin(), report.members.end(), better);
    if (shown == report.members.end())
        return;
    Result<RunReport> run = ofFolder(RunFolder(shown->run.folder));
    if (!run)
        return;
    run->software = engine.description();
    run->evaluation = shown->evaluation;
    if (report.group.kind == RunGroup::Kind::Table) {
        report.repeated = toJson(run->began);
        report.command = "train experiment.json";
    }
    std::string text = methodsText(*run);
    report.methods = {shown->run.group->member, std::move(text), std::move(*run)};
}

/// What folds say together, and what trains them again.
void addFolds(const std::filesystem::path& home, GroupReport& report) {
    const auto folds = readFoldGroup(home, report.group.id);
    if (!folds)
        return;
    report.repeated = toJson(folds->experiment);
    report.command = "train experiment.json --folds " + std::to_string(folds->folds);
    if (auto judged = evaluationOfFolds(home, report.group.id))
        report.outOfFold = std::move(*judged);
}

} // namespace

Result<RunReport> collectReport(Engine& engine, const RunFolder& run, const ReportRequest& request,
                                std::stop_token stop, const Progress& progress) {
    Result<RunReport> report = ofFolder(run);
    if (!report)
        return report;
    report->software = engine.description();
    report->heatMapMethod = nameOf(request.method);
    const auto model = engine.open(ofRun(run.path(), request.checkpoint), request.threads);
    Result<void> asked = model ? Result<void>() : Result<void>(model.error());
    if (asked) {
        auto evaluation = (*model)->ask(evaluationFor(request), stop, progress);
        if (evaluation) {
            report->notes = evaluation->notes;
            report->evaluation = std::move(*evaluation);
            asked = addPictures(**model, run, request, stop, *report);
        } else {
            asked = evaluation.error();
        }
    }
    if (!asked && asked.error().kind == ErrorKind::Cancelled)
        return asked.error();
    if (!asked)
        report->notes.push_back("Not all could be asked of the network: " + reasonOf(asked.error()));
    return report;
}

Result<GroupReport> collectGroupReport(Engine& engine, RunStore& store, const std::string& group,
                                       const ReportRequest& request, std::stop_token stop, const Progress& progress) {
    auto runs = store.list();
    if (!runs)
        return runs.error();
    sortRuns(*runs, "created");
    GroupReport report;
    for (auto run = runs->rbegin(); run != runs->rend(); ++run) {
        if (!run->group || run->group->id != group)
            continue;
        report.group = *run->group;
        const RunFolder folder(run->folder);
        GroupMember member{*run, {}, {}, {}};
        auto experiment = folder.experiment();
        auto history = folder.history();
        if (!experiment || !history) {
            report.notes.push_back(
                run->id + " is not shown: " + (experiment ? history.error().message : experiment.error().message));
            continue;
        }
        member.experiment = std::move(*experiment);
        member.history = std::move(*history);
        if (isEmptied(*run)) {
            report.withoutCheckpoints.push_back(run->id);
            report.members.push_back(std::move(member));
            continue;
        }
        auto evaluation = ask(engine, ofRun(folder.path(), request.checkpoint), evaluationFor(request), stop, progress,
                              request.threads);
        if (!evaluation && evaluation.error().kind == ErrorKind::Cancelled)
            return evaluation.error();
        if (evaluation)
            member.evaluation = std::move(*evaluation);
        else
            report.notes.push_back(run->id + " could not be evaluated: " + reasonOf(evaluation.error()));
        report.members.push_back(std::move(member));
    }
    if (auto table = readGroupTable(store.home(), group)) {
        std::vector<std::string> order;
        for (const GroupTable::Row& row : table->rows)
            order.push_back(row.run);
        putInOrder(report, order);
        report.table = std::move(*table);
    }
    if (report.members.empty())
        return badInput("There are no runs of a group " + group + " in " + store.home().string() + ".");
    addMethods(engine, request.example, report);
    if (report.group.kind == RunGroup::Kind::Table)
        if (const auto models = readTableGroup(store.home(), report.group.id))
            report.commandOfAll = trainedAgainBy(*models);
    if (report.group.kind == RunGroup::Kind::Folds)
        addFolds(store.home(), report);
    return report;
}

} // namespace sightline
