// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "engine/Engine.h"
#include "metrics/UnknownRule.h"
#include "store/RunFolder.h"

namespace sightline {

/// What a run's network can leave as.
enum class NetworkFormat { Onnx, TorchScript, Weights, Hub };

struct NetworkExport {
    NetworkFormat format = NetworkFormat::Onnx;
    std::filesystem::path target;      ///< the file; of a hub folder the folder
    std::string checkpoint = "best";   ///< best | last | an epoch
    bool foldBatchNorm = false;        ///< of ONNX
    double refuseShare = kRefuseShare; ///< of ONNX and hub: by which unknown images are told; 0: they are not
};

/// Writes it for other programs. Answers what to know of it, a sentence: why the file does not say which images are
/// unknown; empty where there is nothing. The engine is loaded where it is needed. Errors: as the format's own
/// (store/RunExport.h, store/HubFolder.h, Engine::exportTorchScript), cancelled.
Result<std::string> exportNetwork(const std::function<Result<Engine*>()>& door, const RunFolder& run,
                                  const NetworkExport& what, std::stop_token stop = {}, const Progress& progress = {});

} // namespace sightline
