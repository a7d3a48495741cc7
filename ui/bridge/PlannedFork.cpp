// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/PlannedFork.h"

#include "experiment/EditSettings.h"
#include "store/RunFork.h"

namespace sightline::ui {

Result<std::pair<ReadRun, Fork>> readFork(const std::filesystem::path& home, const std::string& idOrFolder,
                                          const std::string& at) {
    Result<ReadRun> read = readRun(home, idOrFolder);
    if (!read)
        return read.error();
    Result<ForkBeginning> begin = beginningOfFork(RunFolder(read->run->folder), at);
    if (!begin)
        return begin.error();
    begin->settings.data = read->run->experiment.data; // where the images are now
    Fork fork{read->run->folder, at, begin->epoch, std::move(begin->settings), read->elsewhere.has_value()};
    return std::pair(std::move(*read), std::move(fork));
}

PlannedFork::PlannedFork(std::filesystem::path home, ExperimentDocument& document)
    : m_home(std::move(home)), m_document(document) {}

void PlannedFork::plan(Fork fork) {
    m_fork.reset(); // the document shows its settings first
    m_document.setExperiment(fork.settings);
    m_fork = std::move(fork);
    Q_EMIT changed();
}

void PlannedFork::forget() {
    if (!m_fork)
        return;
    m_fork.reset();
    Q_EMIT changed();
}

bool PlannedFork::isStillOne() {
    if (!m_fork)
        return true;
    const Experiment& asked = m_document.experiment();
    const Experiment kept = changedTo(asked, m_fork->settings);
    const bool still = kept.model == asked.model && kept.training == asked.training &&
                       kept.normalization == asked.normalization && kept.seed == asked.seed &&
                       kept.data.imageHeight == asked.data.imageHeight && kept.data.imageWidth == asked.data.imageWidth;
    if (!still)
        forget();
    return still;
}

PlannedFork::Beginning PlannedFork::beginning() const {
    Beginning beginning{{m_document.experiment(), m_home, {}}, {}, {}};
    const auto made = std::make_shared<std::optional<RunFolder>>();
    beginning.first = [home = m_home, fork = *m_fork,
                       settings = changesBetween(m_fork->settings, m_document.experiment()),
                       made](TrainRequest& complete, const std::stop_token&) -> Result<void> {
        Result<RunStore> store = RunStore::open(home);
        if (!store)
            return store.error();
        const Result<RunFolder> folder = forkRun(*store, RunFolder(fork.parent), fork.at, settings);
        if (!folder)
            return folder.error();
        *made = *folder;
        complete.resume = folder->path().string();
        return {};
    };
    beginning.unbegun = [home = m_home, made] {
        Result<RunStore> store = RunStore::open(home);
        if (store && *made) // by now it may be another program's
            static_cast<void>(unmakeFork(*store, **made));
    };
    return beginning;
}

} // namespace sightline::ui
