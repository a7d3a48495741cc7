// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "engine/Reporting.h"

namespace sightline {

/// A run's report (collectReport()) as one HTML file. Errors: as that; the file cannot be written.
Result<void> writeReport(Engine& engine, const RunFolder& run, const ReportRequest& request,
                         const std::filesystem::path& file, std::stop_token stop, const Progress& progress);

/// That of a group (collectGroupReport()), of a search with its trials.
Result<void> writeGroupReport(Engine& engine, RunStore& store, const std::string& group, const ReportRequest& request,
                              const std::filesystem::path& file, std::stop_token stop, const Progress& progress);

} // namespace sightline
