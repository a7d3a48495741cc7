// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <utility>

#include "bridge/SearchDesk.h"
#include "search/SearchPresets.h"

namespace sightline::ui {

bool SearchDesk::searchFor(const std::string& path, const std::vector<Json>& choices) {
    SearchDraft next = m_draft;
    if (std::any_of(next.rows.begin(), next.rows.end(), [&](const auto& row) { return row.path == path; }))
        return true;
    Json range = firstRange(m_document.experiment(), path, choices);
    if (range.is_null())
        return false;
    next.rows.push_back({path, std::move(range)});
    setDraft(std::move(next));
    return true;
}

void SearchDesk::usePreset(const std::string& name) {
    const SearchPreset* preset = findSearchPreset(name);
    const auto json = preset ? parseJson(preset->json, preset->name) : Result<Json>(Json());
    if (!json || json->is_null())
        return;
    std::vector<Problem> ignored; // it comes with the program: a test reads it
    Experiment base = experimentFromJson(json->value("base", Json::object()), ignored);
    base.data = withImagesOf(base.data, m_document.experiment().data);
    if (m_document.setExperiment(std::move(base)))
        setDraft(searchDraftFrom(*json));
}

std::vector<Problem> SearchDesk::problems() const {
    std::vector<Problem> found;
    planOf(m_draft, m_document.experiment(), found);
    return found;
}

void SearchDesk::useTrial(int number) {
    const auto place = static_cast<std::size_t>(number);
    if (!m_shown || m_runs.trainsHere() || place >= m_shown->view.study.trials.size())
        return;
    std::vector<Problem> found;
    const SearchPlan& plan = m_shown->view.plan;
    Experiment experiment = experimentAt(plan, m_shown->view.study.trials[place].point, found);
    if (!found.empty())
        return Q_EMIT refused(QString::fromStdString(joined(found)));
    const bool opens = !m_data.dataset();
    if (!opens && !opensSameImages(experiment.data, m_document.experiment().data))
        experiment.data = withImagesOf(experiment.data, m_document.experiment().data);
    if (m_document.setExperiment(std::move(experiment)) && opens)
        m_data.openAsSaid();
}

} // namespace sightline::ui
