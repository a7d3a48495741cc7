// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/LearningFile.h"

#include <zlib.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <memory>
#include <system_error>
#include <vector>

#include "support/Csv.h"
#include "support/Files.h"

namespace sightline {

namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 31;
constexpr int kGzip = 15 + 16; // zlib's window, with a header of gzip

Result<std::string> compressed(const std::string& text) {
    z_stream stream{};
    if (deflateInit2(&stream, 6, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return Error{"There is not enough memory to compress the learning history."};
    std::string packed(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); // zlib does not write to it
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    const bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return whole ? Result<std::string>(std::move(packed)) : Error{"The learning history could not be compressed."};
}

Error damaged(const std::filesystem::path& file) {
    return {file.string() + " is damaged; the learning history of this run is not known."};
}

Result<std::string> decompressed(const std::filesystem::path& file) {
    const Result<std::string> packed = readFile(file);
    if (!packed)
        return packed.error();
    z_stream stream{};
    if (inflateInit2(&stream, kGzip) != Z_OK)
        return damaged(file);
    const std::unique_ptr<z_stream, decltype(&inflateEnd)> ends(&stream, &inflateEnd);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed->data()));
    stream.avail_in = static_cast<uInt>(packed->size());
    std::string text;
    std::array<char, 1 << 16> part{};
    for (int state = Z_OK; state != Z_STREAM_END;) {
        stream.next_out = reinterpret_cast<Bytef*>(part.data());
        stream.avail_out = static_cast<uInt>(part.size());
        state = inflate(&stream, Z_NO_FLUSH);
        text.append(part.data(), part.size() - stream.avail_out);
        const bool stands = state == Z_OK && stream.avail_in == 0 && stream.avail_out > 0; // it ends too early
        if ((state != Z_OK && state != Z_STREAM_END) || stands || text.size() > kMostBytes)
            return damaged(file);
    }
    return text;
}

void addNumber(std::string& text, float value) {
    std::array<char, 24> digits{};
    std::snprintf(digits.data(), digits.size(), "%.3g", static_cast<double>(value));
    text += digits.data();
}

bool readEntry(const std::string& right, const std::string& loss, LearningEntry& entry) {
    entry.right = right == "1";
    const char* end = loss.data() + loss.size();
    const auto read = std::from_chars(loss.data(), end, entry.loss);
    return (right == "0" || right == "1") && read.ec == std::errc() && read.ptr == end;
}

} // namespace

Result<void> writeLearning(const std::filesystem::path& run, const LearningHistory& history) {
    std::string text = "path";
    for (int epoch = 1; epoch <= history.epochs(); ++epoch)
        text += ",right_" + std::to_string(epoch) + ",loss_" + std::to_string(epoch);
    text += '\n';
    for (const std::string& path : history.paths()) {
        text += csvCell(path);
        for (int epoch = 1; epoch <= history.epochs(); ++epoch) {
            const auto entry = history.at(path, epoch);
            text += entry ? (entry->right ? ",1," : ",0,") : ",,";
            if (entry)
                addNumber(text, entry->loss);
        }
        text += '\n';
        if (text.size() > kMostBytes)
            return Error{"The learning history of this run has become too large to keep."};
    }
    const Result<std::string> packed = compressed(text);
    if (!packed)
        return packed.error();
    const Result<void> written = writeFileAtomically(run / kLearningFile, *packed);
    std::error_code code;
    if (written)
        std::filesystem::remove(run / kNewLearningFile, code);
    return written;
}

Result<void> appendLearning(const std::filesystem::path& run, const LearningHistory& history, int epoch) {
    std::string lines = "\n"; // a killed process may have left half a line
    for (const std::string& path : history.paths())
        if (const auto entry = history.at(path, epoch)) {
            lines += csvCell(path) + "," + std::to_string(epoch) + (entry->right ? ",1," : ",0,");
            addNumber(lines, entry->loss);
            lines += '\n';
        }
    const std::filesystem::path file = run / kNewLearningFile;
    std::ofstream stream(file, std::ios::binary | std::ios::app);
    if (!stream.write(lines.data(), static_cast<std::streamsize>(lines.size())).flush())
        return Error{"Writing " + file.string() + " failed."};
    return {};
}

namespace {

/// Half a line, of a process that was killed, tells nothing.
void takeNew(const std::filesystem::path& file, LearningHistory& history) {
    const Result<std::string> text = readFile(file, kMostBytes);
    if (!text)
        return;
    for (const std::vector<std::string>& row : csvRows(*text)) {
        LearningEntry entry;
        int epoch = 0;
        if (row.size() == 4 && readEntry(row[2], row[3], entry) &&
            std::from_chars(row[1].data(), row[1].data() + row[1].size(), epoch).ec == std::errc())
            history.record(row[0], epoch, entry);
    }
}

Result<LearningHistory> readWhole(const std::filesystem::path& file) {
    LearningHistory history;
    std::error_code code;
    if (!std::filesystem::exists(file, code))
        return history;
    const Result<std::string> text = decompressed(file);
    if (!text)
        return text.error();
    const auto rows = csvRows(*text);
    if (rows.empty() || rows[0].empty() || rows[0][0] != "path" || rows[0].size() % 2 == 0)
        return damaged(file);
    for (std::size_t r = 1; r < rows.size(); ++r) {
        if (rows[r].size() != rows[0].size())
            return damaged(file);
        for (std::size_t column = 1; column < rows[r].size(); column += 2) {
            LearningEntry entry;
            if (rows[r][column].empty() && rows[r][column + 1].empty())
                continue;
            if (!readEntry(rows[r][column], rows[r][column + 1], entry))
                return damaged(file);
            history.record(rows[r][0], static_cast<int>(column / 2) + 1, entry);
        }
    }
    return history;
}

} // namespace

Result<LearningHistory> readLearning(const std::filesystem::path& run) {
    Result<LearningHistory> history = readWhole(run / kLearningFile);
    if (history)
        takeNew(run / kNewLearningFile, *history);
    return history;
}

} // namespace sightline
