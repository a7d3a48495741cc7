// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "search/SearchPlan.h"

namespace sightline::ui {

/// A search that is being thought out: a SEARCH.json without its base, which is the document's experiment. What it says
/// may be wrong still.
struct SearchDraft {
    struct Row {
        std::string path; ///< of the setting
        Json range;       ///< what it may be, as SEARCH.json's space says it
        bool operator==(const Row&) const = default;
    };
    std::vector<Row> rows;
    SearchPlan options = usualOptions(); ///< how it goes; without base and space

    static SearchPlan usualOptions();
    bool operator==(const SearchDraft&) const = default;
};

/// With SEARCH.json's keys.
Json toJson(const SearchDraft& draft);
/// Of a SEARCH.json, too. Keeps what can be read.
SearchDraft searchDraftFrom(const Json& json);
/// The search over these settings, and what is wrong with it ("space.training.epochs.int").
SearchPlan planOf(const SearchDraft& draft, const Experiment& base, std::vector<Problem>& problems);

/// What is tried of a setting to begin with: what is usual for it, else something around its value in the experiment,
/// or these choices. Null where it cannot be searched: there is no such setting, or it is off.
Json firstRange(const Experiment& experiment, const std::string& path, const std::vector<Json>& choices = {});
/// The draft with a setting in it, as firstRange() says where it was not in it already. Nothing where it cannot be
/// searched.
std::optional<SearchDraft> withSetting(SearchDraft draft, const Experiment& experiment, const std::string& path,
                                       const std::vector<Json>& choices = {});

/// A search that comes with the program, and its settings.
struct PresetDraft {
    SearchDraft draft;
    Experiment base;
};
/// Over these images. Nothing where there is none of that name.
std::optional<PresetDraft> presetDraft(const std::string& name, const DataSettings& images);

/// Paths of settings that are often searched, with the options of the experiment's network; in the order of the pages.
std::vector<std::string> searchableSettings(const Experiment& experiment);

} // namespace sightline::ui
