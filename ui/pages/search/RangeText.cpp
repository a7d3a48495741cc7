// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/search/RangeText.h"

#include <QStringList>

#include <algorithm>
#include <cmath>

#include "look/ChoiceWords.h"

namespace sightline::ui {

namespace {

bool isWord(const std::string& text) {
    return !text.empty() && text.find_first_of(",[]{}\"") == std::string::npos && !parseJson(text, "");
}

/// Lowest and highest of the numbers a range has.
std::pair<double, double> boundsOf(const Json& range) {
    std::pair<double, double> bounds{0, 1};
    for (const char* key : {"float", "int", "choice"}) {
        const Json values = range.value(key, Json());
        if (!values.is_array())
            continue;
        bool isFirst = true;
        for (const Json& value : values) {
            if (!value.is_number())
                continue;
            const auto number = value.get<double>();
            bounds = isFirst ? std::pair(number, number)
                             : std::pair(std::min(bounds.first, number), std::max(bounds.second, number));
            isFirst = false;
        }
    }
    return bounds;
}

std::int64_t whole(double value) {
    return static_cast<std::int64_t>(std::llround(value));
}

} // namespace

RangeKind kindOf(const Json& range) {
    if (range.contains("repeat"))
        return RangeKind::List;
    if (range.contains("bool"))
        return RangeKind::Switch;
    if (range.contains("int"))
        return RangeKind::Whole;
    return range.contains("float") ? RangeKind::Numbers : RangeKind::Choices;
}

Json asKind(const Json& range, RangeKind kind) {
    if (kind == kindOf(range))
        return range;
    const Json single = kindOf(range) == RangeKind::List ? range.value("of", Json::object()) : range;
    const auto [low, high] = boundsOf(single);
    switch (kind) {
    case RangeKind::Numbers:
        return {{"float", {low, high}}};
    case RangeKind::Whole:
        return {{"int", {whole(low), whole(high)}}};
    case RangeKind::Switch:
        return {{"bool", true}};
    case RangeKind::List:
        return {{"repeat", {{"int", {1, 3}}}}, {"of", {{"int", {whole(low), whole(high)}}}}};
    case RangeKind::Choices:
        break;
    }
    if (single.contains("bool"))
        return {{"choice", {false, true}}};
    const bool isWhole = single.contains("int");
    Json choices = Json::array();
    for (const double bound : {low, high})
        if (choices.empty() || low != high)
            choices.push_back(isWhole ? Json(whole(bound)) : Json(bound));
    return {{"choice", std::move(choices)}};
}

QString choicesText(const std::string& path, const Json& choices) {
    QStringList words;
    for (const Json& choice : choices) {
        const std::string text = choice.is_string() ? choice.get<std::string>() : std::string();
        const QString title = choiceTitle(path, text);
        words << (isWord(title.toStdString()) ? title
                  : isWord(text)              ? QString::fromStdString(text)
                                              : QString::fromStdString(toText(choice, -1)));
    }
    return words.join(QStringLiteral(", "));
}

Json choicesFrom(const std::string& path, const QString& text) {
    Json choices = Json::array();
    std::string word;
    int depth = 0;
    bool quoted = false;
    const auto finish = [&] {
        const auto first = word.find_first_not_of(' ');
        if (first != std::string::npos) {
            const std::string bare = word.substr(first, word.find_last_not_of(' ') - first + 1);
            const Result<Json> json = parseJson(bare, "");
            choices.push_back(json ? *json : Json(choiceTitled(path, QString::fromStdString(bare))));
        }
        word.clear();
    };
    for (const char letter : text.toStdString()) {
        quoted ^= letter == '"';
        if (!quoted)
            depth += (letter == '[' || letter == '{') - (letter == ']' || letter == '}');
        if (letter == ',' && depth <= 0 && !quoted)
            finish();
        else
            word += letter;
    }
    finish();
    return choices;
}

} // namespace sightline::ui
