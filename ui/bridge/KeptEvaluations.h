// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bridge/Activities.h"
#include "bridge/EngineDesk.h"
#include "lane/Lane.h"
#include "metrics/Evaluation.h"

namespace sightline::ui {

/// Evaluations of the run in view by its checkpoints, so that what was judged once is there at once. Their predictions
/// are kept in the run's folder as well, where other programs find them.
class KeptEvaluations : public QObject {
    Q_OBJECT
public:
    KeptEvaluations(EngineDoor door, Activities& activities);

    std::shared_ptr<const Evaluation> find(const std::string& at, const std::string& split) const; ///< null: not here
    /// Asked when changes() was `since`. Not kept where that may have been of weights that are no more.
    void keep(const std::string& at, std::shared_ptr<const Evaluation> evaluation, int since);
    /// Judges those of these checkpoints that are not here, one after the other, in the background.
    void fetch(const std::filesystem::path& run, const std::vector<std::string>& checkpoints, const std::string& split);
    void cancel();                            ///< what is fetched
    void forgetChangeable();                  ///< the best and the last: the run has gone on
    int changes() const { return m_changes; } ///< how often that was
    void forget();                            ///< another run is in view

private:
    using Key = std::pair<std::string, std::string>; ///< checkpoint and split

    EngineDoor m_door;
    Activities& m_activities;
    std::map<Key, std::shared_ptr<const Evaluation>> m_kept;
    std::size_t m_figures = 0; ///< of all that are kept: predictions times classes
    int m_changes = 0;
    Activity m_fetching;
    Lane m_lane; ///< last: joined first
};

} // namespace sightline::ui
