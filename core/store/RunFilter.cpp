// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunFilter.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <iterator>
#include <optional>
#include <string_view>

#include "store/SettingsDifference.h"
#include "support/Unicode.h"
#include "support/Words.h"

namespace sightline {

namespace {

struct Token {
    std::string text;
    bool isOperator = false, isQuoted = false;
};

bool isOperatorSign(char c) {
    return c == '<' || c == '>' || c == '=' || c == '!';
}

std::vector<Token> tokens(const std::string& text) {
    std::vector<Token> found;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        if (std::isspace(static_cast<unsigned char>(text[at]))) {
            ++at;
        } else if (text[at] == '"') {
            end = std::min(text.find('"', at + 1), text.size());
            found.push_back({text.substr(at + 1, end - at - 1), false, true});
            at = end + 1;
        } else if (isOperatorSign(text[at])) {
            while (end < text.size() && isOperatorSign(text[end]))
                ++end;
            found.push_back({text.substr(at, end - at), true, false});
            at = end;
        } else {
            while (end < text.size() && !std::isspace(static_cast<unsigned char>(text[end])) &&
                   !isOperatorSign(text[end]) && text[end] != '"')
                ++end;
            found.push_back({text.substr(at, end - at), false, false});
            at = end;
        }
    }
    return found;
}

/// Of "0.9" or "90%".
std::optional<double> numberIn(std::string_view text) {
    const bool isPercent = text.ends_with('%');
    text.remove_suffix(isPercent ? 1 : 0);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return isPercent ? value / 100 : value;
}

/// The first leaf whose path is `name` or ends with ".name".
const Json* settingNamed(const Json& block, const std::string& path, const std::string& name) {
    if (!block.is_object())
        return nullptr;
    for (const auto& [key, value] : block.items()) {
        const std::string whole = path.empty() ? key : path + '.' + key;
        const bool ends =
            whole.size() > name.size() && whole.ends_with(name) && whole[whole.size() - name.size() - 1] == '.';
        if (!value.is_object() && (whole == name || ends))
            return &value;
        if (const Json* found = settingNamed(value, whole, name))
            return found;
    }
    return nullptr;
}

Json figure(const std::optional<double>& value) {
    return value ? Json(*value) : Json();
}

/// All settings there may be: an experiment with every optional block.
const Json& knownSettings() {
    static const Json known = [] {
        Experiment experiment;
        experiment.training.earlyStopping = EarlyStoppingSettings{};
        experiment.training.reduceLrOnPlateau = ReduceLrSettings{};
        experiment.training.fineTune = FineTuneSettings{};
        experiment.data.fold = {2, 1};
        experiment.model.head = HeadSettings{};
        return wholeSettings(experiment);
    }();
    return known;
}

/// A field of a run but its tags.
Json fieldOf(const RunSummary& run, const std::string& name) {
    if (name == "id")
        return run.id;
    if (name == "name")
        return run.name;
    if (name == "note")
        return run.note;
    if (name == "state")
        return run.state;
    if (name == "network")
        return run.network;
    if (name == "created")
        return run.created;
    return {};
}

bool isField(const std::string& name) {
    return std::find(std::begin(kRunFields), std::end(kRunFields), name) != std::end(kRunFields) || name == "tag";
}

/// "2026", "2026-11-01", "2026-11-01T14:30": the beginning of a time.
bool isDate(const std::string& text) {
    static constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
    bool isTime = text.size() >= 4 && text.size() <= kForm.size();
    for (std::size_t i = 0; isTime && i < text.size(); ++i)
        isTime = kForm[i] == '0' ? std::isdigit(static_cast<unsigned char>(text[i])) != 0 : text[i] == kForm[i];
    return isTime;
}

std::string textOf(const RunSummary& run) {
    std::string text = run.id + '\n' + run.name + '\n' + run.note + '\n' + run.network + '\n' + run.state + '\n' +
                       run.dataPath + '\n' + (run.starred ? "starred\n" : "") + (run.archived ? "archived\n" : "");
    for (const std::string& tag : run.tags)
        text += tag + '\n';
    if (run.group)
        text += run.group->name + '\n' + run.group->member + '\n' + run.group->id;
    return caseFolded(text);
}

} // namespace

Json valueOf(const RunSummary& run, const std::string& name) {
    if (name == "val_accuracy")
        return figure(run.bestValAccuracy);
    if (name == "val_loss")
        return figure(run.bestValLoss);
    if (name == "accuracy")
        return figure(run.lastAccuracy);
    if (name == "loss")
        return figure(run.lastLoss);
    if (name == "epochs")
        return run.epochs;
    if (name == "best_epoch")
        return run.bestEpoch;
    if (name == "planned_epochs")
        return run.plannedEpochs;
    const Json* setting = settingNamed(run.settings, {}, name);
    return setting ? *setting : Json();
}

