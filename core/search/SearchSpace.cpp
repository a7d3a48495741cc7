// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SearchSpace.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sightline {

namespace {

constexpr double kMostExactly = 9007199254740992.0; // whole numbers of a double
constexpr int kLongestList = 64;

class SpaceReader {
public:
    SpaceReader(std::string path, std::vector<Problem>& problems) : m_path(std::move(path)), m_problems(problems) {}

    Distribution distribution(const Json& json, bool mayRepeat);

private:
    Distribution choice(const Json& values);
    Distribution number(const Json& json, Distribution::Kind kind);
    void checkLog(const Distribution& distribution);
    void say(const std::string& key, std::string message) {
        m_problems.push_back({m_path + (key.empty() ? "" : "." + key), std::move(message)});
    }

    std::string m_path;
    std::vector<Problem>& m_problems;
};

Distribution SpaceReader::choice(const Json& values) {
    Distribution made;
    if (!values.is_array() || values.empty()) {
        say("choice", "must be a list of the values to choose from");
        return made;
    }
    for (const Json& value : values) {
        if (std::find(made.choices.begin(), made.choices.end(), value) != made.choices.end())
            say("choice", "has the value " + shown(toText(value, -1)) + " twice");
        made.choices.push_back(value);
    }
    return made;
}

Distribution SpaceReader::number(const Json& json, Distribution::Kind kind) {
    const bool isInt = kind == Distribution::Kind::Int;
    const std::string key = isInt ? "int" : "float";
    Distribution made;
    made.kind = kind;
    made.step = isInt ? 1 : 0;
    const Json& range = json.at(key);
    const auto fits = [&](const Json& bound) {
        return isInt ? bound.is_number_integer() && std::abs(bound.get<double>()) < kMostExactly
                     : bound.is_number() && std::isfinite(bound.get<double>());
    };
    if (!range.is_array() || range.size() != 2 || !fits(range[0]) || !fits(range[1])) {
        say(key, isInt ? "must be [lowest, highest], two whole numbers" : "must be [lowest, highest], two numbers");
        return made;
    }
    made.low = range[0].get<double>();
    made.high = range[1].get<double>();
    if (made.low > made.high)
        say(key, "is empty: the lowest value is above the highest");
    if (const auto log = json.find("log"); log != json.end()) {
        if (log->is_boolean())
            made.log = log->get<bool>();
        else
            say("log", "must be true or false");
    }
    if (const auto step = json.find("step"); step != json.end()) {
        if (!fits(*step) || step->get<double>() <= 0)
            say("step", isInt ? "must be a whole number above 0" : "must be above 0");
        else if (made.log)
            say("step", "does not go with log; leave one of them out");
        else
            made.step = step->get<double>();
    }
    checkLog(made);
    if (made.step > 0) // as Optuna: the highest value that steps reach
        made.high = std::min(made.high, made.low + std::floor((made.high - made.low) / made.step + 1e-9) * made.step);
    return made;
}

void SpaceReader::checkLog(const Distribution& distribution) {
    if (distribution.log && distribution.low <= 0)
        say(distribution.kind == Distribution::Kind::Int ? "int" : "float", "must begin above 0 where log is true");
}

Distribution SpaceReader::distribution(const Json& json, bool mayRepeat) {
    const std::string kinds =
        std::string("must be { \"choice\": [..] }, { \"int\": [lo, hi] }, { \"float\": [lo, hi] }") +
        (mayRepeat ? ", { \"bool\": true } or { \"repeat\": {..}, \"of\": {..} }" : " or { \"bool\": true }");
    if (!json.is_object()) {
        say("", kinds);
        return {};
    }
    std::string kind;
    for (const auto& [key, value] : json.items()) {
        const bool isKind = key == "choice" || key == "int" || key == "float" || key == "bool";
        if (isKind && !kind.empty())
            say("", "says both " + kind + " and " + key + "; use one");
        if (isKind)
            kind = key;
        else if (key != "step" && key != "log")
            say(key, "is unknown; " + kinds);
    }
    if (kind.empty()) {
        say("", kinds);
        return {};
    }
    if (kind == "int" || kind == "float")
        return number(json, kind == "int" ? Distribution::Kind::Int : Distribution::Kind::Float);
    if (json.size() > 1)
        say("", "takes no step and no log beside " + kind);
    if (kind == "choice")
        return choice(json.at("choice"));
    if (json.at("bool") != Json(true))
        say("bool", "must be true");
    Distribution made;
    made.kind = Distribution::Kind::Bool;
    made.choices = {false, true};
    return made;
}

Json toJson(const Distribution& distribution) {
    switch (distribution.kind) {
    case Distribution::Kind::Choice:
        return {{"choice", distribution.choices}};
    case Distribution::Kind::Bool:
        return {{"bool", true}};
    case Distribution::Kind::Int:
    case Distribution::Kind::Float:
        break;
    }
    const bool isInt = distribution.kind == Distribution::Kind::Int;
    Json json{
        {isInt ? "int" : "float", {distribution.external(distribution.low), distribution.external(distribution.high)}}};
    if (distribution.step > 0 && !(isInt && distribution.step == 1))
        json["step"] = distribution.external(distribution.step);
    if (distribution.log)
        json["log"] = true;
    return json;
}

} // namespace

