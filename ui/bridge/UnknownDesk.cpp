// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/UnknownDesk.h"

#include "engine/AskedModel.h"

namespace sightline::ui {

UnknownDesk::UnknownDesk(EngineDoor door, RunDesk& runs, Activities& activities)
    : m_door(std::move(door)), m_runs(runs), m_activities(activities) {
    connect(&runs, &RunDesk::runChanged, this, &UnknownDesk::forget);
    connect(&runs, &RunDesk::ended, this, &UnknownDesk::forget);
}

void UnknownDesk::forget() {
    m_lane.cancel();
    m_work.end();
    m_judge.reset();
    m_refusal.clear();
    Q_EMIT changed();
}

void UnknownDesk::cancel() {
    if (!isLearning())
        return;
    m_lane.cancel();
    m_work.end();
    m_refusal = tr("Learning to tell unknown images was canceled.");
    Q_EMIT changed();
}

void UnknownDesk::want() {
    const auto run = m_runs.run();
    if (!run || m_runs.liveWeights() || m_judge || !m_refusal.isEmpty() || isLearning())
        return;
    m_work = m_activities.begin(tr("Learning to tell unknown images"), [this] { cancel(); });
    using Judge = std::shared_ptr<const UnknownJudge>;
    m_lane.submit(
        this,
        [this, door = m_door, folder = run->folder](const std::stop_token& stop,
                                                    const Courier& courier) -> Result<Judge> {
            const auto engine = door();
            if (!engine)
                return engine.error();
            const auto rule = sightline::ask(**engine, ofRun(folder), UnknownRuleQuestion{}, stop,
                                             [&](std::size_t done, std::size_t total) {
                                                 courier.post([this, done, total] { m_work.setProgress(done, total); });
                                             });
            if (!rule)
                return rule.error();
            auto judge = UnknownJudge::by(*rule);
            return judge ? Result<Judge>(std::make_shared<const UnknownJudge>(std::move(*judge))) : judge.error();
        },
        [this](const Result<Judge>& judge) {
            m_work.end();
            if (judge)
                m_judge = *judge;
            else
                m_refusal = QString::fromStdString(judge.error().message);
            Q_EMIT changed();
        });
    Q_EMIT changed();
}

} // namespace sightline::ui
