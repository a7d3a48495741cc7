// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/Judging.h"
#include "engine/explain/Passes.h"
#include "store/RunImport.h"
#include "support/Words.h"

namespace sightline::engine {

namespace {

Evaluation summed(const Asked& asked, const std::string& name, JudgedImages images, std::uint64_t seed,
                  std::optional<double> temperature) {
    Evaluation evaluation;
    evaluation.split = name;
    evaluation.classes = asked.model().classes;
    evaluation.predictions = std::move(images.predictions);
    evaluation.skipped = std::move(images.skipped);
    summarize(evaluation, seed, temperature);
    return evaluation;
}

/// What a person should know of the images before believing a figure. New ones are for the asker to say.
std::vector<std::string> notesOn(const RunData& data, const std::filesystem::path& run) {
    if (isImported(run))
        return {"This network was imported: which of these images it was trained on is unknown."};
    if (!data.manifest)
        return {"This run is from an older version and has no list of its images: which of these it was trained on, "
                "and which are new or missing, is unknown."};
    std::vector<std::string> notes, gone;
    for (const std::uint32_t entry : data.match.missing)
        gone.push_back(data.manifest->samples[entry].path);
    if (!gone.empty())
        notes.push_back(counted(gone.size(), "image") + " of the run " + (gone.size() == 1 ? "is" : "are") +
                        " missing: " + listed(gone) + ".");
    if (data.match.altered > 0)
        notes.push_back(counted(data.match.altered, "image") +
                        (data.match.altered == 1 ? " has different contents" : " have different contents") +
                        " than when the run began.");
    if (data.reclassed > 0)
        notes.push_back(counted(data.reclassed, "image") + (data.reclassed == 1 ? " is" : " are") +
                        " now in another class; evaluated with the labels the run was trained with.");
    return notes;
}

/// Fitted on the validation images; nothing where there are none, or where none fits.
Result<std::optional<double>> temperatureOf(const Asked& asked, const RunSplit& split, const JudgedImages& images,
                                            const EvaluationQuestion& question, Passes& passes) {
    if (split.subset == Subset::Validation)
        return fittedTemperature(images.predictions);
    const std::size_t count = split.data.dataset.count(Subset::Validation);
    if (count == 0)
        return std::optional<double>();
    std::vector<std::string> said; // by the images in question
    const auto validation =
        judgedSubset(asked, split, Subset::Validation, question.batchSize, passes.next(count), said);
    if (!validation)
        return validation.error();
    return fittedTemperature(validation->predictions);
}

/// Of all passes that an evaluation may take.
std::size_t imagesOf(const RunSplit& split, bool judgeNew) {
    const RunData& data = split.data;
    const bool other = split.subset != Subset::Validation;
    return data.dataset.count(split.subset) + (other ? data.dataset.count(Subset::Validation) : 0) +
           (judgeNew && data.manifest ? data.match.fresh.size() : 0);
}

} // namespace

Result<Evaluation> answer(const Asked& asked, const EvaluationQuestion& question, const Asking& asking) {
    const Result<RunSplit> split = openSplit(asked, question.split, question.dataPath, asking);
    if (!split)
        return split.error();
    const RunData& data = split->data;
    std::vector<std::string> notes = notesOn(data, asked.source.runFolder);
    if (!split->note.empty())
        notes.insert(notes.begin(), split->note);
    Passes passes(asking, imagesOf(*split, question.judgeNew));
    Result<JudgedImages> images = judgedSubset(asked, *split, split->subset, question.batchSize,
                                               passes.next(data.dataset.count(split->subset)), notes);
    if (!images)
        return images.error();
    const std::string name = nameOf(split->subset);
    if (images->predictions.empty())
        return badInput("None of the " + name + " images in " + data.dataset.root.string() +
                        (images->skipped.empty() ? " belongs to a class this run was trained on."
                                                 : " can be evaluated: " + images->skipped.front()));
    const Result<std::optional<double>> temperature = temperatureOf(asked, *split, *images, question, passes);
    if (!temperature)
        return temperature.error();
    const bool judgesNew = question.judgeNew && data.manifest;
    JudgedImages fresh;
    if (judgesNew) {
        const auto& since = data.match.fresh;
        auto found = judged(asked, *split, since, question.batchSize, passes.next(since.size()));
        if (!found)
            return found.error();
        fresh = std::move(*found);
    }
    passes.end();
    const std::uint64_t seed = split->experiment.seed;
    Evaluation evaluation = summed(asked, name, std::move(*images), seed, *temperature);
    evaluation.notes = std::move(notes);
    if (data.manifest) {
        evaluation.missing = data.match.missing.size();
        evaluation.fresh = data.match.fresh.size();
    }
    if (judgesNew)
        evaluation.newImages =
            std::make_shared<const Evaluation>(summed(asked, kNewImages, std::move(fresh), seed, *temperature));
    return evaluation;
}

} // namespace sightline::engine
