// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/Image.h"
#include "support/Result.h"

namespace sightline {

/// An image as a PNG file's bytes; of more than three channels the first three. `name` is for the error.
Result<std::vector<std::uint8_t>> encodedPng(const Image& image, const std::string& name);

} // namespace sightline
