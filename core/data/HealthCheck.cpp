// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/HealthCheck.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <string_view>

#include "data/PerceptualHash.h"

namespace sightline {

namespace {

constexpr std::array<std::string_view, 11> kGravestFirst{"unreadable", "zero_byte",      "leak",      "label_conflict",
                                                         "duplicate",  "near_duplicate", "constant",  "nearly_black",
                                                         "odd_size",   "empty_class",    "tiny_class"};
constexpr std::uint8_t kNearlyBlack = 20;                  ///< 12 bits in 16 fill 16 of 255 levels
constexpr std::size_t kNamed = 3;                          ///< paths that a message names
constexpr double kFew = 0.05;                              ///< the share above which a size is not odd
constexpr double kSmaller = 4, kLarger = 8, kNarrower = 3; ///< times the median

using Group = std::vector<std::uint32_t>;

/// Which samples belong together; joining is all that is asked of it.
class Groups {
public:
    explicit Groups(std::size_t count) : m_parent(count) { std::iota(m_parent.begin(), m_parent.end(), 0u); }
    std::uint32_t of(std::uint32_t i) {
        while (m_parent[i] != i)
            i = m_parent[i] = m_parent[m_parent[i]];
        return i;
    }
    void join(std::uint32_t i, std::uint32_t j) { m_parent[std::max(of(i), of(j))] = std::min(of(i), of(j)); }

private:
    std::vector<std::uint32_t> m_parent;
};

class Check {
public:
    Check(const Dataset& dataset, const Survey& survey, int threads, const std::stop_token& stop)
        : m_dataset(dataset), m_survey(survey), m_threads(threads), m_stop(stop) {}

    std::vector<Finding> run() {
        readability();
        const std::vector<Group> equal = equalPictures();
        for (const Group& group : equal)
            judge(group);
        nearPictures(equal);
        sizes();
        classes();
        for (const DataProblem& problem : m_dataset.problems)
            m_findings.push_back({problem.kind, problem.path, problem.message, {}});
        std::stable_sort(m_findings.begin(), m_findings.end(), [](const Finding& a, const Finding& b) {
            return std::pair(rank(a), rank(a) < kGravestFirst.size() ? std::string() : a.kind) <
                   std::pair(rank(b), rank(b) < kGravestFirst.size() ? std::string() : b.kind);
        });
        return std::move(m_findings);
    }

private:
    static std::size_t rank(const Finding& finding) {
        return static_cast<std::size_t>(std::find(kGravestFirst.begin(), kGravestFirst.end(), finding.kind) -
                                        kGravestFirst.begin());
    }
    const Sample& sample(std::uint32_t i) const { return m_dataset.samples[i]; }
    const ImageFacts& facts(std::uint32_t i) const { return m_survey.facts[i]; }
    std::string className(int label) const {
        return label < 0 ? "no class" : m_dataset.classes[static_cast<std::size_t>(label)];
    }

    void tell(const char* kind, const std::string& message, Group samples) {
        const std::string path = sample(samples.front()).path;
        m_findings.push_back({kind, path, message, std::move(samples)});
    }

    /// "train/a.png", "train/a.png and train/b.png", "train/a.png, train/b.png, train/c.png and 4 more"
    std::string others(const Group& group) const {
        std::string words;
        const std::size_t count = group.size() - 1, named = count <= kNamed ? count : kNamed - 1;
        for (std::size_t i = 1; i <= named; ++i)
            words += (i == 1 ? "" : i == count ? " and " : ", ") + sample(group[i]).path;
        return named == count ? words : words + " and " + std::to_string(count - named) + " more";
    }

    /// "train and test" of what `of` says about the members.
    template <typename Of>
    std::string all(const Group& group, Of of) const {
        std::vector<std::string> names;
        for (const std::uint32_t i : group)
            if (const std::string name = of(sample(i)); std::find(names.begin(), names.end(), name) == names.end())
                names.push_back(name);
        std::string words;
        for (std::size_t i = 0; i < names.size(); ++i)
            words += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
        return words;
    }
    std::string splitsOf(const Group& group) const {
        return all(group, [](const Sample& s) { return std::string(nameOf(s.subset)); });
    }
    std::string labelsOf(const Group& group) const {
        return all(group, [this](const Sample& s) { return className(s.label); });
    }
    template <typename Of>
    bool differ(const Group& group, Of of) const {
        return std::any_of(group.begin(), group.end(),
                           [&](std::uint32_t i) { return of(sample(i)) != of(sample(group.front())); });
    }
    bool straddles(const Group& group) const {
        return differ(group, [](const Sample& s) { return s.subset; });
    }
    bool disagrees(const Group& group) const {
        return differ(group, [](const Sample& s) { return s.label; });
    }

