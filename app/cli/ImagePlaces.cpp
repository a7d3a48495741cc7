// SPDX-License-Identifier: GPL-3.0-or-later
#include "ImagePlaces.h"

#include <algorithm>
#include <cctype>

#include "support/Files.h"

namespace sightline::cli {

namespace {

/// The folders and the name, without what leads out of a folder.
std::vector<std::filesystem::path> partsOf(const std::string& image) {
    std::vector<std::filesystem::path> parts;
    for (const auto& part : std::filesystem::path(image).lexically_normal())
        if (part != ".." && !part.has_root_path() && part != ".")
            parts.push_back(part);
    return parts;
}

/// The last `count` of them.
std::filesystem::path endOf(const std::vector<std::filesystem::path>& parts, std::size_t count) {
    std::filesystem::path end;
    for (std::size_t i = parts.size() - std::min(count, parts.size()); i < parts.size(); ++i)
        end /= parts[i];
    return end;
}

} // namespace

std::filesystem::path ImagePlaces::of(const std::string& image) {
    const std::vector<std::filesystem::path> parts = partsOf(image);
    const std::filesystem::path place = endOf(parts, parts.size());
    std::string free = std::filesystem::path(place).replace_extension().string();
    if (!m_taken.insert(free).second) { // a.png beside a.jpg
        free = place.string();
        for (int number = 2; !m_taken.insert(free).second; ++number)
            free = place.string() + "-" + std::to_string(number);
    }
    return free;
}

std::vector<std::filesystem::path> placesOf(const std::string& given, const std::vector<std::string>& images,
                                            const char* extension) {
    if (given.empty() || images.size() == 1)
        return std::vector<std::filesystem::path>(images.size(), given);
    std::vector<std::vector<std::filesystem::path>> parts;
    std::size_t most = 1;
    for (const std::string& image : images) {
        parts.push_back(partsOf(image));
        most = std::max(most, parts.back().size());
    }
    const std::set<std::vector<std::filesystem::path>> different(parts.begin(), parts.end());
    std::size_t count = 1;
    for (; count < most; ++count) {
        std::set<std::filesystem::path> ends;
        for (const auto& one : different)
            ends.insert(endOf(one, count));
        if (ends.size() == different.size())
            break;
    }
    ImagePlaces places;
    std::vector<std::filesystem::path> made;
    for (const auto& one : parts)
        made.push_back(std::filesystem::path(given) / (places.of(endOf(one, count).string()).string() + extension));
    return made;
}

Result<void> makeFolderOf(const std::filesystem::path& file) {
    return file.has_parent_path() ? makeFolder(file.parent_path()) : Result<void>();
}

Result<void> namesFolder(const std::string& option, const std::string& given, bool several) {
    std::error_code code;
    if (!several || !std::filesystem::is_regular_file(given, code))
        return {};
    return badInput("Several images need a folder for " + option + "; " + given + " is a file.");
}

Result<void> namesPng(const std::string& option, const std::string& given, bool several) {
    std::string extension = std::filesystem::path(given).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    if (several || extension.empty() || extension == ".png")
        return {};
    return badInput(option + " writes a PNG: name a file that ends in .png instead of " + given + ".");
}

} // namespace sightline::cli
