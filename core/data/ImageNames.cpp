// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/ImageNames.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace sightline {

namespace {

constexpr std::array kEndings = {"png", "jpg",  "jpeg", "jfif", "jpe",  "bmp",  "ppm", "pgm",
                                 "tif", "tiff", "webp", "gif",  "heic", "heif", "avif"};

} // namespace

bool namesImage(const std::string& fileName) {
    const auto dot = fileName.rfind('.');
    if (dot == std::string::npos || dot == 0)
        return false;
    std::string ending = fileName.substr(dot + 1);
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

std::span<const char* const> allImageEndings() {
    return kEndings;
}

std::string imageEndings() {
    std::string text;
    for (std::size_t i = 0; i < kEndings.size(); ++i)
        text += (i == 0 ? "" : i + 1 == kEndings.size() ? " and " : ", ") + std::string(kEndings[i]);
    return text;
}

} // namespace sightline
