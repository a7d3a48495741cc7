// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/ReportFile.h"

#include <utility>

#include "search/SearchTable.h"
#include "support/Files.h"

namespace sightline {

Result<void> writeReport(Engine& engine, const RunFolder& run, const ReportRequest& request,
                         const std::filesystem::path& file, std::stop_token stop, const Progress& progress) {
    const auto report = collectReport(engine, run, request, std::move(stop), progress);
    if (!report)
        return report.error();
    const auto html = reportHtml(*report);
    return html ? writeFileAtomically(file, *html) : Result<void>(html.error());
}

Result<void> writeGroupReport(Engine& engine, RunStore& store, const std::string& group, const ReportRequest& request,
                              const std::filesystem::path& file, std::stop_token stop, const Progress& progress) {
    ReportRequest asked = request;
    if (asked.example.empty())
        asked.example = exampleOf(store.home(), group);
    auto report = collectGroupReport(engine, store, group, asked, std::move(stop), progress);
    if (!report)
        return report.error();
    const Result<void> told = describeSearch(store.home(), *report);
    return told ? writeFileAtomically(file, reportHtml(*report)) : told;
}

} // namespace sightline
