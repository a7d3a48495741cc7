// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "experiment/Experiment.h"
#include "metrics/UnknownRule.h"
#include "support/Result.h"

namespace sightline {

/// `<run>/predictions/unknown-<checkpoint>.safetensors`: the rule that was fitted for a checkpoint (best | last | an
/// epoch).
std::filesystem::path unknownRuleFile(const std::filesystem::path& runFolder, const std::string& checkpoint);

/// What a rule follows from: the weights (`weights` stands for the checkpoint's bytes), how the network sees images,
/// and which images the run knows. Error: its list of images cannot be read.
Result<std::string> unknownRuleKey(const std::filesystem::path& runFolder, const std::string& weights,
                                   const Experiment& experiment);

/// The rule kept under a key. Nothing where there is none, or where it is torn, altered or of another key.
std::optional<UnknownRule> keptUnknownRule(const std::filesystem::path& file, const std::string& key);

/// Written atomically, with a checksum.
Result<void> keepUnknownRule(const std::filesystem::path& file, const std::string& key, const UnknownRule& rule);

} // namespace sightline
