// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/OtherContents.h"

#include <string_view>
#include <unordered_map>

#include "store/SampleManifest.h"

namespace sightline {

Result<OtherContents> otherContents(const std::filesystem::path& firstRun, const std::filesystem::path& secondRun) {
    const auto first = readManifest(firstRun), second = readManifest(secondRun);
    if (!first)
        return first.error();
    if (!second)
        return second.error();
    OtherContents other;
    other.isKnown = first->has_value() && second->has_value();
    if (!other.isKnown)
        return other;
    std::unordered_map<std::string_view, ContentDigest> digests;
    for (const SampleEntry& entry : (*first)->samples)
        if (entry.digest)
            digests.emplace(entry.path, *entry.digest);
    for (const SampleEntry& entry : (*second)->samples)
        if (const auto known = digests.find(entry.path);
            known != digests.end() && entry.digest && known->second != *entry.digest)
            other.paths.insert(entry.path);
    return other;
}

} // namespace sightline
