// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/Segments.h"

#include <QButtonGroup>

#include "widgets/Surface.h"

namespace sightline::ui {

QButtonGroup* addSegments(QBoxLayout& line, QObject* parent, const std::vector<Segment>& segments) {
    auto* group = new QButtonGroup(parent);
    for (const Segment& segment : segments) {
        auto* choice = button(segment.words, {}, segment.name);
        choice->setCheckable(true);
        choice->setProperty("segment", true);
        choice->setChecked(group->buttons().isEmpty());
        group->addButton(choice, static_cast<int>(group->buttons().size()));
        line.addWidget(choice);
    }
    return group;
}

} // namespace sightline::ui