std::size_t Distribution::count() const {
    if (!isNumber())
        return choices.size();
    return step > 0 ? static_cast<std::size_t>(std::llround((high - low) / step)) + 1 : 0;
}

double Distribution::valueAt(std::size_t index) const {
    return isNumber() ? std::min(low + static_cast<double>(index) * step, high) : static_cast<double>(index);
}

Json Distribution::external(double value) const {
    if (kind == Kind::Int)
        return static_cast<std::int64_t>(std::llround(value));
    if (kind == Kind::Float)
        return value;
    const auto index = static_cast<std::size_t>(std::max(value, 0.0));
    return index < choices.size() ? choices[index] : Json();
}

SearchSpace searchSpaceFromJson(const Json& json, std::vector<Problem>& problems) {
    SearchSpace space;
    if (!json.is_object() || json.empty()) {
        problems.push_back({"space", "must be an object { PATH: what to try }, with one setting at least"});
        return space;
    }
    for (const auto& [path, value] : json.items()) {
        const std::string where = "space." + path;
        Dimension dimension{path, {}, std::nullopt};
        if (value.is_object() && (value.contains("repeat") || value.contains("of"))) {
            for (const auto& [key, part] : value.items())
                if (key != "repeat" && key != "of")
                    problems.push_back({where + "." + key, "is unknown beside repeat and of"});
            dimension.length =
                SpaceReader(where + ".repeat", problems).distribution(value.value("repeat", Json()), false);
            if (dimension.length->kind != Distribution::Kind::Int || dimension.length->low < 0 ||
                dimension.length->high > kLongestList)
                problems.push_back({where + ".repeat",
                                    "must be { \"int\": [lo, hi] }, 0 to " + std::to_string(kLongestList) + " values"});
            dimension.each = SpaceReader(where + ".of", problems).distribution(value.value("of", Json()), false);
        } else {
            dimension.each = SpaceReader(where, problems).distribution(value, true);
        }
        for (const Dimension& other : space.dimensions)
            if (path.starts_with(other.path + ".") || other.path.starts_with(path + "."))
                problems.push_back({where, "is a part of " + (path.size() < other.path.size() ? path : other.path) +
                                               ", or the other way round; leave one of them out"});
        space.dimensions.push_back(std::move(dimension));
    }
    return space;
}

Json toJson(const SearchSpace& space) {
    Json json = Json::object();
    for (const Dimension& dimension : space.dimensions)
        json[dimension.path] = dimension.length
                                   ? Json{{"repeat", toJson(*dimension.length)}, {"of", toJson(dimension.each)}}
                                   : toJson(dimension.each);
    return json;
}

const Distribution* distributionOf(const SearchSpace& space, const std::string& name) {
    for (const Dimension& dimension : space.dimensions) {
        if (!dimension.length) {
            if (name == dimension.path)
                return &dimension.each;
            continue;
        }
        if (name == dimension.lengthName())
            return &*dimension.length;
        if (!name.starts_with(dimension.path + "."))
            continue;
        int place = -1;
        const char* const end = name.data() + name.size();
        const auto read = std::from_chars(name.data() + dimension.path.size() + 1, end, place);
        if (read.ec == std::errc() && read.ptr == end && place >= 0 && place < dimension.length->high)
            return &dimension.each;
    }
    return nullptr;
}

Json settingsOf(const SearchSpace& space, const Point& point) {
    Json settings = Json::object();
    for (const Dimension& dimension : space.dimensions) {
        if (!dimension.length) {
            if (const auto found = point.find(dimension.path); found != point.end())
                settings[dimension.path] = dimension.each.external(found->second);
            continue;
        }
        const auto length = point.find(dimension.lengthName());
        if (length == point.end())
            continue;
        Json list = Json::array();
        for (std::size_t place = 0; place < static_cast<std::size_t>(std::max(length->second, 0.0)); ++place)
            if (const auto found = point.find(dimension.nameOf(place)); found != point.end())
                list.push_back(dimension.each.external(found->second));
        settings[dimension.path] = std::move(list);
    }
    return settings;
}

std::string optunaText(const Distribution& distribution) {
    Json attributes;
    const char* name = "CategoricalDistribution";
    if (distribution.isNumber()) {
        const bool isInt = distribution.kind == Distribution::Kind::Int;
        name = isInt ? "IntDistribution" : "FloatDistribution";
        attributes = {{"log", distribution.log},
                      {"step", distribution.step > 0 ? distribution.external(distribution.step) : Json()},
                      {"low", distribution.external(distribution.low)},
                      {"high", distribution.external(distribution.high)}};
    } else {
        Json choices = Json::array(); // Optuna's are null, truth values, numbers and words
        for (const Json& value : distribution.choices)
            choices.push_back(value.is_structured() ? Json(toText(value, -1)) : value);
        attributes = {{"choices", std::move(choices)}};
    }
    return toText(Json{{"name", name}, {"attributes", std::move(attributes)}}, -1);
}

} // namespace sightline
