// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "engine/GivenBatch.h"
#include "support/Result.h"

namespace sightline {

/// A batch on its way to another program: CBOR, with the pixels as they are.
std::string toBytes(const GivenBatch& batch);
/// Error: these are not the bytes of a batch.
Result<GivenBatch> givenBatchFrom(std::string_view bytes);

} // namespace sightline
