// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/ProgressFile.h"

#include <fstream>

#include "support/Files.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr const char* kName = "progress.json";
constexpr std::chrono::seconds kPeriod(1);

fs::path newFile(const fs::path& file) {
    return file.string() + ".new";
}

Json toJson(const BatchFinished& batch) {
    return {{"epoch", batch.epoch},
            {"batch", batch.batch},
            {"batches", batch.batches},
            {"loss", batch.loss},
            {"accuracy", batch.accuracy},
            {"running_loss", batch.runningLoss},
            {"running_accuracy", batch.runningAccuracy},
            {"images_per_second", batch.imagesPerSecond},
            {"seconds_left", batch.secondsLeft},
            {"seconds_left_low", batch.secondsLeftLow > 0 ? Json(batch.secondsLeftLow) : Json()},
            {"seconds_left_high", batch.secondsLeftHigh > 0 ? Json(batch.secondsLeftHigh) : Json()},
            {"wait_share", batch.waitShare},
            {"loader_threads", batch.loaderThreads}};
}

} // namespace

ProgressFile::ProgressFile(const fs::path& run) : m_file(run / kName) {
    std::error_code code;
    for (const fs::path& left : {m_file, newFile(m_file)}) // of a session that was killed
        fs::remove(left, code);
}

ProgressFile::~ProgressFile() {
    std::error_code code;
    fs::remove(m_file, code);
}

void ProgressFile::tell(const BatchFinished& batch) {
    const auto now = std::chrono::steady_clock::now();
    if (m_told && now - *m_told < kPeriod)
        return;
    m_told = now;
    const fs::path made = newFile(m_file);
    std::error_code code;
    {
        std::ofstream stream(made, std::ios::binary | std::ios::trunc);
        stream << toText(toJson(batch), -1);
        if (!stream.flush()) {
            fs::remove(made, code);
            return;
        }
    }
    fs::rename(made, m_file, code);
}

std::optional<BatchFinished> readProgress(const fs::path& run) {
    const Result<std::string> text = readFile(run / kName, 65536);
    const Result<Json> json = text ? parseJson(*text, kName) : text.error();
    if (!json || !json->is_object())
        return {};
    const auto number = [&](const char* key) {
        const auto found = json->find(key);
        return found != json->end() && found->is_number() ? found->get<double>() : 0.0;
    };
    const auto whole = [&](const char* key) {
        const double value = number(key);
        return value >= 0 && value <= 1e9 ? static_cast<int>(value) : 0;
    };
    BatchFinished batch{whole("epoch"), whole("batch"), whole("batches"), number("loss"), number("accuracy")};
    batch.runningLoss = number("running_loss");
    batch.runningAccuracy = number("running_accuracy");
    batch.imagesPerSecond = number("images_per_second");
    batch.secondsLeft = number("seconds_left");
    batch.secondsLeftLow = number("seconds_left_low");
    batch.secondsLeftHigh = number("seconds_left_high");
    batch.waitShare = number("wait_share");
    batch.loaderThreads = whole("loader_threads");
    return batch.epoch > 0 && batch.batch > 0 ? std::optional(batch) : std::nullopt;
}

} // namespace sightline
