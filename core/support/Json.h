// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "support/Result.h"

namespace sightline {

using Json = nlohmann::ordered_json;

/// Reads one JSON object into a struct: each missing key keeps its default, each wrong type or unknown key becomes a
/// Problem with its path. Use one reader per object, then call `finish()`, which reports keys nobody asked for.
///
///     JsonReader reader(json, "training", problems);
///     reader.read("epochs", training.epochs);
///     JsonReader optimizer = reader.object("optimizer");
///     ...
///     reader.finish();
class JsonReader {
public:
    JsonReader(const Json& object, std::string path, std::vector<Problem>& problems);

    bool has(std::string_view key);
    /// True where the key is there and not null.
    bool hasValue(std::string_view key);
    const Json& at(std::string_view key);

    void read(std::string_view key, bool& value);
    void read(std::string_view key, int& value);
    void read(std::string_view key, std::int64_t& value);
    void read(std::string_view key, std::uint64_t& value);
    void read(std::string_view key, double& value);
    void read(std::string_view key, std::string& value);
    void read(std::string_view key, std::vector<double>& value);
    void read(std::string_view key, std::vector<int>& value);
    void read(std::string_view key, std::vector<std::string>& value);
    /// One of the words; the value is its position in `words`.
    void readWord(std::string_view key, int& position, std::initializer_list<std::string_view> words);
    template <typename Enum>
    void readEnum(std::string_view key, Enum& value, std::initializer_list<std::string_view> words) {
        int position = static_cast<int>(value);
        readWord(key, position, words);
        value = static_cast<Enum>(position);
    }

    /// A reader for the nested object; an empty object where the key is missing.
    JsonReader object(std::string_view key);
    void problem(std::string_view key, std::string message);
    std::string pathOf(std::string_view key) const;
    /// Reports unknown keys.
    void finish();

private:
    const Json* find(std::string_view key);

    const Json* m_object;
    std::string m_path;
    std::vector<Problem>& m_problems;
    std::vector<std::string> m_known;
};

/// Parses text as JSON without exceptions; `what` names the source in the error. Nesting deeper than 200 is refused.
Result<Json> parseJson(std::string_view text, const std::string& what);
/// Reads and parses a file of at most `maximumBytes`.
Result<Json> readJsonFile(const std::filesystem::path& file, std::uintmax_t maximumBytes = 64u << 20);
/// Sets `a.b.c` in a JSON document, making objects on the way. The value is parsed as JSON, else taken as a string.
Result<void> setJsonPath(Json& document, std::string_view path, std::string_view value);
/// JSON text, 2 spaces, invalid UTF-8 replaced (never throws), NaN and infinities as null.
std::string toText(const Json& json, int indent = 2);

} // namespace sightline
