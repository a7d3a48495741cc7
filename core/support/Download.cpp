// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Download.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>

#include "support/Files.h"
#include "support/Hash.h"
#include "support/PartialFile.h"
#include "support/Version.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr long kMostRedirects = 10;
constexpr int kMostRestarts = 2; ///< times a server may make us begin anew

/// What one request brought.
enum class Outcome { Complete, Broken, Restart, Fatal, Cancelled };

struct Transfer {
    PartialFile& part;
    const Download& wanted;
    const DownloadSettings& settings;
    std::stop_token stop;
    const DownloadProgress& progress;

    CURL* curl = nullptr;
    std::uint64_t from = 0;       ///< where this request began
    std::uint64_t total = 0;      ///< bytes in all as the server says, 0 = not said
    std::uint64_t rangeBegin = 0; ///< of the answer's Content-Range
    std::string etag{}, modified{};
    bool begun = false, tooLong = false;
    std::string sentence{}; ///< why it is Fatal or Broken

    /// Nothing would tell two versions of the file apart, so that it cannot be gone on with.
    bool isUnproven() const { return part.size() > 0 && part.tag().empty() && wanted.digest.empty(); }
    std::uint64_t limit() const { return wanted.bytes > 0 ? wanted.bytes : settings.maximumBytes; }
};

std::string trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t"), end = text.find_last_not_of(" \t\r\n");
    return begin == std::string_view::npos ? std::string() : std::string(text.substr(begin, end - begin + 1));
}

std::size_t onHeader(char* bytes, std::size_t size, std::size_t count, void* data) {
    auto& transfer = *static_cast<Transfer*>(data);
    const std::string_view line(bytes, size * count);
    if (line.starts_with("HTTP/")) { // a redirect's headers come first
        transfer.etag.clear();
        transfer.modified.clear();
        transfer.total = transfer.rangeBegin = 0;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
        return size * count;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::string value = trimmed(line.substr(colon + 1));
    unsigned long long first = 0, last = 0, all = 0;
    if (name == "etag")
        transfer.etag = value.starts_with("W/") ? std::string() : value; // a weak one cannot guard a range
    else if (name == "last-modified")
        transfer.modified = value;
    else if (name == "content-range" && std::sscanf(value.c_str(), "bytes %llu-%llu/%llu", &first, &last, &all) >= 2) {
        transfer.rangeBegin = first;
        transfer.total = all;
    }
    return size * count;
}

/// The first byte of an answer: does it go on where the file ends, or does it begin anew?
bool begin(Transfer& transfer) {
    transfer.begun = true;
    long status = 0;
    curl_off_t length = -1;
    curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer.curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (status == 206 && transfer.rangeBegin != transfer.part.size()) {
        transfer.sentence = transfer.wanted.url + " sent a different part of the file from the one requested.";
        return false;
    }
    if (status == 200 && transfer.part.size() > 0 && !transfer.part.clear())
        return false;
    if (status == 200 && length >= 0)
        transfer.total = static_cast<std::uint64_t>(length);
    transfer.part.setTag(transfer.etag.empty() ? transfer.modified : transfer.etag);
    return true;
}

std::size_t onBody(char* bytes, std::size_t size, std::size_t count, void* data) {
    auto& transfer = *static_cast<Transfer*>(data);
    const std::size_t length = size * count;
    if (!transfer.begun && !begin(transfer))
        return 0;
    if (transfer.part.size() + length > transfer.limit()) {
        transfer.tooLong = true;
        return 0;
    }
    return transfer.part.append(bytes, length) ? length : 0;
}

int onProgress(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& transfer = *static_cast<Transfer*>(data);
    if (transfer.progress)
        transfer.progress(transfer.part.size(), transfer.wanted.bytes > 0 ? transfer.wanted.bytes : transfer.total);
    return transfer.stop.stop_requested() ? 1 : 0;
}

void prepare(Transfer& transfer, curl_slist*& headers) {
    CURL* curl = transfer.curl;
    const bool secure = transfer.wanted.url.starts_with("https:");
    curl_easy_setopt(curl, CURLOPT_URL, transfer.wanted.url.c_str());
    curl_easy_setopt(curl, CURLOPT_USERAGENT, (std::string("sightline/") + kVersion).c_str());
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, kMostRedirects);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(transfer.settings.connectSeconds));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(transfer.settings.stallSeconds));
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, onHeader);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, onBody);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, onProgress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
    if (transfer.from == 0)
        return;
    curl_easy_setopt(curl, CURLOPT_RANGE, (std::to_string(transfer.from) + "-").c_str());
    if (!transfer.part.tag().empty())
        headers = curl_slist_append(headers, ("If-Range: " + transfer.part.tag()).c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
}

std::string statusSentence(const std::string& url, long status) {
    const std::string code = " (HTTP " + std::to_string(status) + ")";
    if (status == 404 || status == 410)
        return url + " was not found" + code + ".";
    if (status == 401 || status == 403)
        return url + " may not be downloaded" + code + ".";
    return url + " cannot be downloaded right now" + code + ".";
}

