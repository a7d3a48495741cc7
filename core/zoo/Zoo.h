// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "network/GraphSpec.h"

namespace sightline {

/// One option of an architecture, for forms and for checking what a person typed.
struct ZooOption {
    std::string key;
    std::string help;
    Json defaultValue;
    std::vector<Json> choices;       ///< empty: any value of the default's type
    double minimum = 0, maximum = 0; ///< numbers; both 0 = unbounded
};

/// What is asked of an architecture.
struct ZooRequest {
    int height = 224, width = 224, channels = 3;
    int classes = 1000;
    Json options = Json::object();
};

struct ZooEntry {
    std::string name;
    std::string title;       ///< "ResNet-18"
    std::string description; ///< one sentence
    int year = 0;
    int defaultHeight = 224, defaultWidth = 224, defaultChannels = 3;
    std::vector<ZooOption> options;
    Result<GraphSpec> (*build)(const ZooRequest& request);
};

/// All named architectures, in the order the window shows them.
const std::vector<ZooEntry>& zoo();
const ZooEntry* findInZoo(const std::string& name);

/// What is wrong whatever the input is: a name that no network has ("model.name"), options that are unknown or not what
/// they may be ("model.options.KEY").
std::vector<Problem> zooProblems(const std::string& name, const Json& options);

/// Builds by name after zooProblems(), which are errors.
Result<GraphSpec> buildFromZoo(const std::string& name, const ZooRequest& request);

} // namespace sightline
