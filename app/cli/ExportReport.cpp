// SPDX-License-Identifier: GPL-3.0-or-later
#include "ExportReport.h"

#include <algorithm>

#include "NetworkOptions.h"
#include "search/ReportFile.h"
#include "search/SearchTable.h"
#include "store/TensorBoard.h"

namespace sightline::cli {

namespace {

void progress(std::size_t done, std::size_t total) {
    showProgress("Evaluating", done, total);
}

bool isGroup(RunStore& store, const std::string& id) {
    const auto runs = store.list();
    return runs && std::any_of(runs->begin(), runs->end(),
                               [&](const RunSummary& run) { return run.group && run.group->id == id; });
}

} // namespace

Result<void> exportReport(const std::string& runOrGroup, const std::string& checkpoint, const std::string& dataPath,
                          const std::string& file, Context& context) {
    if (const auto writable = canWrite(file); !writable)
        return writable;
    auto store = RunStore::open(context.home);
    if (!store)
        return store.error();
    const Result<Engine*> engine = loadEngine();
    if (!engine)
        return engine.error();
    ReportRequest request;
    request.checkpoint = checkpoint;
    request.dataPath = dataPath;
    const std::stop_token stop = interruption().get_token();
    const auto run =
        isGroup(*store, runOrGroup) ? Result<RunFolder>(badInput("It is a group.")) : store->find(runOrGroup);
    if (!run) {
        const auto group = findGroupOrFoldsOf(*store, runOrGroup);
        if (!group)
            return run.error();
        return writeGroupReport(**engine, *store, *group, request, file, stop, progress);
    }
    return writeReport(**engine, *run, request, file, stop, progress);
}

Result<std::vector<std::string>> exportTensorBoards(const std::string& run, bool all, const std::string& folder,
                                                    Context& context) {
    auto store = RunStore::open(context.home);
    if (!store)
        return store.error();
    std::vector<RunFolder> runs;
    if (all) {
        const auto list = store->list();
        if (!list)
            return list.error();
        for (const RunSummary& summary : *list)
            runs.emplace_back(summary.folder);
    } else {
        auto found = store->find(run);
        if (!found)
            return found.error();
        runs.push_back(std::move(*found));
    }
    std::vector<std::string> files;
    for (const RunFolder& folderOfRun : runs) {
        const auto written = exportTensorBoard(folderOfRun, folder);
        if (!written)
            return written.error();
        files.push_back(written->string());
    }
    return files;
}

} // namespace sightline::cli
