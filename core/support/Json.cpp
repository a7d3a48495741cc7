// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Json.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/Files.h"

namespace sightline {

namespace {

const Json& emptyObject() {
    static const Json empty = Json::object();
    return empty;
}

std::string described(const Json& value) {
    std::string text = toText(value, -1);
    if (text.size() > 40)
        text = text.substr(0, 37) + "...";
    return text;
}

} // namespace

JsonReader::JsonReader(const Json& object, std::string path, std::vector<Problem>& problems)
    : m_object(&object), m_path(std::move(path)), m_problems(problems) {
    if (!object.is_object()) {
        m_problems.push_back({m_path, "must be an object { ... }, not " + described(object)});
        m_object = &emptyObject();
    }
}

const Json* JsonReader::find(std::string_view key) {
    m_known.emplace_back(key);
    const auto it = m_object->find(std::string(key));
    return it == m_object->end() ? nullptr : &*it;
}

bool JsonReader::has(std::string_view key) {
    return find(key) != nullptr;
}

bool JsonReader::hasValue(std::string_view key) {
    const Json* value = find(key);
    return value && !value->is_null();
}

const Json& JsonReader::at(std::string_view key) {
    static const Json null;
    const Json* value = find(key);
    return value ? *value : null;
}

std::string JsonReader::pathOf(std::string_view key) const {
    return m_path.empty() ? shown(key) : m_path + "." + shown(key);
}

void JsonReader::problem(std::string_view key, std::string message) {
    m_problems.push_back({pathOf(key), std::move(message)});
}

void JsonReader::read(std::string_view key, bool& value) {
    if (const Json* json = find(key)) {
        if (json->is_boolean())
            value = json->get<bool>();
        else
            problem(key, "must be true or false, not " + described(*json));
    }
}

void JsonReader::read(std::string_view key, std::int64_t& value) {
    const Json* json = find(key);
    if (!json)
        return;
    if (json->is_number_unsigned() &&
        json->get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        problem(key, "is too large a number");
    else if (json->is_number_integer())
        value = json->get<std::int64_t>();
    else if (json->is_number_float() && std::nearbyint(json->get<double>()) == json->get<double>() &&
             std::abs(json->get<double>()) < 9e15)
        value = static_cast<std::int64_t>(json->get<double>());
    else
        problem(key, "must be a whole number, not " + described(*json));
}

void JsonReader::read(std::string_view key, int& value) {
    std::int64_t wide = value;
    read(key, wide);
    if (wide > std::numeric_limits<int>::max() || wide < std::numeric_limits<int>::min())
        problem(key, "is too large a number");
    else
        value = static_cast<int>(wide);
}

void JsonReader::read(std::string_view key, std::uint64_t& value) {
    const Json* json = find(key);
    if (!json)
        return;
    if (json->is_number_unsigned())
        value = json->get<std::uint64_t>();
    else if (json->is_number_integer() && json->get<std::int64_t>() >= 0)
        value = static_cast<std::uint64_t>(json->get<std::int64_t>());
    else
        problem(key, "must be a whole number of 0 or more, not " + described(*json));
}

void JsonReader::read(std::string_view key, double& value) {
    if (const Json* json = find(key)) {
        if (json->is_number())
            value = json->get<double>();
        else
            problem(key, "must be a number, not " + described(*json));
    }
}

void JsonReader::read(std::string_view key, std::string& value) {
    if (const Json* json = find(key)) {
        if (json->is_string())
            value = json->get<std::string>();
        else
            problem(key, "must be a string in quotes, not " + described(*json));
    }
}

void JsonReader::read(std::string_view key, std::vector<double>& value) {
    const Json* json = find(key);
    if (!json)
        return;
    std::vector<double> numbers;
    bool good = json->is_array();
    if (good) {
        for (const Json& item : *json) {
            good = good && item.is_number();
            if (good)
                numbers.push_back(item.get<double>());
        }
    }
    if (good)
        value = std::move(numbers);
    else
        problem(key, "must be a list of numbers, not " + described(*json));
}

void JsonReader::read(std::string_view key, std::vector<int>& value) {
    const Json* json = find(key);
    if (!json)
        return;
    std::vector<int> numbers;
    bool good = json->is_array();
    if (good) {
        for (const Json& item : *json) {
            good = good && item.is_number_integer() && item.get<double>() <= 2147483647.0 &&
                   item.get<double>() >= -2147483648.0;
            if (good)
                numbers.push_back(item.get<int>());
        }
    }
    if (good)
        value = std::move(numbers);
    else
        problem(key, "must be a list of whole numbers, not " + described(*json));
}

void JsonReader::read(std::string_view key, std::vector<std::string>& value) {
    const Json* json = find(key);
    if (!json)
        return;
    std::vector<std::string> words;
    bool good = json->is_array();
    if (good) {
        for (const Json& item : *json) {
            good = good && item.is_string();
            if (good)
                words.push_back(item.get<std::string>());
        }
    }
    if (good)
        value = std::move(words);
    else
        problem(key, "must be a list of strings, not " + described(*json));
}

void JsonReader::readWord(std::string_view key, int& position, std::initializer_list<std::string_view> words) {
    const Json* json = find(key);
    if (!json)
        return;
    if (json->is_string()) {
        int i = 0;
        for (const std::string_view word : words) {
            if (json->get_ref<const std::string&>() == word) {
                position = i;
                return;
            }
            ++i;
        }
    }
    std::string choices;
    for (const std::string_view word : words)
        choices += (choices.empty() ? "" : ", ") + std::string(word);
    problem(key, "must be one of " + choices + ", not " + described(*json));
}

JsonReader JsonReader::object(std::string_view key) {
    const Json* json = find(key);
    return JsonReader(json && !json->is_null() ? *json : emptyObject(), pathOf(key), m_problems);
}

void JsonReader::finish() {
    for (const auto& [key, value] : m_object->items()) {
        bool known = false;
        for (const std::string& candidate : m_known)
            known = known || candidate == key;
        if (!known)
            problem(key, "is not a setting this version knows; check its spelling");
    }
}

namespace {

/// How deep brackets and braces lie in one another, those in strings left out.
int nesting(std::string_view text) {
    int depth = 0, deepest = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"')
            inString = !inString;
        else if (inString)
            i += c == '\\';
        else if (c == '[' || c == '{')
            deepest = std::max(deepest, ++depth);
        else if (c == ']' || c == '}')
            --depth;
    }
    return deepest;
}

} // namespace

Result<Json> parseJson(std::string_view text, const std::string& what) {
    if (nesting(text) >
        200) // before parsing: nlohmann's own callback looks through a list again at each of its members
        return badInput(what + " is nested too deeply to be one of our files.");
    // nlohmann reports positions only through its exception; the message names line and column.
    try {
        return Json::parse(text, nullptr, true, false);
    } catch (const Json::exception& error) {
        std::string reason = error.what();
        if (const auto bracket = reason.find("] "); bracket != std::string::npos)
            reason = reason.substr(bracket + 2);
        return badInput(what + " is not valid JSON: " + reason);
    }
}

Result<Json> readJsonFile(const std::filesystem::path& file, std::uintmax_t maximumBytes) {
    const Result<std::string> text = readFile(file, maximumBytes);
    return text ? parseJson(*text, file.string()) : Result<Json>(text.error());
}

Result<void> setJsonPath(Json& document, std::string_view path, std::string_view value) {
    Json parsed = Json::parse(value, nullptr, false);
    if (parsed.is_discarded())
        parsed = std::string(value);
    Json* node = &document;
    std::size_t start = 0;
    for (;;) {
        const std::size_t dot = path.find('.', start);
        const std::string key(path.substr(start, dot == std::string_view::npos ? dot : dot - start));
        if (key.empty())
            return badInput("--set " + std::string(path) +
                            ": a path is names joined by dots, such as training.epochs.");
        if (node->is_null())
            *node = Json::object();
        if (!node->is_object())
            return badInput("--set " + std::string(path) + ": '" + key + "' is inside a value that is not an object.");
        node = &(*node)[key];
        if (dot == std::string_view::npos)
            break;
        start = dot + 1;
    }
    *node = std::move(parsed);
    return {};
}

std::string toText(const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

} // namespace sightline
