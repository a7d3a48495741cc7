// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>

#include "bridge/Asker.h"
#include "bridge/Questions.h"
#include "bridge/UnknownDesk.h"

namespace sightline::ui {

/// Says so where an image is probably of none of the network's classes; else it is not to be seen. Found out in the
/// background.
class UnknownLine : public QWidget {
    Q_OBJECT
public:
    UnknownLine(UnknownDesk& desk, EngineDoor door, Activities& activities, QWidget* parent = nullptr);
    /// Forgets what was said of another image; null: there is none.
    void setAnswer(std::shared_ptr<const HeatMapAnswer> answer);
    std::optional<bool> isUnknown() const { return m_unknown; } ///< nothing: not judged, or not yet

private:
    void ask();

    UnknownDesk& m_desk;
    std::shared_ptr<const HeatMapAnswer> m_answer; ///< null: nothing to do
    std::shared_ptr<const UnknownJudge> m_by;      ///< who was asked about it last
    std::optional<bool> m_unknown;
    Asker m_asker; ///< last: joined first
};

} // namespace sightline::ui
