// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/Classified.h"

#include <algorithm>
#include <cstdio>

#include "support/Csv.h"
#include "support/Files.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLongestName = 200; ///< bytes; file systems end at 255

std::string number(float value) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.9g", static_cast<double>(value));
    return text;
}

/// Copies under the first free name; the error says why none could be written.
Result<void> copyBeside(const fs::path& file, const fs::path& folder) {
    constexpr int kMostTries = 1'000'000;
    for (int copy = 1; copy < kMostTries; ++copy) {
        const std::string end = copy == 1 ? std::string() : "-" + std::to_string(copy);
        const fs::path target = folder / (file.stem().string() + end + file.extension().string());
        std::error_code code;
        if (fs::exists(fs::symlink_status(target, code)))
            continue;
        if (fs::copy_file(file, target, fs::copy_options::none, code))
            return {};
        if (code == std::errc::file_exists)
            continue; // another process was faster
        std::error_code ignored;
        fs::remove(target, ignored); // half a copy is none
        return Error{file.string() + " could not be copied to " + target.string() + ": " + code.message() + "."};
    }
    return Error{file.string() + " could not be copied: " + folder.string() + " has too many files of that name."};
}

} // namespace

std::size_t ClassifiedImage::predicted() const {
    return static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) -
                                    probabilities.begin());
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
        csv += csvCell(image.file.string()) + "," + csvCell(classes[predicted]) + "," +
               number(image.probabilities[predicted]) + ",0";
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
                                const std::vector<ClassifiedImage>& images, std::stop_token stop) {
    SortedCopies copies;
    for (const ClassifiedImage& image : images) {
        if (stop.stop_requested())
            return cancelled();
        const std::size_t predicted = image.predicted();
        if (predicted >= classes.size())
            continue;
        const fs::path target = folder / folderNameOf(classes[predicted]);
        if (const Result<void> made = makeFolder(target); !made)
            return made.error();
        const Result<void> copied = copyBeside(image.file, target);
        if (copied)
            ++copies.copied;
        else
            copies.failed.push_back(copied.error().message);
    }
    return copies;
}

} // namespace sightline
