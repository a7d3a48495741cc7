// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/PresetTables.h"

#include <algorithm>

#include "experiment/Presets.h"
#include "support/Json.h"

namespace sightline {

const std::vector<PresetTable>& presetTables() {
    static const std::vector<PresetTable> all = {
        {"toys",
         "Toy robot: nine models",
         {{"toy-robot-baseline", "Baseline"},
          {"toy-robot-dropout", "Add Dropout (0.5)"},
          {"toy-robot-augmentation", "Add Image Augmentation"},
          {"toy-robot-learning-rate-reducer", "Adjust Learning Rate"},
          {"toy-robot-experiment-5", "Add 3rd Convolutional Layer with 64 filters (CV1_32, CV2_32, CV3_64, Dense_32), "
                                     "Reduce Dropout (0.25)"},
          {"toy-robot-experiment-6", "Reduce Filters in 1st Layer (CV1_16, CV2_32, CV3_64, Dense_32)"},
          {"toy-robot-experiment-7", "Increase Filters and kernel size in 3rd layer (CV1_32, CV2_64, CV3_64 (kernel "
                                     "size = 5x5), Dense_32)"},
          {"toy-robot-experiment-8", "Add 4th Convolutional Layer (CV1_32, CV2_32, CV3_32, CV4_64 (kernel size = 3x3), "
                                     "Dense_32)"},
          {"toy-robot-mobilenet-v2", "Use MobilenetV2 base model"}}}};
    return all;
}

const PresetTable* findPresetTable(const std::string& name) {
    const auto& all = presetTables();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const PresetTable& table) { return table.name == name; });
    return found == all.end() ? nullptr : &*found;
}

Result<Experiment> presetExperiment(const std::string& name) {
    const Preset* preset = findPreset(name);
    if (!preset)
        return badInput("There is no preset " + name + ".");
    const auto json = parseJson(preset->json, preset->name);
    return json ? experimentFromJson(*json) : Result<Experiment>(json.error());
}

} // namespace sightline
