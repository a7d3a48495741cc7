// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/SurveyCache.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "support/Files.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {
constexpr std::string_view kMagic = "sightline survey 2\n";
constexpr std::uintmax_t kFolderBytes = std::uintmax_t{512} << 20;

std::uint64_t hashOf(std::string_view text, std::uint64_t seed) {
    return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

/// Numbers one after the other, as this machine holds them: a cache is read where it was written.
class Writer {
public:
    template <typename Number>
    void put(const Number& value) {
        static_assert(std::is_trivially_copyable_v<Number>);
        m_bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    void put(std::string_view text) { m_bytes.append(text); }
    std::string& bytes() { return m_bytes; }

private:
    std::string m_bytes;
};

class Parser {
public:
    explicit Parser(std::string_view bytes) : m_rest(bytes) {}
    template <typename Number>
    bool take(Number& value) {
        static_assert(std::is_trivially_copyable_v<Number>);
        if (m_rest.size() < sizeof value)
            return false;
        std::memcpy(&value, m_rest.data(), sizeof value);
        m_rest.remove_prefix(sizeof value);
        return true;
    }

private:
    std::string_view m_rest;
};

void putFacts(Writer& writer, const ImageFacts& facts) {
    writer.put(facts.height);
    writer.put(facts.width);
    writer.put(static_cast<std::uint8_t>(facts.grey));
    writer.put(facts.lowest);
    writer.put(facts.highest);
    writer.put(facts.sum);
    writer.put(facts.squares);
    writer.put(facts.pixels);
    writer.put(facts.glance);
}

bool takeFacts(Parser& parser, ImageFacts& facts) {
    std::uint8_t grey = 0;
    const bool whole = parser.take(facts.height) && parser.take(facts.width) && parser.take(grey) &&
                       parser.take(facts.lowest) && parser.take(facts.highest) && parser.take(facts.sum) &&
                       parser.take(facts.squares) && parser.take(facts.pixels) && parser.take(facts.glance);
    facts.grey = grey != 0;
    return whole;
}

/// The oldest files of the folder go until it is within its bound.
void prune(const fs::path& folder) {
    std::vector<std::pair<fs::file_time_type, fs::path>> files;
    std::uintmax_t bytes = 0;
    std::error_code code;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
        std::error_code ignored;
        if (!entry->is_regular_file(ignored))
            continue;
        bytes += entry->file_size(ignored);
        files.emplace_back(entry->last_write_time(ignored), entry->path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& [time, file] : files) {
        if (bytes <= kFolderBytes)
            return;
        bytes -= std::min(bytes, fs::file_size(file, code));
        fs::remove(file, code);
    }
}

} // namespace

SurveyCache SurveyCache::read(const fs::path& folder, const fs::path& root) {
    SurveyCache cache;
    const auto bytes = readFile(folder / nameOfRoot(root), kFolderBytes);
    const std::size_t frame = kMagic.size() + sizeof(std::uint64_t);
    if (!bytes || bytes->size() < frame || bytes->compare(0, kMagic.size(), kMagic) != 0)
        return cache;
    const std::string_view body = std::string_view(*bytes).substr(frame);
    std::uint64_t check = 0, count = 0;
    std::memcpy(&check, bytes->data() + kMagic.size(), sizeof check);
    if (check != hashOf(body, 0))
        return cache;
    Parser parser(body);
    if (!parser.take(count))
        return cache;
    for (std::uint64_t i = 0; i < count; ++i) {
        std::uint64_t key = 0;
        ImageFacts facts;
        if (!parser.take(key) || !takeFacts(parser, facts))
            return {};
        cache.m_facts.emplace(key, std::move(facts));
    }
    return cache;
}

void SurveyCache::write(const fs::path& folder, const fs::path& root, const std::vector<std::uint64_t>& keys,
                        const std::vector<ImageFacts>& facts, const std::vector<std::uint8_t>& seen) {
    const auto keeps = [&](std::size_t i) { return seen[i] != 0 && facts[i].readable(); };
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < facts.size(); ++i)
        count += keeps(i);
    Writer body;
    body.put(count);
    for (std::size_t i = 0; i < facts.size(); ++i) {
        if (!keeps(i))
            continue;
        body.put(keys[i]);
        putFacts(body, facts[i]);
    }
    Writer whole;
    whole.put(kMagic);
    whole.put(hashOf(body.bytes(), 0));
    whole.put(std::string_view(body.bytes()));
    if (!makeFolder(folder) || !writeFileAtomically(folder / nameOfRoot(root), whole.bytes()))
        return; // a cache that cannot be written costs time, no result
    prune(folder);
}

const ImageFacts* SurveyCache::find(std::uint64_t key) const {
    const auto found = m_facts.find(key);
    return found == m_facts.end() ? nullptr : &found->second;
}

std::string nameOfRoot(const fs::path& root) {
    std::error_code code;
    const fs::path whole = fs::weakly_canonical(root, code);
    const std::string path = code ? root.string() : whole.string();
    std::array<char, 32> hash{};
    std::snprintf(hash.data(), hash.size(), "%016llx", static_cast<unsigned long long>(hashOf(path, 0)));
    std::string name = fs::path(path).filename().string().substr(0, 80);
    for (char& letter : name)
        if (!std::isalnum(static_cast<unsigned char>(letter)))
            letter = '-';
    return name + "-" + hash.data();
}

} // namespace sightline
