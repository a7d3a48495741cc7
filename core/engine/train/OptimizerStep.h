// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "experiment/Experiment.h"

namespace sightline {

/// One step of an optimiser over a flat stretch of `count` values, Keras' forms (SPEC 5.5). `first` and `second` are
/// its moments (adam: m, v; rmsprop: r, momentum; sgd: momentum, unused). `step` counts from 1. Instantiated for float
/// (training) and double (checked against the golden vectors).
template <typename T>
void optimizerStep(const OptimizerSettings& settings, double learningRate, std::int64_t step, T* values,
                   const T* gradients, T* first, T* second, std::int64_t count);

} // namespace sightline
