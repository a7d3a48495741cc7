// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/RunImages.h"

#include <utility>

#include "bridge/Continuing.h"
#include "bridge/RunDesk.h"
#include "store/RunData.h"
#include "support/Files.h"

namespace sightline::ui {

DataSettings saidAs(const DataSettings& said, DataSettings ofRun) {
    if (said.pixels.depth.kind == DepthSettings::Kind::Auto)
        ofRun.pixels.depth = said.pixels.depth;
    return ofRun;
}

RunImages::RunImages(RunDesk& runs, const Parts& parts) : m_runs(runs), m(parts) {
    connect(&m.data, &DataDesk::openingBegan, this, [this] { m_toContinue.clear(); });
    connect(&m.data, &DataDesk::opened, this, [this] {
        followData();
        if (const auto run = std::exchange(m_toContinue, {}); !run.empty())
            continueWithOpenImages(run);
    });
    connect(&m.data, &DataDesk::failed, this, [this] { m_toContinue.clear(); });
}

void RunImages::continueRun(const std::filesystem::path& run, const QString& images) {
    if (images.isEmpty())
        return continueWithOpenImages(run);
    m.data.open(images);
    m_toContinue = run;
}

void RunImages::continueWithOpenImages(const std::filesystem::path& run) {
    m.opening.submit(
        this, [home = m.home, run](const std::stop_token&) { return readRun(home, run.string()); },
        [this, run](const Result<ReadRun>& read) {
            if (!read) {
                Q_EMIT failed(QString::fromStdString(read.error().message));
                return;
            }
            const Experiment& trained = read->run->experiment;
            const std::string id = run.parent_path() == m.home / "runs" ? run.filename().string() : run.string();
            if (m.document.setExperiment(sightline::ui::continued(trained, id, m.document.experiment())))
                Q_EMIT continued(continuedWords(trained, read->run->classes, *m.data.dataset()));
        });
}

void RunImages::showTrained(bool mayBeOpen, bool takesSettings) {
    const OpenedRun& run = *m_runs.run();
    const DataSettings& trained = run.experiment.data;
    const DataSettings asSaid = saidAs(m.document.experiment().data, trained);
    const bool splitAsSaid = m.data.ofRun().empty() && mayBeOpen;
    const bool shown = m.data.dataset() && opensSameImages(m.document.experiment().data, asSaid) &&
                       m.data.dataset()->resolved(asSaid.pixels).depth == trained.pixels.depth &&
                       (splitAsSaid || m.data.ofRun() == run.folder);
    m.document.fixImages(shown ? asSaid : trained);
    if (!shown) { // resumed from the list of runs, or begun while another's images were shown
        m.document.setExperiment(run.experiment);
        m.data.openOfRun(run.folder);
    } else if (takesSettings) {
        Experiment now = run.experiment;
        now.data = asSaid;
        m.document.setExperiment(now);
    }
}

bool RunImages::areAt(const QString& path) const {
    return m_runs.run() && !m_runs.trainsHere() && m_runs.run()->experiment.data.path == path.toStdString() &&
           m.document.experiment().data ==
               saidAs(m.document.experiment().data,
                      m_runs.run()->experiment.data); // else what was edited may be the reason
}

void RunImages::relocate(const QString& path) {
    if (!m_runs.run())
        return;
    if (m_runs.trainsHere()) {
        Q_EMIT failed(tr("A run is in progress; stop it before choosing another folder for its images."));
        return;
    }
    m.activity = m.activities.begin(tr("Looking for the images"), [this] {
        m.opening.cancel();
        m.activity.end();
    });
    m.opening.submit(
        this,
        [this, folder = m_runs.run()->folder, path = path.toStdString()](const std::stop_token& stop,
                                                                         const Courier& courier) {
            RunDataRequest request;
            request.path = path;
            request.threads = availableCpus();
            return sightline::relocate(RunFolder(folder), request, stop, [&](std::size_t done, std::size_t total) {
                courier.post([this, done, total] { m.activity.setProgress(done, total); });
            });
        },
        [this, run = m_runs.run()](const Result<Relocation>& found) {
            m.activity.end();
            if (run != m_runs.run())
                return;
            if (!found) {
                Q_EMIT relocationFailed(QString::fromStdString(found.error().message));
                return;
            }
            Q_EMIT relocated(found->found, found->missing);
            m_runs.open(QString::fromStdString(run->folder.string()));
        });
}

/// With other images open nothing can be asked of the run in view. Whether those at its path are its own is looked at.
void RunImages::followData() {
    if (!m_runs.run() || m_runs.trainsHere())
        return;
    if (m_runs.run()->experiment.data.path != m.document.experiment().data.path)
        return m_runs.close();
    m_lookLane.submit(
        this,
        [folder = m_runs.run()->folder, dataset = m.data.dataset()](const std::stop_token& stop) {
            return holdsImagesOf(RunFolder(folder), *dataset, availableCpus(), stop);
        },
        [this, run = m_runs.run()](const Result<void>& found) {
            if (!found && run == m_runs.run() && !m_runs.trainsHere())
                Q_EMIT missing(QString::fromStdString(found.error().message));
        });
}

} // namespace sightline::ui
