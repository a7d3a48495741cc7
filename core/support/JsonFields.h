// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "support/Json.h"

namespace sightline {

/// Reads an object of a file that is ours but may be older, newer or damaged: a key that is missing, or of another
/// type, leaves its default. Where problems are to be said, JsonReader does it.
class JsonFields {
public:
    explicit JsonFields(const Json& json) : m_json(json) {} ///< outlives this; no object: nothing is there

    void read(const char* key, std::string& text) const {
        if (const Json* value = find(key); value && value->is_string())
            text = value->get<std::string>();
    }
    void read(const char* key, int& whole) const {
        if (const Json* value = find(key); value && value->is_number_integer())
            whole = value->get<int>();
    }
    void read(const char* key, bool& flag) const {
        if (const Json* value = find(key); value && value->is_boolean())
            flag = value->get<bool>();
    }
    void read(const char* key, std::optional<double>& figure) const {
        if (const Json* value = find(key); value && value->is_number())
            figure = value->get<double>();
    }
    void read(const char* key, std::vector<std::string>& words) const {
        if (const Json* value = find(key); value && value->is_array())
            for (const Json& word : *value)
                if (word.is_string())
                    words.push_back(word.get<std::string>());
    }
    const Json* find(const char* key) const {
        if (!m_json.is_object())
            return nullptr;
        const auto at = m_json.find(key);
        return at == m_json.end() ? nullptr : &*at;
    }

private:
    const Json& m_json;
};

} // namespace sightline
