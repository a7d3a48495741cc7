// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/Session.h"

namespace sightline::ui {

Session::Session(std::filesystem::path home, EngineDoor door)
    : m_home(std::move(home)), m_engine(door), m_weights(m_home, m_activities),
      m_data(m_home, m_document, m_activities), m_runs(m_home, door, m_document, m_data, m_activities),
      m_series(m_home, m_document, m_data, m_runs, m_activities), m_checkpoints(m_runs),
      m_pins(m_document, m_data, m_runs), m_questions(door, m_document, m_data, m_runs, m_checkpoints, m_activities),
      m_suggestions(m_home, door, m_document, m_data, m_activities), m_classifying(door, m_activities),
      m_unknown(door, m_runs, m_activities), m_mapLook(m_home),
      m_searches(m_home, m_document, m_data, m_runs, m_activities) {}

} // namespace sightline::ui
