// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/NewPlace.h"

#include <filesystem>

#include "data/Dataset.h"

namespace sightline {

std::string newPlaceOf(const std::string& given, const std::string& before) {
    std::error_code code;
    const std::filesystem::path file = std::filesystem::path(given) / std::filesystem::path(before).filename();
    return std::filesystem::is_directory(given, code) && namesDataset(file.filename().string()) &&
                   std::filesystem::is_regular_file(file, code)
               ? file.string()
               : given;
}

} // namespace sightline
