// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/SplitWords.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "support/Unicode.h"

namespace sightline {

namespace {

/// Words for validation that also stand for a test: either, by what lies beside them.
enum class Meaning { Train, Validation, Test, HeldOut };

constexpr std::array kTrain{"train",     "trains",    "training",    "trainings", "trn",       "trainset",
                            "trainsets", "traindata", "trainingset", "trainval",  "trainvalid"};
constexpr std::array kValidation{"val",        "vals",        "valid",   "valids",      "validate",
                                 "validation", "validations", "valset",  "validset",    "validationset",
                                 "valdata",    "dev",         "devel",   "development", "devset",
                                 "tune",       "tuning",      "tuneset", "publictest"};
constexpr std::array kTest{"test",     "tests",    "testing",    "tst",        "testset",
                           "testsets", "testdata", "testingset", "privatetest"};
constexpr std::array kHeldOut{"eval",    "evals",   "evaluate", "evaluation", "evaluations",
                              "evalset", "holdout", "holdouts", "heldout"};
/// What people add to such a word without meaning anything by it.
constexpr std::array kFillers{
    "set",    "sets",   "data",     "dataset",  "datasets", "image",       "images",    "img",     "imgs",
    "pic",    "pics",   "picture",  "pictures", "photo",    "photos",      "sample",    "samples", "split",
    "splits", "subset", "folder",   "dir",      "file",     "files",       "final",     "my",      "the",
    "all",    "new",    "raw",      "cropped",  "resized",  "labeled",     "labelled",  "label",   "labels",
    "list",   "meta",   "metadata", "info",     "table",    "annotations", "instances", "of",      "for"};

template <std::size_t N>
bool isOneOf(const std::string& word, const std::array<const char*, N>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// The words of a name in lower case: parted by what is no letter, by digits, and where a capital follows a small
/// letter.
std::vector<std::string> wordsOf(const std::string& name) {
    std::vector<std::string> words;
    char before = ' ';
    for (const char letter : name) {
        const auto byte = static_cast<unsigned char>(letter);
        const bool isLetter = byte >= 0x80 || (byte | 0x20) >= 'a', isCapital = byte >= 'A' && byte <= 'Z';
        const bool isWord = isLetter && (byte >= 0x80 || (byte | 0x20) <= 'z');
        const bool wasSmall = before >= 'a' && before <= 'z';
        const bool wasWord = wasSmall || (before >= 'A' && before <= 'Z') || static_cast<unsigned char>(before) >= 0x80;
        if (isWord && (!wasWord || (isCapital && wasSmall)))
            words.emplace_back();
        if (isWord)
            words.back() += isCapital ? static_cast<char>(letter | 0x20) : letter;
        before = letter;
    }
    return words;
}

std::optional<Meaning> meaningOf(const std::string& word) {
    return isOneOf(word, kTrain)        ? std::optional(Meaning::Train)
           : isOneOf(word, kValidation) ? std::optional(Meaning::Validation)
           : isOneOf(word, kTest)       ? std::optional(Meaning::Test)
           : isOneOf(word, kHeldOut)    ? std::optional(Meaning::HeldOut)
                                        : std::nullopt;
}

/// What a name says by itself.
struct Reading {
    std::optional<Meaning> meaning;
    std::string rest; ///< its other words
};

/// "public test", "hold out" and "train val" are one word in two.
void joinPairs(std::vector<std::string>& words) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kPairs{{{"public", "test"},
                                                                                          {"private", "test"},
                                                                                          {"hold", "out"},
                                                                                          {"held", "out"},
                                                                                          {"train", "val"},
                                                                                          {"train", "valid"}}};
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
        for (const auto& [first, second] : kPairs)
            if (words[i] == first && words[i + 1] == second) {
                words[i] += words[i + 1];
                words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
                break;
            }
}

Reading readingOf(const std::string& name) {
    std::vector<std::string> words = wordsOf(name);
    joinPairs(words);
    Reading reading;
    std::set<Meaning> meanings;
    for (const std::string& word : words) {
        if (const auto meaning = meaningOf(word))
            meanings.insert(*meaning);
        else if (!isOneOf(word, kFillers))
            reading.rest += (reading.rest.empty() ? "" : " ") + word;
    }
    if (meanings.size() == 2) // "holdout test" says which
        meanings.erase(Meaning::HeldOut);
    if (meanings.size() == 1) // "test_train" means neither
        reading.meaning = *meanings.begin();
    return reading;
}

const std::vector<std::string>& listOf(const SplitWords& words, Subset subset) {
    return subset == Subset::Train ? words.train : subset == Subset::Validation ? words.validation : words.test;
}

constexpr std::array kSubsets{Subset::Train, Subset::Validation, Subset::Test};

/// What a person's own words say.
std::optional<Subset> chosenFor(const std::string& name, const SplitWords& words) {
    const std::string look = lookOf(name);
    for (const Subset subset : kSubsets)
        for (const std::string& word : listOf(words, subset))
            if (lookOf(word) == look)
                return subset;
    return {};
}

/// Which names of which rest there are: train, and others.
struct Company {
    std::set<std::string> trains, others;

