// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/Patience.h"

#include <algorithm>
#include <string_view>

#include "experiment/Experiment.h"
#include "support/JsonFields.h"

namespace sightline {

namespace {

/// Early stopping's settings, as far as they say what is counted.
struct Counted {
    std::string monitor, mode = "auto";
    int patience = 0;

    bool isOn() const { return !monitor.empty(); }
    bool prefersMore() const {
        return mode == "max" || (mode == "auto" && monitorsMaximum(MonitorMode::Auto, monitor));
    }
    bool watchesAs(const Counted& other) const {
        return isOn() == other.isOn() && monitor == other.monitor && prefersMore() == other.prefersMore();
    }
};

Counted countedBy(const Json& settings) {
    Counted counted;
    const JsonFields fields(settings);
    fields.read("monitor", counted.monitor);
    fields.read("mode", counted.mode);
    fields.read("patience", counted.patience);
    return counted;
}

} // namespace

void Patience::begin() {
    if (of > 0 && used >= of)
        used = 0;
}

void Patience::edit(const Json& changes) {
    constexpr std::string_view kSettings = "training.early_stopping", kField = "training.early_stopping.";
    Json before{{"monitor", monitor}, {"patience", of}}, now = before;
    for (const auto& [path, values] : changes.items()) {
        if (!values.is_array() || values.size() != 2)
            continue;
        if (path == kSettings) { // null where there is none
            before = values[0].is_object() ? values[0] : Json::object();
            now = values[1].is_object() ? values[1] : Json::object();
        } else if (path.starts_with(kField)) {
            before[path.substr(kField.size())] = values[0];
            now[path.substr(kField.size())] = values[1];
        }
    }
    const Counted counted = countedBy(now);
    if (!counted.watchesAs(countedBy(before)))
        used = of = 0;
    of = std::max(of, counted.patience);
    monitor = counted.monitor;
}

} // namespace sightline
