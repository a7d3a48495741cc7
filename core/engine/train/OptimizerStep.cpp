// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/OptimizerStep.h"

#include <cmath>

namespace sightline {

namespace {

template <typename T>
void adam(const OptimizerSettings& s, double rate, std::int64_t step, T* __restrict values,
          const T* __restrict gradients, T* __restrict m, T* __restrict v, std::int64_t count, bool decoupled) {
    const auto beta1 = static_cast<T>(s.beta1), beta2 = static_cast<T>(s.beta2), epsilon = static_cast<T>(s.epsilon);
    const auto alpha = static_cast<T>(rate * std::sqrt(1 - std::pow(s.beta2, static_cast<double>(step))) /
                                      (1 - std::pow(s.beta1, static_cast<double>(step))));
    const T l2 = decoupled ? T(0) : static_cast<T>(s.weightDecay);
    const T shrink = decoupled ? static_cast<T>(1 - rate * s.weightDecay) : T(1);
    for (std::int64_t i = 0; i < count; ++i) {
        const T g = gradients[i] + l2 * values[i];
        m[i] = beta1 * m[i] + (1 - beta1) * g;
        v[i] = beta2 * v[i] + (1 - beta2) * g * g;
        values[i] = values[i] * shrink - alpha * m[i] / (std::sqrt(v[i]) + epsilon);
    }
}

/// Keras 2.11 and later: epsilon inside the root.
template <typename T>
void rmsprop(const OptimizerSettings& s, double rate, T* __restrict values, const T* __restrict gradients,
             T* __restrict r, T* __restrict momentum, std::int64_t count) {
    const auto rho = static_cast<T>(s.rho), epsilon = static_cast<T>(s.epsilon), keep = static_cast<T>(s.momentum),
               alpha = static_cast<T>(rate), l2 = static_cast<T>(s.weightDecay);
    for (std::int64_t i = 0; i < count; ++i) {
        const T g = gradients[i] + l2 * values[i];
        r[i] = rho * r[i] + (1 - rho) * g * g;
        const T change = alpha * g / std::sqrt(r[i] + epsilon);
        momentum[i] = keep * momentum[i] + change;
        values[i] -= momentum[i];
    }
}

template <typename T>
void sgd(const OptimizerSettings& s, double rate, T* __restrict values, const T* __restrict gradients,
         T* __restrict momentum, std::int64_t count) {
    const auto keep = static_cast<T>(s.momentum), alpha = static_cast<T>(rate), l2 = static_cast<T>(s.weightDecay);
    for (std::int64_t i = 0; i < count; ++i) {
        const T change = alpha * (gradients[i] + l2 * values[i]);
        momentum[i] = keep * momentum[i] - change;
        values[i] += s.nesterov ? keep * momentum[i] - change : momentum[i];
    }
}

} // namespace

template <typename T>
void optimizerStep(const OptimizerSettings& settings, double learningRate, std::int64_t step, T* values,
                   const T* gradients, T* first, T* second, std::int64_t count) {
    switch (settings.name) {
    case OptimizerSettings::Name::Adam:
    case OptimizerSettings::Name::AdamW:
        adam(settings, learningRate, step, values, gradients, first, second, count,
             settings.name == OptimizerSettings::Name::AdamW);
        break;
    case OptimizerSettings::Name::RmsProp:
        rmsprop(settings, learningRate, values, gradients, first, second, count);
        break;
    case OptimizerSettings::Name::Sgd:
        sgd(settings, learningRate, values, gradients, first, count);
        break;
    }
}

template void optimizerStep<float>(const OptimizerSettings&, double, std::int64_t, float*, const float*, float*, float*,
                                   std::int64_t);
template void optimizerStep<double>(const OptimizerSettings&, double, std::int64_t, double*, const double*, double*,
                                    double*, std::int64_t);

} // namespace sightline
