// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

#include "support/Result.h"

namespace sightline {

/// A file's digest in lower-case hexadecimal; `algorithm` is what OpenSSL calls it: "sha256", "md5".
/// Errors: no such algorithm, a file that cannot be read, cancelled.
Result<std::string> fileDigest(const std::filesystem::path& file, const std::string& algorithm,
                               std::stop_token stop = {});

/// Checks a file against "sha256:<hex>" or "md5:<hex>"; the error names the file and both digests.
Result<void> checkDigest(const std::filesystem::path& file, std::string_view expected, std::stop_token stop = {});

} // namespace sightline
