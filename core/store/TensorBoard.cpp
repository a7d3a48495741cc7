// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/TensorBoard.h"

#include <array>
#include <cstring>
#include <ctime>

#include "TensorBoard.pb.h"
#include "store/HistoryCsv.h"
#include "support/Files.h"

namespace sightline {

namespace {

constexpr std::array<std::uint32_t, 256> crcTable() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1) ^ (value & 1 ? 0x82f63b78u : 0u);
        table[i] = value;
    }
    return table;
}

template <typename Number>
std::string littleEndian(Number number) {
    std::string bytes;
    for (std::size_t i = 0; i < sizeof(Number); ++i)
        bytes += static_cast<char>(number >> (8 * i) & 0xff);
    return bytes;
}

/// TFRecord keeps checksums rotated by 15 bits and offset, so that records of records stay distinct.
std::string maskedChecksum(std::string_view bytes) {
    const std::uint32_t crc = crc32c(bytes);
    return littleEndian(((crc >> 15) | (crc << 17)) + 0xa282ead8u);
}

void addRecord(std::string& file, const tensorboard::Event& event) {
    const std::string data = event.SerializeAsString(), length = littleEndian(std::uint64_t{data.size()});
    file += length + maskedChecksum(length) + data + maskedChecksum(data);
}

/// Seconds since 1970 of 2026-01-31T14:25:30Z; 0 where it is no such time.
std::time_t secondsOf(const std::string& time) {
    std::tm utc{};
    const char* end = ::strptime(time.c_str(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return end && *end == '\0' ? ::timegm(&utc) : 0;
}

} // namespace

std::uint32_t crc32c(std::string_view bytes) {
    static constexpr std::array<std::uint32_t, 256> kTable = crcTable();
    std::uint32_t crc = 0xffffffffu;
    for (const char byte : bytes)
        crc = kTable[(crc ^ static_cast<unsigned char>(byte)) & 0xffu] ^ (crc >> 8);
    return ~crc;
}

Result<std::filesystem::path> exportTensorBoard(const RunFolder& run, const std::filesystem::path& folder) {
    const auto history = run.history();
    if (!history)
        return history.error();
    const RunSummary summary = run.summary();
    const std::time_t began = secondsOf(summary.created);
    auto seconds = static_cast<double>(began);
    std::string file;
    tensorboard::Event version;
    version.set_wall_time(seconds);
    version.set_file_version("brain.Event:2");
    addRecord(file, version);
    for (const EpochMetrics& epoch : *history) {
        seconds += epoch.seconds;
        tensorboard::Event event;
        event.set_wall_time(seconds);
        event.set_step(epoch.epoch - 1);
        for (const char* tag : kHistoryColumns)
            if (const auto value = epoch.value(tag)) {
                tensorboard::Summary::Value* written = event.mutable_summary()->add_value();
                written->set_tag(tag);
                written->set_simple_value(static_cast<float>(*value));
            }
        addRecord(file, event);
    }
    const std::filesystem::path own = folder / run.id();
    if (const auto made = makeFolder(own); !made)
        return made.error();
    std::filesystem::path path = own / ("events.out.tfevents." + std::to_string(began) + ".sightline");
    if (const auto written = writeFileAtomically(path, file); !written)
        return written.error();
    return path;
}

} // namespace sightline
