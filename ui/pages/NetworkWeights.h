// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <filesystem>
#include <functional>
#include <vector>

#include "experiment/Experiment.h"
#include "network/GraphSpec.h"

namespace sightline::ui {

class SettingsForm;

/// Adds the fields that choose weights: those of this network that the data home holds, then the other public ones, or
/// a file, which `chooseFile` asks for. Choosing public ones also sets the pixel values and the resizing they were
/// trained with.
void addWeightFields(SettingsForm& form, const std::string& network, const std::filesystem::path& home,
                     std::function<void()> chooseFile);

/// Where the chosen weights came from, under which licence, what pixel values they need, and whether they fit; empty
/// where training starts anew. `names`: the classes, where images are open. Keeps the names and shapes of the file it
/// read last.
class WeightFacts {
public:
    QString of(const Experiment& experiment, const std::filesystem::path& home, int classes,
               const std::vector<std::string>& names = {});

private:
    Result<std::vector<TensorSpec>> tensorsIn(const std::filesystem::path& file);

    std::filesystem::path m_file;
    std::string m_stamp;
    Result<std::vector<TensorSpec>> m_tensors{Error{}};
};

} // namespace sightline::ui
