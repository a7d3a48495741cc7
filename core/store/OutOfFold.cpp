// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/OutOfFold.h"

#include "store/FoldGroup.h"
#include "store/GroupFolder.h"
#include "support/Files.h"

namespace sightline {

namespace {
Error unreadable(const std::filesystem::path& file, const Error& why) {
    return badInput("The table of the folds, " + file.string() +
                    ", cannot be read: train the folds again to judge every image. " + why.message);
}
} // namespace

Result<std::optional<std::vector<Prediction>>> outOfFoldPredictions(const std::filesystem::path& runFolder,
                                                                    const std::vector<std::string>& classes) {
    using Read = std::optional<std::vector<Prediction>>;
    const auto file = outOfFoldFileOf(runFolder);
    if (!file)
        return Read();
    const Result<std::string> csv = readFile(*file);
    if (!csv)
        return csv.error();
    Result<std::vector<Prediction>> predictions = readPredictions(*csv, classes);
    if (!predictions)
        return unreadable(*file, predictions.error());
    return Read(std::move(*predictions));
}

Result<FoldGroup> trainedFolds(const std::filesystem::path& home, const std::string& group) {
    if (const auto kind = kindOfGroup(home, group); kind != RunGroup::Kind::Folds)
        return badInput(group + " is no group of folds; give one of its runs.");
    Result<FoldGroup> folds = readFoldGroup(home, group);
    std::error_code code;
    if (folds && !std::filesystem::exists(outOfFoldFile(home, group), code))
        return badInput("The folds of " + group + " are not all trained; train --resume " + group + " continues.");
    return folds;
}

Result<Evaluation> evaluationOfFolds(const std::filesystem::path& home, const std::string& group) {
    const Result<FoldGroup> folds = trainedFolds(home, group);
    if (!folds)
        return folds.error();
    const std::filesystem::path file = outOfFoldFile(home, group);
    const Result<std::string> csv = readFile(file);
    if (!csv)
        return csv.error();
    Evaluation evaluation;
    evaluation.split = kOutOfFold;
    evaluation.classes = classesOfPredictions(*csv);
    Result<std::vector<Prediction>> predictions = readPredictions(*csv, evaluation.classes);
    if (!predictions)
        return unreadable(file, predictions.error());
    evaluation.predictions = std::move(*predictions);
    summarize(evaluation, folds->experiment.seed, fittedTemperature(evaluation.predictions));
    return evaluation;
}

} // namespace sightline
