// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/GivenBatch.h"
#include "support/Image.h"

namespace sightline {

/// "car", or of a mixed image "60 % car, 40 % boat": the largest share first.
std::string labelOf(const GivenImage& image, const std::vector<std::string>& classes);
/// The name of a class, or its number where it has none.
std::string classNamed(const std::vector<std::string>& classes, std::size_t number);
/// Whether the network says what the larger part of the label says.
bool isRight(const GivenImage& image);
/// The highest loss first.
void sortByLoss(GivenBatch& batch);

/// The batch in one picture, in its order, as square as it gets: below each image its label, its loss and what the
/// network said, red where that is wrong. Of a large batch the first 256. Names that its letters (ASCII) cannot write
/// stand as "class 3", counted from 0 as in batchTable(), which has the names as they are. Empty where the batch is.
Image batchSheet(const GivenBatch& batch, const std::vector<std::string>& classes);

/// CSV, one row for each image in the batch's order: path, label, loss, predicted, probability.
std::string batchTable(const GivenBatch& batch, const std::vector<std::string>& classes);

} // namespace sightline
