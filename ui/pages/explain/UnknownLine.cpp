// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/UnknownLine.h"

#include <QHBoxLayout>
#include <QLabel>

#include <span>

#include "look/Icons.h"
#include "widgets/Surface.h"

namespace sightline::ui {

UnknownLine::UnknownLine(UnknownDesk& desk, EngineDoor door, Activities& activities, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_asker(std::move(door), activities) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    auto* icon = named(new QLabel, "unknownIcon");
    icon->setPixmap(theme::icon(QStringLiteral("dialog-warning"), Role::Warning).pixmap(16));
    auto* words = named(new QLabel(tr("Probably none of these classes.")), "unknownWords",
                        tr("Whether the image is of one of the classes"));
    row->addWidget(icon);
    row->addWidget(words, 1);
    setToolTip(
        tr("To the network it looks less like the classes it knows than nearly all validation images do. How many "
           "of these may be refused is set where images are classified."));
    hide();
    connect(&desk, &UnknownDesk::changed, this, &UnknownLine::ask);
}

void UnknownLine::setAnswer(std::shared_ptr<const HeatMapAnswer> answer) {
    m_asker.cancel();
    hide();
    m_unknown.reset();
    m_by.reset();
    const bool isBest = answer && !answer->live && answer->source.checkpoint == "best"; // it is what was learned of
    m_answer = isBest ? std::move(answer) : nullptr;
    if (!m_answer)
        return;
    m_desk.want();
    ask();
}

void UnknownLine::ask() {
    if (!m_answer || !m_desk.judge() || m_by == m_desk.judge())
        return;
    m_by = m_desk.judge();
    const auto of = m_answer;
    m_asker.ask(
        of->source, {},
        [of](const std::stop_token&) {
            return FeaturesQuestion{{}, {}, of->decoded};
        },
        [this, judge = m_desk.judge()](const Result<Features>& features) {
            if (!features || features->layer != judge->layer() || features->values.values.size() < judge->width())
                return;
            if (const auto score =
                    judge->score(std::span(features->values.values).first(judge->width()), features->logits.values))
                m_unknown = *score > 0;
            setVisible(m_unknown.value_or(false));
        });
}

} // namespace sightline::ui
