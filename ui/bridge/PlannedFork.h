// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "bridge/ExperimentDocument.h"
#include "bridge/OpenedRun.h"
#include "bridge/TrainingThread.h"

namespace sightline::ui {

/// Where a fork begins.
struct Fork {
    std::filesystem::path parent;
    std::string at;         ///< "best", "last", "12"
    int epoch = 0;          ///< finished in the checkpoint
    Experiment settings;    ///< that it begins with
    bool elsewhere = false; ///< another program trains the parent
};

/// The parent, and what a fork of it would begin with. Reads files: not for the window's thread.
Result<std::pair<ReadRun, Fork>> readFork(const std::filesystem::path& home, const std::string& idOrFolder,
                                          const std::string& at);

/// The fork that is trained next, while there is one: the document has its settings, and what a run may not change ends
/// the plan.
class PlannedFork : public QObject {
    Q_OBJECT
public:
    PlannedFork(std::filesystem::path home, ExperimentDocument& document);

    const std::optional<Fork>& fork() const { return m_fork; }
    void plan(Fork fork); ///< the document takes its settings
    void forget();
    /// Whether the document's settings are still those of the fork but for what may change in a run; else it is
    /// forgotten.
    bool isStillOne();

    /// How it is trained: the fork is made first, and is gone again where its run does not begin.
    struct Beginning {
        TrainRequest request;
        TrainingThread::First first;
        std::function<void()> unbegun;
    };
    Beginning beginning() const; ///< there is a fork

Q_SIGNALS:
    void changed(); ///< fork() is another one, or none

private:
    std::filesystem::path m_home;
    ExperimentDocument& m_document;
    std::optional<Fork> m_fork;
};

} // namespace sightline::ui
