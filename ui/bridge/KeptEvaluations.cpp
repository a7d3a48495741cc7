// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/KeptEvaluations.h"

#include "engine/AskedModel.h"

namespace sightline::ui {

namespace {

constexpr std::size_t kMostFigures = 64'000'000; ///< about half a gigabyte; others are read from the run's folder

std::size_t figuresOf(const Evaluation& evaluation) {
    return evaluation.predictions.size() * evaluation.classes.size();
}

/// Those of an epoch stay what they are.
bool isChangeable(const std::string& at) {
    return at == "best" || at == "last";
}

} // namespace

KeptEvaluations::KeptEvaluations(EngineDoor door, Activities& activities)
    : m_door(std::move(door)), m_activities(activities) {}

std::shared_ptr<const Evaluation> KeptEvaluations::find(const std::string& at, const std::string& split) const {
    const auto found = m_kept.find({at, split});
    return found == m_kept.end() ? nullptr : found->second;
}

void KeptEvaluations::keep(const std::string& at, std::shared_ptr<const Evaluation> evaluation, int since) {
    if (isChangeable(at) && since != m_changes)
        return;
    const Key key{at, evaluation->split};
    if (const auto known = m_kept.find(key); known != m_kept.end()) {
        m_figures -= figuresOf(*known->second);
        m_kept.erase(known);
    }
    const std::size_t figures = figuresOf(*evaluation);
    if (m_figures + figures > kMostFigures)
        return;
    m_figures += figures;
    m_kept.emplace(key, std::move(evaluation));
}

void KeptEvaluations::fetch(const std::filesystem::path& run, const std::vector<std::string>& checkpoints,
                            const std::string& split) {
    std::vector<std::string> missing;
    for (const std::string& at : checkpoints)
        if (!find(at, split))
            missing.push_back(at);
    if (missing.empty())
        return;
    m_fetching = m_activities.begin(tr("Evaluating the other checkpoints"), [this] { cancel(); });
    m_lane.submit(
        this,
        [this, door = m_door, run, missing, split, since = m_changes](const std::stop_token& stop,
                                                                      const Courier& courier) -> Result<void> {
            const auto engine = door();
            if (!engine)
                return engine.error();
            for (std::size_t i = 0; i < missing.size(); ++i) {
                EvaluationQuestion question;
                question.split = split;
                auto judged = ask(**engine, ofRun(run, missing[i]), question, stop);
                if (!judged && judged.error().kind == ErrorKind::Cancelled)
                    return judged.error();
                if (!judged) // a damaged one says so when it is moved to; the others are fetched
                    continue;
                courier.post([this, at = missing[i], since, i, count = missing.size(),
                              evaluation = std::make_shared<const Evaluation>(std::move(*judged))] {
                    keep(at, evaluation, since);
                    m_fetching.setProgress(i + 1, count);
                });
            }
            return {};
        },
        [this](const Result<void>&) { m_fetching.end(); }); // whoever moves there hears what is wrong
}

void KeptEvaluations::cancel() {
    m_lane.cancel();
    m_fetching.end();
}

void KeptEvaluations::forgetChangeable() {
    cancel();
    ++m_changes;
    std::erase_if(m_kept, [this](const auto& kept) {
        const bool changes = isChangeable(kept.first.first);
        m_figures -= changes ? figuresOf(*kept.second) : 0;
        return changes;
    });
}

void KeptEvaluations::forget() {
    cancel();
    m_kept.clear();
    m_figures = 0;
}

} // namespace sightline::ui
