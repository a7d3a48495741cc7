// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "data/Dataset.h"

namespace sightline {

/// Numbers the classes: `names` are those of the samples, in their order. Classes are the names of train and of
/// `further` (classes that may have no image) in code-point order; a sample of another class keeps -1, and its index is
/// returned.
///
/// Names are composed and without blanks around them already. Those that still look alike (lookOf()) are said as
/// `alike_classes`; with `merge` they are one class, named as most of its images are.
std::vector<std::size_t> numberClasses(Dataset& dataset, const std::vector<std::string>& names,
                                       const std::vector<std::string>& further, bool merge);

} // namespace sightline
