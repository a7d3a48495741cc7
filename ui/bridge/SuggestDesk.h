// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <filesystem>
#include <optional>
#include <vector>

#include "bridge/Activities.h"
#include "bridge/DataDesk.h"
#include "bridge/EngineDesk.h"
#include "bridge/ExperimentDocument.h"
#include "lane/Lane.h"
#include "suggest/Suggest.h"

namespace sightline::ui {

/// Settings to start with for the open images: looked for on a worker, taken as one undo step. Other images make them
/// void.
class SuggestDesk : public QObject {
    Q_OBJECT
public:
    SuggestDesk(std::filesystem::path home, EngineDoor door, ExperimentDocument& document, DataDesk& data,
                Activities& activities);

    void look(double minutes); ///< that the training may take; images are open
    void cancel();
    bool isLooking() const { return m_looking.isUnderWay(); }
    const QString& step() const { return m_step; } ///< what is being looked at
    const std::optional<Suggestion>& suggestion() const { return m_suggestion; }
    void take(const std::vector<bool>& reasons); ///< one for each reason of suggestion()

Q_SIGNALS:
    void changed(); ///< suggestion(), isLooking() or step()
    void failed(const QString& message);

private:
    void dropOthers();

    std::filesystem::path m_home;
    EngineDoor m_door;
    ExperimentDocument& m_document;
    DataDesk& m_data;
    Activities& m_activities;
    Activity m_looking;
    QString m_step;
    std::filesystem::path m_root; ///< of the images that are looked at
    std::optional<Suggestion> m_suggestion;
    Lane m_lane; ///< last: joined first
};

} // namespace sightline::ui
