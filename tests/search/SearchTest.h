// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "FakeTrainer.h"
#include "FewToys.h"
#include "Test.h"
#include "search/SearchRunner.h"

namespace sightline {

/// `more` goes on after the trials: ", \"parallel\": 2".
inline std::string planText(const std::filesystem::path& images, const std::string& more) {
    return "{\"version\": 1, \"base\": {\"version\": 1, \"name\": \"toys\", \"seed\": 7, \"data\": {\"path\": \"" +
           images.string() +
           "\"}, \"training\": {\"epochs\": 4}}, \"space\": {\"training.optimizer.learning_rate\": "
           "{\"float\": [0.0001, 0.1], \"log\": true}}, \"trials\": 8" +
           more + "}";
}

/// What the tests of searches share: a folder with a few toys, and a search of eight learning rates over them.
class SearchTest : public FreshFolderTest {
protected:
    void begin() {
        FreshFolderTest::init();
        QVERIFY(drawFewToys(root() / "toys", 2, 1, 16));
    }

    std::filesystem::path home() const { return root() / "home"; }

    SearchPlan plan(const std::string& more = "") const {
        const auto read = searchPlanFromJson(Json::parse(planText(root() / "toys", more)), {}, "search.json");
        if (!read)
            qFatal("%s", read.error().message.c_str());
        return *read;
    }
    static Result<SearchEnded> go(
        FakeTrainer& trainer, const std::filesystem::path& home, const SearchFolder& folder, std::stop_token stop = {},
        const SearchSink& sink = [](const SearchEvent&) {}) {
        return runSearch(trainer, {home, folder}, stop, sink);
    }
    SearchView searched(const SearchPlan& plan, FakeTrainer& trainer) const {
        const auto folder = beginSearch(home(), plan, {});
        if (!folder)
            qFatal("%s", folder.error().message.c_str());
        const auto ended = go(trainer, home(), *folder);
        if (!ended)
            qFatal("%s", ended.error().message.c_str());
        return ended->view;
    }
    /// What a search found, without times and names of runs.
    static std::vector<std::string> found(const SearchView& view) {
        std::vector<std::string> lines;
        for (const SearchTrial& trial : view.study.trials)
            lines.push_back(std::to_string(trial.number) + " " + nameOf(trial.state) + " " +
                            toText(settingsOf(view.plan.space, trial.point), -1) + " " +
                            toText(Json(trial.values), -1) + " " + std::to_string(trial.value.value_or(-1)) + " " +
                            toText(Json(trial.reports), -1));
        return lines;
    }
};

} // namespace sightline