Result<RunFilter> RunFilter::parse(const std::string& text) {
    RunFilter filter;
    const std::vector<Token> all = tokens(text);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool compares = i + 1 < all.size() && all[i + 1].isOperator && !all[i].isOperator;
        if (all[i].isOperator)
            return badInput("Nothing stands before " + all[i].text + "; write for example val_accuracy > .9.");
        if (!compares) {
            if (!all[i].text.empty())
                filter.m_words.push_back(caseFolded(all[i].text));
            continue;
        }
        static constexpr std::pair<std::string_view, Relation> kRelations[] = {
            {"<", Relation::Less},     {"<=", Relation::LessOrEqual},
            {">", Relation::Greater},  {">=", Relation::GreaterOrEqual},
            {"=", Relation::Equal},    {"==", Relation::Equal},
            {"!=", Relation::NotEqual}};
        const std::string &name = all[i].text, &sign = all[i + 1].text;
        const auto relation = std::find_if(std::begin(kRelations), std::end(kRelations),
                                           [&](const auto& known) { return known.first == sign; });
        if (relation == std::end(kRelations))
            return badInput(sign + " is no comparison; use >, <, >=, <=, = or !=.");
        if (i + 2 >= all.size() || all[i + 2].isOperator)
            return badInput("Nothing stands after " + name + " " + sign + "; write for example val_accuracy > .9.");
        const bool isFigure = std::find(std::begin(kRunFigures), std::end(kRunFigures), name) != std::end(kRunFigures);
        if (!isFigure && !isField(name) && !settingNamed(knownSettings(), {}, name) &&
            name.rfind("model.options.", 0) != 0)
            return badInput(shown(name) + " is neither a figure (" +
                            listed({std::begin(kRunFigures), std::end(kRunFigures)}) + "), a field (" +
                            listed({std::begin(kRunFields), std::end(kRunFields)}) +
                            ") nor a setting of an experiment.");
        std::string value = all[i + 2].text;
        i += 2;
        if (i + 1 < all.size() && all[i + 1].text == "%") { // 90 % is one word, too
            value += '%';
            ++i;
        }
        if (name == "created" && !isDate(value))
            return badInput(shown(value) + " is no date; write for example created > 2026-11-01.");
        if ((name == "tag" || name == "tags") && relation->second != Relation::Equal &&
            relation->second != Relation::NotEqual)
            return badInput("A run has a tag or not; write for example tag = paper.");
        const Json* setting = isFigure || isField(name) ? nullptr : settingNamed(knownSettings(), {}, name);
        if ((isFigure || (setting && setting->is_number())) && !numberIn(value))
            return badInput(shown(name) + " is a number and " + shown(value) +
                            " is none; write for example 0.9 or 90 %.");
        filter.m_comparisons.push_back({name, relation->second, std::move(value)});
    }
    return filter;
}

bool RunFilter::holds(const Comparison& comparison, const Json& value) {
    const auto compared = [&](const auto& one, const auto& other) {
        switch (comparison.relation) {
        case Relation::Less:
            return one < other;
        case Relation::LessOrEqual:
            return one <= other;
        case Relation::Greater:
            return one > other;
        case Relation::GreaterOrEqual:
            return one >= other;
        case Relation::Equal:
            return one == other;
        case Relation::NotEqual:
            return one != other;
        }
        return false;
    };
    if (value.is_null())
        return false;
    if (comparison.name == "created") { // as far as it is written: 2026-11-01 is the whole day
        const std::string created = value.get<std::string>();
        return compared(created.substr(0, comparison.value.size()), comparison.value);
    }
    if (value.is_number())
        if (const auto number = numberIn(comparison.value))
            return compared(value.get<double>(), *number);
    return compared(caseFolded(value.is_string() ? value.get<std::string>() : value.dump()),
                    caseFolded(comparison.value));
}

bool RunFilter::matches(const RunSummary& run) const {
    for (const Comparison& comparison : m_comparisons) {
        if (comparison.name == "tag" || comparison.name == "tags") {
            const bool isTagged = std::any_of(run.tags.begin(), run.tags.end(), [&](const std::string& tag) {
                return caseFolded(tag) == caseFolded(comparison.value);
            });
            if (isTagged != (comparison.relation == Relation::Equal))
                return false;
            continue;
        }
        const bool isOfRun = isField(comparison.name);
        if (!holds(comparison, isOfRun ? fieldOf(run, comparison.name) : valueOf(run, comparison.name)))
            return false;
    }
    if (m_words.empty())
        return true;
    const std::string text = textOf(run);
    return std::all_of(m_words.begin(), m_words.end(),
                       [&](const std::string& word) { return text.find(word) != std::string::npos; });
}

} // namespace sightline
