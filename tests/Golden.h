// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <string>

#include "support/Json.h"

/// The test vectors of that name in tests/golden/keras.json (SPEC 7); the test ends where there are none.
inline sightline::Json goldenVectors(const char* name) {
    const sightline::Result<sightline::Json> json =
        sightline::readJsonFile(std::string(SIGHTLINE_GOLDEN_DIR) + "/keras.json");
    if (!json || !json->contains(name) || (*json)[name].empty())
        qFatal("tests/golden/keras.json has no %s", name);
    return (*json)[name];
}