    std::uint8_t brightest(std::uint32_t i) const {
        return *std::max_element(facts(i).highest.begin(), facts(i).highest.end());
    }

    void readability() {
        for (std::uint32_t i = 0; i < m_survey.facts.size(); ++i) {
            if (sample(i).excluded)
                continue;
            if (!facts(i).error.empty())
                tell(facts(i).empty ? "zero_byte" : "unreadable",
                     facts(i).empty ? "is empty (0 bytes)." : facts(i).error, {i});
            else if (facts(i).constant())
                tell("constant", "has only one color.", {i});
            else if (const std::uint8_t most = brightest(i); most <= kNearlyBlack && facts(i).readable())
                tell("nearly_black",
                     "is nearly black: its brightest pixel is " + std::to_string(most) +
                         " of 255; if its file has more than 8 bits, data.depth says what is white.",
                     {i});
        }
    }

    std::vector<Group> equalPictures() const {
        std::vector<std::uint32_t> order;
        for (std::uint32_t i = 0; i < m_survey.facts.size(); ++i)
            if (facts(i).readable() && !facts(i).constant() && !sample(i).excluded)
                order.push_back(i);
        std::stable_sort(order.begin(), order.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return facts(a).pixels < facts(b).pixels; });
        std::vector<Group> groups;
        for (std::size_t i = 0; i < order.size(); ++i) {
            if (i == 0 || facts(order[i]).pixels != facts(order[i - 1]).pixels)
                groups.emplace_back();
            groups.back().push_back(order[i]);
        }
        std::sort(groups.begin(), groups.end());
        return groups;
    }

    void judge(const Group& group) {
        if (group.size() < 2)
            return;
        if (straddles(group))
            tell("leak",
                 "is the same image as " + others(group) + ": it is in " + splitsOf(group) +
                     ", so results there will look too good.",
                 group);
        if (disagrees(group))
            tell("label_conflict",
                 "is the same image as " + others(group) + ", but the labels are " + labelsOf(group) + ".", group);
        std::set<std::pair<Subset, int>> places;
        for (const std::uint32_t i : group)
            places.insert({sample(i).subset, sample(i).label});
        if (places.size() < group.size())
            tell("duplicate", "is the same image as " + others(group) + ".", group);
    }

    void nearPictures(const std::vector<Group>& equal) {
        std::vector<std::array<std::uint64_t, 4>> hashes;
        hashes.reserve(equal.size());
        for (const Group& group : equal)
            hashes.push_back(facts(group.front()).glance.hashes);
        std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> pairs(
            static_cast<std::size_t>(std::max(1, m_threads)));
        findNear(hashes, m_threads, m_stop, [&](std::size_t thread, std::uint32_t i, std::uint32_t j) {
            if (looksAlike(facts(equal[i].front()).glance, facts(equal[j].front()).glance))
                pairs[thread].emplace_back(i, j);
        });
        Groups joined(equal.size());
        for (const auto& part : pairs)
            for (const auto& [i, j] : part)
                joined.join(i, j);
        std::map<std::uint32_t, std::vector<std::uint32_t>> groups;
        for (std::uint32_t i = 0; i < equal.size(); ++i)
            groups[joined.of(i)].push_back(i);
        for (const auto& [first, members] : groups) {
            if (members.size() < 2)
                continue;
            Group group;
            for (const std::uint32_t member : members)
                group.insert(group.end(), equal[member].begin(), equal[member].end());
            std::string message = "looks like " + others(group);
            if (straddles(group))
                message += "; they are in " + splitsOf(group);
            if (disagrees(group))
                message += "; the labels are " + labelsOf(group);
            tell("near_duplicate", message + ".", std::move(group));
        }
    }

