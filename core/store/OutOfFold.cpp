// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/OutOfFold.h"

#include "store/FoldGroup.h"
#include "support/Files.h"

namespace sightline {

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
        return badInput("The table of the folds, " + file->string() +
                        ", cannot be read: train the folds again to judge every image. " + predictions.error().message);
    return Read(std::move(*predictions));
}

} // namespace sightline
