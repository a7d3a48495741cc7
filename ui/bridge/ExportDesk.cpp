// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/ExportDesk.h"

#include <utility>

#include "search/ReportFile.h"
#include "store/TensorBoard.h"
#include "support/Files.h"

namespace sightline::ui {

namespace {

QString savedWords(const std::filesystem::path& file) {
    return ExportDesk::tr("Saved %1.").arg(QString::fromStdString(file.string()));
}

Result<QString> written(const Result<void>& done, const std::filesystem::path& file) {
    return done ? Result<QString>(savedWords(file)) : Result<QString>(done.error());
}

} // namespace

ExportDesk::ExportDesk(std::filesystem::path home, EngineDoor door, Activities& activities)
    : m_home(std::move(home)), m_door(std::move(door)), m_activities(activities) {}

void ExportDesk::begin(const QString& words, Job job) {
    if (isBusy())
        return;
    m_work = m_activities.begin(words, [this] {
        m_lane.cancel();
        m_work.end();
        Q_EMIT changed();
    });
    Q_EMIT changed();
    m_lane.submit(
        this,
        [this, job = std::move(job)](const std::stop_token& stop, const Courier& courier) {
            return job(stop, [this, &courier](std::size_t done, std::size_t total) {
                courier.post([this, done, total] { m_work.setProgress(done, total); });
            });
        },
        [this](const Result<QString>& said) {
            m_work.end();
            Q_EMIT changed();
            Q_EMIT ended(said ? *said : QString::fromStdString(said.error().message), said.ok());
        });
}

void ExportDesk::exportNetwork(const std::filesystem::path& run, NetworkExport what) {
    begin(tr("Exporting the network"),
          [door = m_door, folder = RunFolder(run),
           what = std::move(what)](const std::stop_token& stop, const Progress& progress) -> Result<QString> {
              const auto note = sightline::exportNetwork(door, folder, what, stop, progress);
              if (!note)
                  return note.error();
              return note->empty() ? savedWords(what.target)
                                   : savedWords(what.target) + QLatin1Char(' ') + QString::fromStdString(*note);
          });
}

void ExportDesk::exportReport(const std::filesystem::path& run, const QString& file) {
    begin(tr("Writing the report"),
          [door = m_door, folder = RunFolder(run),
           file = file.toStdString()](const std::stop_token& stop, const Progress& progress) -> Result<QString> {
              const auto engine = door();
              if (!engine)
                  return engine.error();
              return written(writeReport(**engine, folder, {}, file, stop, progress), file);
          });
}

void ExportDesk::exportGroupReport(const QString& group, const QString& file) {
    begin(tr("Writing the report"),
          [door = m_door, home = m_home, group = group.toStdString(),
           file = file.toStdString()](const std::stop_token& stop, const Progress& progress) -> Result<QString> {
              const auto engine = door();
              if (!engine)
                  return engine.error();
              auto store = RunStore::open(home);
              if (!store)
                  return store.error();
              return written(writeGroupReport(**engine, *store, group, {}, file, stop, progress), file);
          });
}

void ExportDesk::exportHistory(const std::filesystem::path& run, const QString& file) {
    begin(tr("Saving the curves"), [run, file = file.toStdString()](const std::stop_token&, const Progress&) {
        const Result<std::string> table = readFile(run / "history.csv");
        return written(table ? writeFileAtomically(file, *table) : Result<void>(table.error()), file);
    });
}

void ExportDesk::exportTensorBoard(const std::filesystem::path& run, const QString& folder) {
    begin(tr("Saving the curves"),
          [folder = folder.toStdString(), of = RunFolder(run)](const std::stop_token&,
                                                               const Progress&) -> Result<QString> {
              const auto file = sightline::exportTensorBoard(of, folder);
              return file ? Result<QString>(savedWords(*file)) : Result<QString>(file.error());
          });
}

} // namespace sightline::ui
