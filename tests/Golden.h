// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "support/Json.h"

/// The test vectors of tests/golden/keras.json (SPEC 7).
inline sightline::Json goldenVectors() {
    const sightline::Result<sightline::Json> json =
        sightline::readJsonFile(std::string(SIGHTLINE_GOLDEN_DIR) + "/keras.json");
    return json ? *json : sightline::Json();
}
