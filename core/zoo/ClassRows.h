// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zoo/WeightNaming.h"

namespace sightline {

/// Where the classes of a network lie among those that weights were trained for, by name.
struct ClassRows {
    std::size_t trained = 0;                    ///< how many classes the weights are for
    std::vector<std::optional<std::size_t>> of; ///< for each class of the network; nothing: it is new

    bool keepsAny() const;
    bool isSame() const; ///< the same classes in the same order
};

/// Names are the same where their composed forms (NFC) are.
ClassRows classRows(const std::vector<std::string>& trained, const std::vector<std::string>& wanted);

/// For training: which of `tensors` make the scores with a row for each class, in the file, too. They are taken out of
/// the match's faults: a person's network goes on with the classes it knows, however many there are now.
std::vector<bool> holdsClassRows(const GraphSpec& spec, const std::vector<TensorSpec>& tensors,
                                 const std::vector<TensorSpec>& file, const ClassRows& rows, WeightMatch& match);

/// Copies the rows of known classes from `trained` [trained classes, ...] to `values` [classes, ...].
void keepRows(std::vector<float>& values, const std::vector<float>& trained, const ClassRows& rows);

} // namespace sightline
