// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <filesystem>
#include <functional>

#include "bridge/Activities.h"
#include "bridge/EngineDesk.h"
#include "engine/Exporting.h"
#include "lane/Lane.h"

namespace sightline::ui {

/// Writes runs for other programs and for readers, one file after the other in the background: what export does on the
/// command line.
class ExportDesk : public QObject {
    Q_OBJECT
public:
    ExportDesk(std::filesystem::path home, EngineDoor door, Activities& activities);

    bool isBusy() const { return m_work.isUnderWay(); } ///< until then nothing else is begun
    void exportNetwork(const std::filesystem::path& run, NetworkExport what);
    void exportReport(const std::filesystem::path& run, const QString& file); ///< of its best checkpoint, as HTML
    void exportGroupReport(const QString& group, const QString& file);
    void exportHistory(const std::filesystem::path& run, const QString& file);       ///< history.csv
    void exportTensorBoard(const std::filesystem::path& run, const QString& folder); ///< into a folder named by the run

Q_SIGNALS:
    void changed();                              ///< isBusy()
    void ended(const QString& words, bool good); ///< "Saved ...", or why not

private:
    /// Answers what to say of what was written.
    using Job = std::function<Result<QString>(const std::stop_token& stop, const Progress& progress)>;
    void begin(const QString& words, Job job);

    std::filesystem::path m_home;
    EngineDoor m_door;
    Activities& m_activities;
    Activity m_work;
    Lane m_lane; ///< last: joined first
};

} // namespace sightline::ui
