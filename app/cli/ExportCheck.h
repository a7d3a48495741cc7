// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "Command.h"
#include "store/RunFolder.h"

namespace sightline::cli {

/// Beyond this an exported network is not the run's.
inline constexpr double kLargestDifference = 1e-4;

/// What came of comparing an ONNX file with its run.
struct OnnxCheck {
    std::size_t images = 0;
    double difference = 0; ///< largest of any score of any image
};

/// export --onnx --check: so many images of the test split (else val, else train), asked of the run and of the file as
/// this program reads it. `dataPath`: where the images are now; empty: where the run says. Errors: the file cannot be
/// read, no image can, cancelled.
Result<OnnxCheck> checkOnnx(const RunFolder& run, const std::string& checkpoint, const std::string& file,
                            std::size_t images, const std::string& dataPath, const Context& context);

} // namespace sightline::cli
