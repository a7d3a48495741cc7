// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/UnknownDesk.h"

#include "bridge/PlainWords.h"
#include "engine/AskedModel.h"

namespace sightline::ui {

UnknownDesk::UnknownDesk(EngineDoor door, RunDesk& runs, Activities& activities)
    : m_door(std::move(door)), m_runs(runs), m_activities(activities) {
    connect(&runs, &RunDesk::runChanged, this, &UnknownDesk::forget);
    connect(&runs, &RunDesk::ended, this, &UnknownDesk::forget);
    connect(&runs, &RunDesk::checkpointSaved, this, [this](const CheckpointSaved& checkpoint) {
        const bool wasLearning = isLearning();
        if (!checkpoint.best || (!m_rule && !wasLearning)) // a refusal, and a person's Cancel, hold
            return;
        forget();
        if (wasLearning) // somebody waits for it
            want();
    });
}

void UnknownDesk::forget() {
    m_lane.cancel();
    m_work.end();
    m_rule.reset();
    m_judge.reset();
    m_refusal.clear();
    Q_EMIT changed();
}

void UnknownDesk::setRefuseShare(double share) {
    if (std::exchange(m_refuseShare, share) == share)
        return;
    if (m_rule)
        decide();
    Q_EMIT changed();
}

void UnknownDesk::decide() {
    auto judge = UnknownJudge::by(*m_rule, m_refuseShare);
    m_judge = judge ? std::make_shared<const UnknownJudge>(std::move(*judge)) : nullptr;
    m_refusal = judge ? QString() : QString::fromStdString(judge.error().message);
}

void UnknownDesk::cancel() {
    if (!isLearning())
        return;
    m_lane.cancel();
    m_work.end();
    m_refusal = tr("Learning to recognize unknown images was canceled.");
    Q_EMIT changed();
}

void UnknownDesk::want() {
    const auto run = m_runs.run();
    if (!run || m_runs.liveWeights() || m_judge || !m_refusal.isEmpty() || isLearning())
        return;
    m_work = m_activities.begin(tr("Learning to recognize unknown images"), [this] { cancel(); });
    using Rule = std::shared_ptr<const UnknownRule>;
    m_lane.submit(
        this,
        [this, door = m_door, folder = run->folder](const std::stop_token& stop,
                                                    const Courier& courier) -> Result<Rule> {
            const auto engine = door();
            if (!engine)
                return engine.error();
            auto rule = sightline::ask(**engine, ofRun(folder), UnknownRuleQuestion{}, stop,
                                       [&](std::size_t done, std::size_t total) {
                                           courier.post([this, done, total] { m_work.setProgress(done, total); });
                                       });
            return rule ? Result<Rule>(std::make_shared<const UnknownRule>(std::move(*rule))) : rule.error();
        },
        [this](const Result<Rule>& rule) {
            m_work.end();
            if (rule) {
                m_rule = *rule;
                decide();
            } else {
                m_refusal = plainWords(rule.error());
            }
            Q_EMIT changed();
        });
    Q_EMIT changed();
}

} // namespace sightline::ui
