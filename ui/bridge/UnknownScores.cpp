// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/UnknownScores.h"

#include <span>
#include <string_view>
#include <unordered_map>

#include "engine/AskedModel.h"

namespace sightline::ui {

namespace {
/// The features' images are those of the evaluation, in an order of their own.
ScoresOfImages scoresOf(const Evaluation& evaluation, const Features& features, const UnknownJudge& judge) {
    ScoresOfImages scores(evaluation.predictions.size());
    const std::size_t width = judge.width(), classes = judge.classes(), images = features.paths.size();
    const std::size_t columns = images > 0 ? features.values.values.size() / images : 0;
    if (features.layer != judge.layer() || columns < width || features.values.values.size() != images * columns ||
        features.logits.values.size() != features.paths.size() * classes)
        return scores;
    std::unordered_map<std::string_view, std::size_t> rowOf;
    for (std::size_t row = 0; row < features.paths.size(); ++row)
        rowOf.emplace(features.paths[row], row);
    for (std::size_t i = 0; i < scores.size(); ++i)
        if (const auto found = rowOf.find(evaluation.predictions[i].path); found != rowOf.end())
            scores[i] = judge.score(std::span(features.values.values).subspan(found->second * columns, width),
                                    std::span(features.logits.values).subspan(found->second * classes, classes));
    return scores;
}
} // namespace

UnknownScores::UnknownScores(UnknownDesk& desk, RunDesk& runs, EngineDoor door, Activities& activities, QObject* parent)
    : QObject(parent), m_desk(desk), m_runs(runs), m_door(std::move(door)), m_activities(activities) {
    connect(&desk, &UnknownDesk::changed, this, &UnknownScores::follow);
}

/// Another share of wrongly refused images moves the limit, and nothing else. What was learned of other weights tells
/// otherwise: its scores begin anew.
void UnknownScores::follow() {
    const auto judge = m_desk.judge();
    if (!judge && m_desk.refusal().isEmpty()) { // nothing is learned of these weights yet
        m_lane.cancel();
        m_work.end();
        m_scores.reset();
        m_by.reset();
        m_waiting = m_of;
        return;
    }
    if (!judge || !m_of || !m_by || judge == m_by || m_waiting)
        return begin();
    if (!m_scores) { // under way by the one before
        m_lane.cancel();
        m_work.end();
        m_waiting = m_of;
        return begin();
    }
    const std::vector<float> features(judge->width()), logits(judge->classes());
    const auto before = m_by->score(features, logits), after = judge->score(features, logits);
    m_by = judge;
    if (!before || !after)
        return;
    auto moved = std::make_shared<ScoresOfImages>(*m_scores);
    for (std::optional<double>& score : *moved)
        if (score)
            *score += *after - *before;
    m_scores = std::move(moved);
    Q_EMIT judged(m_scores);
}

void UnknownScores::judge(std::shared_ptr<const Evaluation> evaluation) {
    if (evaluation && evaluation == m_of) {
        if (m_scores)
            Q_EMIT judged(m_scores);
        if (m_scores || m_work.isUnderWay())
            return;
    }
    m_lane.cancel();
    m_work.end();
    m_scores.reset();
    m_by.reset();
    m_of = m_waiting = std::move(evaluation);
    if (!m_waiting)
        return;
    m_desk.want();
    begin();
}

void UnknownScores::begin() {
    const auto run = m_runs.run();
    if (!m_waiting || !m_desk.judge() || !run)
        return;
    m_work = m_activities.begin(tr("Looking for unknown images"), [this] {
        m_lane.cancel();
        m_work.end();
    });
    m_by = m_desk.judge();
    using Scores = std::shared_ptr<const ScoresOfImages>;
    m_lane.submit(
        this,
        [this, door = m_door, folder = run->folder, judge = m_desk.judge(),
         evaluation = std::exchange(m_waiting, nullptr)](const std::stop_token& stop,
                                                         const Courier& courier) -> Result<Scores> {
            const auto engine = door();
            if (!engine)
                return engine.error();
            const auto features =
                sightline::ask(**engine, ofRun(folder), FeaturesQuestion{evaluation->split, {}}, stop,
                               [&](std::size_t done, std::size_t total) {
                                   courier.post([this, done, total] { m_work.setProgress(done, total); });
                               });
            if (!features)
                return features.error();
            return Scores(std::make_shared<const ScoresOfImages>(scoresOf(*evaluation, *features, *judge)));
        },
        [this](const Result<Scores>& scores) {
            m_work.end();
            if (!scores)
                return;
            m_scores = *scores;
            Q_EMIT judged(m_scores);
        });
}

} // namespace sightline::ui