    void sizes() {
        std::vector<double> sides, shapes;
        for (std::uint32_t i = 0; i < m_survey.facts.size(); ++i) {
            if (!facts(i).readable() || sample(i).excluded)
                continue;
            sides.push_back(std::sqrt(static_cast<double>(facts(i).height) * facts(i).width));
            shapes.push_back(static_cast<double>(facts(i).width) / facts(i).height);
        }
        if (sides.size() < 3)
            return;
        const double side = median(sides), shape = median(shapes);
        std::vector<Finding> odd;
        for (std::uint32_t i = 0; i < m_survey.facts.size(); ++i) {
            if (!facts(i).readable() || sample(i).excluded)
                continue;
            const double here = std::sqrt(static_cast<double>(facts(i).height) * facts(i).width),
                         stretch = static_cast<double>(facts(i).width) / facts(i).height / shape;
            const char* how = here < side / kSmaller                           ? "far smaller than"
                              : here > side * kLarger                          ? "far larger than"
                              : stretch > kNarrower || stretch < 1 / kNarrower ? "shaped very differently from"
                                                                               : nullptr;
            if (how)
                odd.push_back({"odd_size",
                               sample(i).path,
                               "is " + std::to_string(facts(i).width) + " x " + std::to_string(facts(i).height) + ", " +
                                   how + " the others.",
                               {i}});
        }
        if (static_cast<double>(odd.size()) <= std::max(1.0, kFew * static_cast<double>(sides.size())))
            m_findings.insert(m_findings.end(), odd.begin(), odd.end());
    }

    static double median(std::vector<double> values) {
        const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
        std::nth_element(values.begin(), middle, values.end());
        return *middle;
    }

    void classes() {
        const std::vector<std::size_t> counts = m_dataset.countsPerClass(Subset::Train);
        std::vector<double> filled;
        for (const std::size_t count : counts)
            if (count > 0)
                filled.push_back(static_cast<double>(count));
        if (filled.empty())
            return;
        const double middle = median(filled);
        std::vector<Group> members(counts.size());
        for (std::uint32_t i = 0; i < m_dataset.samples.size(); ++i)
            if (const Sample& s = sample(i); s.label >= 0 && !s.excluded && s.subset == Subset::Train)
                members[static_cast<std::size_t>(s.label)].push_back(i);
        for (std::size_t label = 0; label < counts.size(); ++label) {
            const auto count = static_cast<double>(counts[label]);
            const std::string& name = m_dataset.classes[label];
            if (counts[label] == 0 && !reportedEmpty(name))
                m_findings.push_back({"empty_class", name, "has no images for training.", {}});
            else if (counts[label] > 0 && (count < 5 || count < middle / 10 || (count < 10 && count < middle / 2)))
                m_findings.push_back({"tiny_class", name,
                                      "has only " + std::to_string(counts[label]) +
                                          (counts[label] == 1 ? " image" : " images") +
                                          " for training; the median class has " +
                                          std::to_string(static_cast<std::size_t>(middle)) + ".",
                                      members[label]});
        }
    }

    /// The reader has seen its folder empty.
    bool reportedEmpty(const std::string& name) const {
        return std::any_of(m_dataset.problems.begin(), m_dataset.problems.end(), [&](const DataProblem& problem) {
            return problem.kind == "empty_class" && (problem.path == name || problem.path.ends_with("/" + name));
        });
    }

    const Dataset& m_dataset;
    const Survey& m_survey;
    int m_threads;
    const std::stop_token& m_stop;
    std::vector<Finding> m_findings;
};

} // namespace

std::vector<Finding> healthCheck(const Dataset& dataset, const Survey& survey, int threads,
                                 const std::stop_token& stop) {
    return Check(dataset, survey, std::max(1, threads), stop).run();
}

std::vector<std::pair<std::string, std::size_t>> countsOf(const std::vector<Finding>& findings) {
    std::vector<std::pair<std::string, std::size_t>> counts;
    for (const Finding& finding : findings) {
        if (counts.empty() || counts.back().first != finding.kind)
            counts.emplace_back(finding.kind, 0);
        ++counts.back().second;
    }
    return counts;
}

} // namespace sightline
