// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "bridge/Activities.h"
#include "bridge/CheckpointDesk.h"
#include "bridge/ClassifyDesk.h"
#include "bridge/DataDesk.h"
#include "bridge/EngineDesk.h"
#include "bridge/ExperimentDocument.h"
#include "bridge/MapLook.h"
#include "bridge/ProbePins.h"
#include "bridge/Questions.h"
#include "bridge/RunDesk.h"
#include "bridge/SearchDesk.h"
#include "bridge/SeriesDesk.h"
#include "bridge/SuggestDesk.h"
#include "bridge/UnknownDesk.h"
#include "bridge/WeightsDesk.h"

namespace sightline::ui {

/// What one window works on: the desks, in the order in which they know each other. Lives on the window's thread, on
/// which every signal is emitted; the desks' workers are joined with them, the youngest first.
class Session {
public:
    explicit Session(std::filesystem::path home, EngineDoor door = loadEngine);

    const std::filesystem::path& home() const { return m_home; } ///< where runs and cached downloads are kept
    Activities& activities() { return m_activities; }
    ExperimentDocument& document() { return m_document; }
    EngineDesk& engine() { return m_engine; }
    WeightsDesk& weights() { return m_weights; }
    DataDesk& data() { return m_data; }
    RunDesk& runs() { return m_runs; }
    SeriesDesk& series() { return m_series; }
    SearchDesk& searches() { return m_searches; }
    CheckpointDesk& checkpoints() { return m_checkpoints; }
    ProbePins& pins() { return m_pins; }
    Questions& questions() { return m_questions; }
    SuggestDesk& suggestions() { return m_suggestions; }
    ClassifyDesk& classifying() { return m_classifying; }
    UnknownDesk& unknown() { return m_unknown; }
    MapLook& mapLook() { return m_mapLook; }

private:
    std::filesystem::path m_home;
    Activities m_activities;
    ExperimentDocument m_document;
    EngineDesk m_engine;
    WeightsDesk m_weights;
    DataDesk m_data;
    RunDesk m_runs;
    SeriesDesk m_series;
    CheckpointDesk m_checkpoints;
    ProbePins m_pins;
    Questions m_questions;
    SuggestDesk m_suggestions;
    ClassifyDesk m_classifying;
    UnknownDesk m_unknown;
    MapLook m_mapLook;
    SearchDesk m_searches;
};

} // namespace sightline::ui
