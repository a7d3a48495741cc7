// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/Policies.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sightline {

namespace {

/// 31 strengths, 0 (nothing) to 30 (the most), as both papers' code counts them.
constexpr int kSteps = 30;

enum class Strength {
    None,   ///< the operation has none
    Signed, ///< most * m / 30, either sign
    Factor, ///< 1 + most * m / 30, either sign
    Bits,   ///< 8 - most * m / 30, whole
    Falling ///< 255 down to 0
};

struct Operation {
    std::string_view name;
    Strength strength;
    double mostTrivial, mostRandom; ///< trivial-augment's wide space; rand-augment's
};

constexpr std::array<Operation, 14> kOperations = {{
    {"identity", Strength::None, 0, 0},
    {"shear-x", Strength::Signed, 0.99, 0.3},
    {"shear-y", Strength::Signed, 0.99, 0.3},
    {"translate-x", Strength::Signed, 32, 150.0 / 331.0}, // pixels; for rand-augment a share of the side
    {"translate-y", Strength::Signed, 32, 150.0 / 331.0},
    {"rotate", Strength::Signed, 135, 30},
    {"brightness", Strength::Factor, 0.99, 0.9},
    {"color", Strength::Factor, 0.99, 0.9},
    {"contrast", Strength::Factor, 0.99, 0.9},
    {"sharpness", Strength::Factor, 0.99, 0.9},
    {"posterize", Strength::Bits, 6, 4},
    {"solarize", Strength::Falling, 255, 255},
    {"auto-contrast", Strength::None, 0, 0},
    {"equalize", Strength::None, 0, 0},
}};

double strengthOf(const Operation& operation, double most, int magnitude, CounterRandom& random) {
    const double share = static_cast<double>(magnitude) / kSteps;
    const auto sign = [&random] { return random.below(2) == 0 ? 1.0 : -1.0; };
    switch (operation.strength) {
    case Strength::Signed:
        return sign() * most * share;
    case Strength::Factor:
        return 1 + sign() * most * share;
    case Strength::Bits:
        return 8 - std::round(most * share);
    case Strength::Falling:
        return 255 * (1 - share);
    case Strength::None:
        break;
    }
    return 0;
}

} // namespace

bool isPolicyOperation(std::string_view name) {
    return std::any_of(kOperations.begin(), kOperations.end(),
                       [name](const Operation& operation) { return operation.name == name; });
}

std::vector<PolicyStep> drawPolicy(const PolicySettings& policy, int width, int height, CounterRandom& random) {
    const bool trivial = policy.name == PolicySettings::Name::TrivialAugment;
    std::vector<PolicyStep> steps;
    for (int i = 0; i < (trivial ? 1 : policy.operations); ++i) {
        const Operation& operation = kOperations[random.below(kOperations.size())];
        const int magnitude = trivial ? static_cast<int>(random.below(kSteps + 1)) : policy.magnitude;
        double most = trivial ? operation.mostTrivial : operation.mostRandom;
        if (!trivial && operation.name.starts_with("translate"))
            most *= operation.name == "translate-x" ? width : height;
        steps.push_back({std::string(operation.name), strengthOf(operation, most, magnitude, random)});
    }
    return steps;
}

} // namespace sightline
