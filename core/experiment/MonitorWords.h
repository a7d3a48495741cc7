// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace sightline {

/// What callbacks watch, in a sentence: "validation loss" for val_loss.
inline std::string spokenMonitor(const std::string& monitor) {
    return monitor == "val_loss"       ? "validation loss"
           : monitor == "val_accuracy" ? "validation accuracy"
           : monitor == "loss"         ? "training loss"
           : monitor == "accuracy"     ? "training accuracy"
                                       : monitor;
}

} // namespace sightline
