// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/SampleMatch.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <unordered_map>

namespace sightline {

namespace {

/// Matches what is left of both sides by a key, in their orders; entries and samples of one key pair up one to one.
class Matcher {
public:
    Matcher(const SampleManifest& manifest, const Dataset& dataset, SampleMatch& match)
        : m_manifest(manifest), m_dataset(dataset), m_match(match), m_taken(manifest.samples.size(), false) {
        m_match.entryOf.assign(dataset.samples.size(), SampleMatch::kNone);
    }

    void takeByPath(const std::function<bool(const SampleEntry&, std::uint32_t sample)>& fits) {
        std::unordered_map<std::string_view, std::vector<std::uint32_t>> entries;
        for (std::uint32_t i = 0; i < m_taken.size(); ++i)
            if (!m_taken[i])
                entries[m_manifest.samples[i].path].push_back(i);
        for (std::uint32_t i = 0; i < m_dataset.samples.size(); ++i)
            if (m_match.isNew(i))
                if (const auto found = entries.find(m_dataset.samples[i].path); found != entries.end())
                    takeFirst(found->second, i, fits);
    }

    /// `digests` of the samples `indices` names. How many matched. What is excluded by hand is so as that file: it
    /// stands in for no other of the same bytes.
    std::size_t takeByContent(const std::vector<std::uint32_t>& indices, const ContentDigests& digests) {
        std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<std::uint32_t>> entries;
        for (std::uint32_t i = 0; i < m_taken.size(); ++i)
            if (const auto& digest = m_manifest.samples[i].digest; digest && !m_taken[i])
                entries[{digest->bytes, digest->hash}].push_back(i);
        std::size_t taken = 0;
        for (std::size_t i = 0; i < indices.size(); ++i) {
            if (!digests[i] || !m_match.isNew(indices[i]) || m_dataset.samples[indices[i]].excluded)
                continue;
            if (const auto found = entries.find({digests[i]->bytes, digests[i]->hash}); found != entries.end())
                taken += takeFirst(found->second, indices[i], [](const SampleEntry&, std::uint32_t) { return true; });
        }
        return taken;
    }

    std::vector<std::uint32_t> unmatched() const {
        std::vector<std::uint32_t> samples;
        for (std::uint32_t i = 0; i < m_dataset.samples.size(); ++i)
            if (m_match.isNew(i))
                samples.push_back(i);
        return samples;
    }
    bool hasEntriesLeft() const { return std::find(m_taken.begin(), m_taken.end(), false) != m_taken.end(); }

    void finish() {
        for (std::uint32_t i = 0; i < m_taken.size(); ++i)
            if (!m_taken[i])
                m_match.missing.push_back(i);
        for (const std::uint32_t sample : unmatched())
            if (!m_dataset.samples[sample].excluded)
                m_match.fresh.push_back(sample);
    }

private:
    bool takeFirst(std::vector<std::uint32_t>& entries, std::uint32_t sample,
                   const std::function<bool(const SampleEntry&, std::uint32_t)>& fits) {
        const auto first = std::find_if(entries.begin(), entries.end(),
                                        [&](std::uint32_t entry) { return fits(m_manifest.samples[entry], sample); });
        if (first == entries.end())
            return false;
        m_match.entryOf[sample] = *first;
        m_taken[*first] = true;
        entries.erase(first);
        return true;
    }

    const SampleManifest& m_manifest;
    const Dataset& m_dataset;
    SampleMatch& m_match;
    std::vector<bool> m_taken;
};

} // namespace

std::vector<int> classesByName(const std::vector<std::string>& from, const std::vector<std::string>& to) {
    std::vector<int> places;
    for (const std::string& name : from) {
        const auto known = std::find(to.begin(), to.end(), name);
        places.push_back(known == to.end() ? -1 : static_cast<int>(known - to.begin()));
    }
    return places;
}

std::size_t SampleMatch::missingOf(const SampleManifest& manifest, Subset subset) const {
    return static_cast<std::size_t>(std::count_if(
        missing.begin(), missing.end(), [&](std::uint32_t entry) { return manifest.samples[entry].subset == subset; }));
}

SampleMatch matchSamples(const SampleManifest& manifest, const Dataset& dataset, Compare compare, int threads,
                         std::stop_token stop, const Progress& progress) {
    SampleMatch match;
    match.runClassOf = classesByName(dataset.classes, manifest.classes);
    Matcher matcher(manifest, dataset, match);
    const auto anything = [](const SampleEntry&, std::uint32_t) { return true; };
    if (compare == Compare::Paths) {
        matcher.takeByPath(anything);
        if (const auto left = matcher.unmatched(); !left.empty() && matcher.hasEntriesLeft())
            match.renamed = matcher.takeByContent(left, digestsOf(dataset, left, threads, stop, progress));
    } else {
        std::vector<std::uint32_t> all(dataset.samples.size());
        std::iota(all.begin(), all.end(), 0u);
        const ContentDigests digests = digestsOf(dataset, all, threads, stop, progress);
        matcher.takeByPath([&](const SampleEntry& entry, std::uint32_t sample) {
            return !entry.digest || !digests[sample] || *entry.digest == *digests[sample];
        });
        match.renamed = matcher.takeByContent(all, digests);
        const std::size_t before = matcher.unmatched().size();
        matcher.takeByPath(anything);
        match.altered = before - matcher.unmatched().size();
    }
    matcher.finish();
    return match;
}

std::optional<Subset> runSubsetOf(const SampleManifest& manifest, const SampleMatch& match, std::size_t sample) {
    return match.isNew(sample) ? std::nullopt : std::optional(manifest.samples[match.entryOf[sample]].subset);
}

} // namespace sightline
