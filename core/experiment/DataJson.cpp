// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "experiment/EnumWords.h"
#include "experiment/PixelJson.h"
#include "experiment/SettingsJson.h"

namespace sightline {

namespace {

const Words kInterpolations = {"nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"};
const Words kSplits = {"per-class-first", "shuffled"};
const Words kHeaders = {"auto", "yes", "no"};
const Words kDecodings = {"exact", "scaled"};

/// A column by its heading, or by its number from 1.
void readColumn(JsonReader& reader, const char* key, std::string& column) {
    if (reader.has(key) && reader.at(key).is_number_unsigned())
        column = std::to_string(reader.at(key).get<std::uint64_t>());
    else if (reader.hasValue(key))
        reader.read(key, column);
}

void read(JsonReader reader, TableSettings& table) {
    readColumn(reader, "path_column", table.pathColumn);
    readColumn(reader, "label_column", table.labelColumn);
    readColumn(reader, "split_column", table.splitColumn);
    if (reader.has("header") && reader.at("header").is_boolean())
        table.header = reader.at("header").get<bool>() ? TableSettings::Header::Yes : TableSettings::Header::No;
    else
        reader.readEnum("header", table.header, kHeaders);
    reader.read("merge_alike_labels", table.mergeAlikeLabels);
    reader.finish();
}

void read(JsonReader reader, SplitWords& words) {
    reader.read("train", words.train);
    reader.read("val", words.validation);
    reader.read("test", words.test);
    reader.finish();
}

void read(JsonReader reader, GroupSettings& group) {
    if (reader.hasValue("pattern"))
        reader.read("pattern", group.pattern);
    readColumn(reader, "column", group.column);
    reader.finish();
}

/// Table, split words, pattern and group are written only where they are set.
void addSourceSettings(Json& json, const DataSettings& data) {
    const TableSettings& table = data.table;
    if (table != TableSettings{}) {
        Json& written = json["table"] = Json::object();
        for (const auto& [key, column] :
             {std::pair("path_column", &table.pathColumn), std::pair("label_column", &table.labelColumn),
              std::pair("split_column", &table.splitColumn)})
            if (!column->empty())
                written[key] = *column;
        written["header"] = word(kHeaders, table.header);
        if (table.mergeAlikeLabels)
            written["merge_alike_labels"] = true;
    }
    const SplitWords& words = data.splitWords;
    for (const auto& [key, list] :
         {std::pair("train", &words.train), std::pair("val", &words.validation), std::pair("test", &words.test)})
        if (!list->empty())
            json["split_words"][key] = *list;
    if (!data.pattern.empty())
        json["pattern"] = data.pattern;
    if (!data.group.pattern.empty())
        json["group"]["pattern"] = data.group.pattern;
    if (!data.group.column.empty())
        json["group"]["column"] = data.group.column;
    if (!data.fold.empty())
        json["fold"] = {{"of", data.fold.of}, {"index", data.fold.index}};
}

} // namespace

void read(JsonReader reader, DataSettings& data) {
    reader.read("path", data.path);
    reader.read("format", data.format);
    if (reader.has("image_size")) {
        std::vector<int> size;
        reader.read("image_size", size);
        if (size.size() == 2) {
            data.imageHeight = size[0];
            data.imageWidth = size[1];
        } else if (reader.at("image_size").is_array())
            reader.problem("image_size", "must be [height, width]");
    }
    readPixels(reader, data);
    reader.readEnum("interpolation", data.interpolation, kInterpolations);
    reader.read("validation_split", data.validationSplit);
    reader.readEnum("split", data.split, kSplits);
    if (reader.hasValue("table"))
        read(reader.object("table"), data.table);
    if (reader.hasValue("split_words"))
        read(reader.object("split_words"), data.splitWords);
    if (reader.hasValue("pattern"))
        reader.read("pattern", data.pattern);
    if (reader.hasValue("group"))
        read(reader.object("group"), data.group);
    if (reader.hasValue("fold")) {
        JsonReader fold = reader.object("fold");
        fold.read("of", data.fold.of);
        fold.read("index", data.fold.index);
        fold.finish();
    }
    reader.readEnum("decode", data.decoding, kDecodings);
    if (reader.hasValue("cache_memory_mb"))
        reader.read("cache_memory_mb", data.cacheMemoryMegabytes);
    else if (reader.has("cache_memory_mb"))
        static_cast<void>(reader.at("cache_memory_mb")); // null: as much as the program finds right
    reader.read("cache_disk_mb", data.cacheDiskMegabytes);
    reader.finish();
}

Json toJson(const DataSettings& data) {
    Json json{{"path", data.path},
              {"format", data.format},
              {"image_size", {data.imageHeight, data.imageWidth}},
              {"interpolation", word(kInterpolations, data.interpolation)},
              {"validation_split", data.validationSplit},
              {"split", word(kSplits, data.split)},
              {"decode", word(kDecodings, data.decoding)},
              {"cache_memory_mb", data.cacheMemoryMegabytes < 0 ? Json() : Json(data.cacheMemoryMegabytes)},
              {"cache_disk_mb", data.cacheDiskMegabytes}};
    addPixels(json, data);
    addSourceSettings(json, data);
    return json;
}

} // namespace sightline
