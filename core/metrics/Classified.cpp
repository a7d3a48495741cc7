// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/Classified.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "support/Csv.h"
#include "support/Files.h"
#include "support/Words.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLongestName = 200; ///< bytes; file systems end at 255

std::string number(float value) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.9g", static_cast<double>(value));
    return text;
}

/// Copies under the first free name, which becomes `target`.
std::error_code copyBeside(const fs::path& file, const fs::path& folder, fs::path& target) {
    constexpr int kMostTries = 1'000'000;
    for (int copy = 1; copy < kMostTries; ++copy) {
        const std::string end = copy == 1 ? std::string() : "-" + std::to_string(copy);
        target = folder / (file.stem().string() + end + file.extension().string());
        std::error_code code;
        if (fs::exists(fs::symlink_status(target, code)))
            continue;
        if (fs::copy_file(file, target, fs::copy_options::none, code))
            return {};
        if (code == std::errc::file_exists)
            continue; // another process was faster
        std::error_code ignored;
        fs::remove(target, ignored); // half a copy is none
        return code;
    }
    return std::make_error_code(std::errc::file_exists);
}

/// Every further copy would fail in the same way. A full disk may come as an input/output error from the library.
bool hasNoRoom(const std::error_code& code, const fs::path& file, const fs::path& folder) {
    if (code == std::errc::no_space_on_device || code == std::error_code(EDQUOT, std::generic_category()))
        return true;
    std::error_code noSize, noSpace;
    const auto size = fs::file_size(file, noSize);
    const auto space = fs::space(folder, noSpace);
    return code == std::errc::io_error && !noSize && !noSpace && space.available < size;
}

} // namespace

std::size_t ClassifiedImage::predicted() const {
    return static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) -
                                    probabilities.begin());
}

std::optional<bool> ClassifiedImage::isUnknown() const {
    return unknownScore ? std::optional(*unknownScore > 0) : std::nullopt;
}

std::string classifiedCsv(const std::vector<std::string>& classes, const std::vector<ClassifiedImage>& images) {
    std::string csv = "path,predicted,confidence,unknown";
    for (const std::string& name : classes)
        csv += "," + csvCell(name);
    csv += "\n";
    for (const ClassifiedImage& image : images) {
        const std::size_t predicted = image.predicted();
        if (predicted >= std::min(classes.size(), image.probabilities.size()))
            continue;
        const std::optional<bool> unknown = image.isUnknown();
        csv += csvCell(image.file.string()) + "," + csvCell(classes[predicted]) + "," +
               number(image.probabilities[predicted]) + "," +
               (!unknown   ? ""
                : *unknown ? "true"
                           : "false");
        for (const float probability : image.probabilities)
            csv += "," + number(probability);
        csv += "\n";
    }
    return csv;
}

std::string folderNameOf(const std::string& className) {
    std::size_t length = std::min(className.size(), kLongestName);
    while (length < className.size() && length > 0 && (static_cast<unsigned char>(className[length]) & 0xC0) == 0x80)
        --length; // not within a letter
    std::string name = className.substr(0, length);
    for (char& letter : name)
        if (letter == '/' || letter == '\\' || (static_cast<unsigned char>(letter) < ' '))
            letter = '_';
    return name.empty() || name.front() == '.' ? "_" + name : name;
}

Result<SortedCopies> copySorted(const fs::path& folder, const std::vector<std::string>& classes,
                                const std::vector<ClassifiedImage>& images, std::stop_token stop,
                                const Progress& progress, const std::string& unknown) {
    SortedCopies copies;
    for (std::size_t i = 0; i < images.size(); ++i) {
        if (stop.stop_requested())
            return cancelled();
        if (progress)
            progress(i, images.size());
        const ClassifiedImage& image = images[i];
        const std::size_t predicted = image.predicted();
        if (predicted >= std::min(classes.size(), image.probabilities.size()))
            continue;
        const bool isApart = !unknown.empty() && image.isUnknown().value_or(false);
        const fs::path into = folder / folderNameOf(isApart ? unknown : classes[predicted]);
        if (const Result<void> made = makeFolder(into); !made)
            return made.error();
        fs::path target;
        const std::error_code code = copyBeside(image.file, into, target);
        if (code && hasNoRoom(code, image.file, into))
            return Error{"There is no room left for " + target.string() + ": " + grouped(copies.copied) + " of " +
                         counted(images.size(), "image") + " copied."};
        if (code)
            copies.failed.push_back(image.file.string() + " could not be copied to " + target.string() + ": " +
                                    code.message() + ".");
        else
            ++copies.copied;
    }
    return copies;
}

} // namespace sightline
