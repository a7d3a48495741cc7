// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "data/Dataset.h"
#include "data/PerceptualHash.h"

namespace sightline {

/// What decoding one image tells.
struct ImageFacts {
    int height = 0, width = 0; ///< pixels as shown (EXIF orientation applied); 0: it cannot be read
    bool empty = false;        ///< zero bytes
    bool grey = false;         ///< R = G = B everywhere
    std::array<std::uint8_t, 3> lowest{}, highest{};
    std::array<std::uint64_t, 3> sum{}, squares{}; ///< of each channel
    std::array<std::uint64_t, 2>
        pixels{}; ///< XXH3 of size and RGB pixels: equal for equal pictures, whatever the file type
    Glance glance;
    std::string error; ///< why it cannot be read

    bool readable() const { return height > 0; }
    bool constant() const { return readable() && lowest == highest; }
    bool operator==(const ImageFacts&) const = default;
};

/// What only decoding every image tells.
struct Survey {
    std::map<std::pair<int, int>, std::size_t> sizes; ///< (height, width) -> images
    std::map<std::string, std::size_t> types;  ///< "PNG" -> images, by the name's ending; none where names have none
    std::vector<DataProblem> unreadable;       ///< by path
    std::array<double, 3> mean{}, deviation{}; ///< of each channel over all pixels of all images, 0...255
    std::size_t images = 0;                    ///< that could be read, excluded ones left out
    bool grey = false;                         ///< every one of them is
    std::vector<ImageFacts> facts;             ///< of each sample of the data set, excluded ones too
    std::size_t decoded = 0;                   ///< the others were known from an earlier survey
    bool complete = false;                     ///< false: it was stopped
};

/// Decodes every image once on `threads` threads. With a `cache` folder, what is known of an image of the same
/// content is taken from there, and what is new is kept there. Stopped early, it tells of the images so far.
Survey survey(const Dataset& dataset, int threads, std::stop_token stop = {}, const Progress& progress = {},
              const std::filesystem::path& cache = {});

/// Counts anew from `survey.facts`: after samples of the same data set were excluded or taken back.
void summarise(Survey& survey, const Dataset& dataset);

/// How many of the surveyed images have another shape than height x width, by more than a rounded pixel: what
/// `data.fit` changes.
std::size_t imagesOfOtherShape(const Survey& survey, int height, int width);

/// How often the largest class of a split is larger than the smallest that has images; 1 where there are none.
double imbalance(const std::vector<std::size_t>& countsPerClass);

} // namespace sightline
