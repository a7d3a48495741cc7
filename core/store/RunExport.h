// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "metrics/UnknownRule.h"
#include "store/RunStore.h"

namespace sightline {

/// What another program needs besides the weights, as JSON texts: "labels" (class names in the order of the scores),
/// "preprocessing" (size, colour, interpolation; x * scale[c] + offset[c] on 0...255 values), "run", "network".
Result<std::map<std::string, std::string>> exportMetadata(const RunFolder& run);

/// What another program needs to tell images of none of the classes by the scores alone, to go with exportMetadata():
/// "unknown", a JSON text { score: "energy", energy: "-log(sum(exp(logits)))", threshold, refuse_share, images }. An
/// image is unknown where its energy is above the threshold. Error: as UnknownJudge::by().
Result<std::map<std::string, std::string>> unknownMetadata(const UnknownRule& rule, double refuseShare);

/// A checkpoint's network as an ONNX file (network/Onnx.h) with exportMetadata() and `more`. Written atomically.
/// `checkpoint`: best | last | an epoch.
Result<void> exportOnnx(const RunFolder& run, const std::string& checkpoint, bool foldBatchNorm,
                        const std::filesystem::path& file, const std::map<std::string, std::string>& more = {});

/// A checkpoint's tensors, without an optimiser's state, as safetensors with exportMetadata() and its "graph".
/// Written atomically.
Result<void> exportWeights(const RunFolder& run, const std::string& checkpoint, const std::filesystem::path& file);

} // namespace sightline
