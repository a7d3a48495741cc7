// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "Command.h"

namespace sightline::cli {

/// export --report: of a run, or of a group by its id or name. `dataPath`: where the images are now. Errors: there is
/// neither, the file cannot be written.
Result<void> exportReport(const std::string& runOrGroup, const std::string& checkpoint, const std::string& dataPath,
                          const std::string& file, Context& context);

/// export --tensorboard: of one run, or of all. The files written.
Result<std::vector<std::string>> exportTensorBoards(const std::string& run, bool all, const std::string& folder,
                                                    Context& context);

} // namespace sightline::cli
