// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "data/Boxes.h"

namespace sightline {

/// Where the objects of each image are, by sample path; images without are absent.
using ObjectBoxes = std::map<std::string, std::vector<Box>>;

struct FoundBoxes {
    ObjectBoxes boxes;
    std::vector<std::string> notes; ///< what of a table or of annotations could not be used
};

/// The boxes that come with a data set: those of Pascal VOC's and COCO's annotations (the objects of the image's own
/// class, else those of no other class), Tiny-ImageNet's lists, or a boxes.csv beside the images (a row for each
/// object: path, x, y, width, height; further columns are left alone), or files in Pascal VOC's or COCO's form beside
/// them. Empty where the source knows none. Errors: a boxes.csv without one of these columns or in shares of the image
/// instead of pixels, annotations that cannot be read, cancelled.
Result<FoundBoxes> objectBoxes(const Dataset& dataset, const std::stop_token& stop = {});

/// COCO's part of it; of a set of another format what is no annotation is passed over.
Result<FoundBoxes> cocoBoxes(const Dataset& dataset, const FileTree& files, const std::stop_token& stop);

} // namespace sightline