    bool accepts(const Reading& reading) const {
        if (reading.rest.empty() || (trains.contains(reading.rest) && others.contains(reading.rest)))
            return true;
        const bool plainTrain = trains.contains(""), plainOther = others.contains("");
        return reading.meaning == Meaning::Train ? plainOther && !plainTrain : plainTrain;
    }
};

bool isYes(const std::string& value) {
    return value == "1" || value == "1.0" || value == "true" || value == "t" || value == "yes" || value == "y";
}
bool isNo(const std::string& value) {
    return value == "0" || value == "0.0" || value == "false" || value == "f" || value == "no" || value == "n";
}

/// is_valid, is_test, is_train: the one column says yes or no.
std::map<std::string, Subset> subsetsOfFlags(const std::vector<std::string>& values, const std::string& heading,
                                             const SplitWords& words) {
    std::string name = heading;
    if (lookOf(name).starts_with("is"))
        name.erase(0, 2);
    const auto named = subsetNamed(name, words);
    std::map<std::string, Subset> meanings;
    for (const std::string& value : values) {
        const std::string look = lookOf(value);
        if (!named || (!isYes(look) && !isNo(look)))
            return {};
        const Subset otherwise = *named == Subset::Train ? Subset::Test : Subset::Train;
        meanings[value] = isYes(look) ? *named : otherwise;
    }
    return meanings;
}

/// 0, 1 and 2, the last of which may be missing, or 1, 2 and 3.
std::map<std::string, Subset> subsetsOfNumbers(const std::vector<std::string>& values) {
    std::map<std::string, Subset> meanings;
    std::set<int> numbers;
    for (const std::string& value : values) {
        const std::string number = value.ends_with(".0") ? value.substr(0, value.size() - 2) : value;
        if (number.size() != 1 || number[0] < '0' || number[0] > '3')
            return {};
        numbers.insert(number[0] - '0');
    }
    const int first = numbers.contains(0) ? 0 : 1;
    if (numbers.size() < 2 || *numbers.rbegin() > first + 2 || (first == 1 && numbers.size() < 3))
        return {};
    for (const std::string& value : values)
        meanings[value] = kSubsets[static_cast<std::size_t>(value[0] - '0' - first)];
    return meanings;
}

} // namespace

std::vector<std::optional<Subset>> subsetsOf(const std::vector<std::string>& names, const SplitWords& words) {
    std::vector<Reading> readings;
    Company company;
    bool hasValidation = false, hasTest = false;
    for (const std::string& name : names) {
        const auto chosen = chosenFor(name, words);
        Reading reading = chosen ? Reading() : readingOf(name);
        hasValidation = hasValidation || chosen == Subset::Validation;
        hasTest = hasTest || chosen == Subset::Test;
        if (chosen)
            (chosen == Subset::Train ? company.trains : company.others).insert("");
        if (reading.meaning)
            (reading.meaning == Meaning::Train ? company.trains : company.others).insert(reading.rest);
        readings.push_back(std::move(reading));
    }
    for (const Reading& reading : readings) {
        hasValidation = hasValidation || (reading.meaning == Meaning::Validation && company.accepts(reading));
        hasTest = hasTest || (reading.meaning == Meaning::Test && company.accepts(reading));
    }
    const Subset heldOut = hasValidation && !hasTest ? Subset::Test : Subset::Validation;
    std::vector<std::optional<Subset>> subsets;
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::optional<Subset> subset = chosenFor(names[i], words);
        if (!subset && readings[i].meaning && company.accepts(readings[i])) {
            const Meaning meaning = *readings[i].meaning;
            subset = meaning == Meaning::Train        ? Subset::Train
                     : meaning == Meaning::Validation ? Subset::Validation
                     : meaning == Meaning::Test       ? Subset::Test
                                                      : heldOut;
            if (!listOf(words, *subset).empty())
                subset.reset(); // a person named the words for it, and this is none of them
        }
        subsets.push_back(subset);
    }
    return subsets;
}

std::optional<Subset> subsetNamed(const std::string& name, const SplitWords& words) {
    return subsetsOf({name}, words).front();
}

bool isWord(const std::string& name, const SplitWords& words) {
    return chosenFor(name, words).has_value();
}

std::vector<std::string> wordsWithout(const std::vector<std::string>& names, const SplitWords& words) {
    std::set<std::string> looks;
    std::vector<std::string> without;
    if (words.empty())
        return without;
    for (const std::string& name : names)
        looks.insert(lookOf(name));
    for (const Subset subset : kSubsets)
        for (const std::string& word : listOf(words, subset)) {
            const std::string look = lookOf(word);
            const bool saysNone = look.starts_with("none") && look.find_first_not_of('-', 4) == std::string::npos;
            if (!saysNone && !looks.contains(look))
                without.push_back(word);
        }
    return without;
}

std::vector<DataProblem> unknownWords(const std::vector<std::string>& names, const SplitWords& words) {
    std::vector<DataProblem> problems;
    for (const std::string& word : wordsWithout(names, words))
        problems.push_back(
            {"unknown_word", {}, "no folder or value is called '" + shown(word) + "', which data.split_words names"});
    return problems;
}

bool isFillerName(const std::string& name) {
    const std::vector<std::string> words = wordsOf(name);
    return std::all_of(words.begin(), words.end(), [](const std::string& word) { return isOneOf(word, kFillers); });
}

std::map<std::string, Subset> subsetsOfCells(const std::vector<std::string>& values, const std::string& heading,
                                             const SplitWords& words) {
    const auto subsets = subsetsOf(values, words);
    std::map<std::string, Subset> meanings;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (subsets[i])
            meanings[values[i]] = *subsets[i];
    if (!meanings.empty() || values.empty())
        return meanings;
    if (auto flags = subsetsOfFlags(values, heading, words); !flags.empty())
        return flags;
    return subsetsOfNumbers(values);
}

} // namespace sightline