Outcome judge(Transfer& transfer, CURLcode code, const char* reason) {
    if (transfer.stop.stop_requested())
        return Outcome::Cancelled;
    const std::string& url = transfer.wanted.url;
    long status = 0;
    curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &status);
    if (transfer.part.failure() != 0) {
        transfer.sentence = "Writing " + transfer.part.path().string() +
                            " failed: " + std::strerror(transfer.part.failure()) +
                            "; free some space and run it again.";
        return Outcome::Fatal;
    }
    if (transfer.tooLong) {
        transfer.part.remove();
        transfer.sentence = url + " sends more than the " + std::to_string(transfer.limit()) +
                            " bytes expected; the download was deleted.";
        return Outcome::Fatal;
    }
    if (!transfer.sentence.empty())
        return Outcome::Restart; // another range than asked for
    switch (code) {
    case CURLE_OK:
        if (!transfer.begun && transfer.from == 0 && !begin(transfer)) // an empty file
            return Outcome::Broken;
        return Outcome::Complete;
    case CURLE_HTTP_RETURNED_ERROR:
        transfer.sentence = statusSentence(url, status);
        return status == 416 && transfer.from > 0                ? Outcome::Restart
               : status >= 500 || status == 429 || status == 408 ? Outcome::Broken
                                                                 : Outcome::Fatal;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
        transfer.sentence =
            url + " is not an address that can be downloaded from; it must begin with http:// or https://.";
        return Outcome::Fatal;
    case CURLE_TOO_MANY_REDIRECTS:
        transfer.sentence = url + " redirects too many times.";
        return Outcome::Fatal;
    case CURLE_PEER_FAILED_VERIFICATION:
        transfer.sentence = url + " could not prove its identity: " + reason + ".";
        return Outcome::Fatal;
    case CURLE_OPERATION_TIMEDOUT:
        transfer.sentence = url + " no longer answers";
        return Outcome::Broken;
    default:
        transfer.sentence = url + " cannot be reached: " + reason;
        return Outcome::Broken;
    }
}

Outcome request(Transfer& transfer) {
    static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(ready ? curl_easy_init() : nullptr,
                                                                   curl_easy_cleanup);
    if (!curl) {
        transfer.sentence = "The download library cannot be started.";
        return Outcome::Fatal;
    }
    transfer.curl = curl.get();
    transfer.from = transfer.part.size();
    transfer.total = transfer.rangeBegin = 0;
    transfer.begun = false;
    transfer.sentence.clear();
    curl_slist* headers = nullptr;
    char reason[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, reason);
    prepare(transfer, headers);
    const CURLcode code = curl_easy_perform(curl.get());
    const Outcome outcome = judge(transfer, code, *reason ? reason : curl_easy_strerror(code));
    curl_slist_free_all(headers);
    transfer.curl = nullptr;
    return outcome;
}

/// Waits, or returns at once when it is stopped.
void pause(int milliseconds, std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, std::chrono::milliseconds(milliseconds), [] { return false; });
}

/// Requests until the file is whole or it makes no sense to go on.
Result<void> transferAll(Transfer& transfer) {
    int broken = 0, restarts = 0;
    while (true) {
        if (transfer.stop.stop_requested())
            return cancelled();
        const std::uint64_t before = transfer.part.size();
        if (before > 0 && before == transfer.wanted.bytes)
            return {};
        switch (request(transfer)) {
        case Outcome::Complete:
            return {};
        case Outcome::Cancelled:
            return cancelled();
        case Outcome::Fatal:
            return Error{transfer.sentence};
        case Outcome::Restart:
            if (++restarts > kMostRestarts || !transfer.part.clear())
                return Error{transfer.sentence};
            continue;
        case Outcome::Broken:
            break;
        }
        broken = transfer.part.size() > before ? 1 : broken + 1;
        if (transfer.isUnproven() && !transfer.part.clear())
            return Error{"Writing " + transfer.part.path().string() + " failed."};
        if (broken >= transfer.settings.tries)
            return Error{transfer.sentence + (transfer.part.size() > 0
                                                  ? "; " + bytesText(transfer.part.size()) +
                                                        " are kept, and running it again resumes from there."
                                                  : ". Is this machine online?")};
        pause(transfer.settings.pauseMs, transfer.stop);
    }
}

Result<void> check(const Download& wanted, const fs::path& file, std::stop_token stop) {
    std::error_code code;
    const std::uint64_t size = fs::file_size(file, code);
    if (wanted.bytes > 0 && size != wanted.bytes)
        return Error{wanted.url + " sent " + std::to_string(size) + " bytes where " + std::to_string(wanted.bytes) +
                     " were expected; the download was deleted."};
    if (wanted.digest.empty())
        return {};
    const Result<void> checked = checkDigest(file, wanted.digest, stop);
    if (checked || checked.error().kind == ErrorKind::Cancelled)
        return checked;
    return Error{wanted.url +
                 " sent a different file from the one expected, and it was deleted: " + checked.error().message};
}

} // namespace

std::string bytesText(std::uint64_t bytes) {
    static constexpr const char* kUnits[] = {"bytes", "kB", "MB", "GB", "TB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 999.95 && unit < 4; ++unit)
        value /= 1000;
    char text[32];
    std::snprintf(text, sizeof(text), unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
    return text;
}

Result<void> download(const Download& wanted, std::stop_token stop, const DownloadProgress& progress,
                      const DownloadSettings& settings) {
    std::error_code code;
    if (fs::is_regular_file(wanted.file, code) && check(wanted, wanted.file, stop))
        return {};
    if (wanted.file.has_parent_path()) {
        if (const Result<void> made = makeFolder(wanted.file.parent_path()); !made)
            return made;
    }
    PartialFile part(wanted.file);
    if (const Result<void> opened = part.open(); !opened)
        return opened;
    Transfer transfer{.part = part, .wanted = wanted, .settings = settings, .stop = stop, .progress = progress};
    if ((transfer.isUnproven() || part.size() > transfer.limit()) && !part.clear())
        return Error{"Writing " + part.path().string() + " failed."};
    if (const Result<void> done = transferAll(transfer); !done)
        return done;
    if (progress)
        progress(part.size(), part.size());
    if (const Result<void> checked = check(wanted, part.path(), stop); !checked) {
        if (checked.error().kind != ErrorKind::Cancelled)
            part.remove();
        return checked;
    }
    return part.finishAs(wanted.file);
}

} // namespace sightline
