// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

class QBoxLayout;
class QButtonGroup;
class QObject;

namespace sightline::ui {

struct Segment {
    QString words;
    const char* name; ///< objectName
};

/// Buttons side by side of which one is down, the first to begin with; their ids count from 0.
QButtonGroup* addSegments(QBoxLayout& line, QObject* parent, const std::vector<Segment>& segments);

} // namespace sightline::ui
