// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/ClassRows.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <unordered_map>

#include "support/Unicode.h"

namespace sightline {

namespace {

/// Values in one row of a tensor with `rows` rows; 0: it has another number of them.
std::int64_t rowSize(const Shape& shape, std::size_t rows) {
    if (shape.empty() || rows == 0 || shape[0] != static_cast<std::int64_t>(rows))
        return 0;
    return std::accumulate(shape.begin() + 1, shape.end(), std::int64_t{1}, std::multiplies<>());
}

} // namespace

bool ClassRows::keepsAny() const {
    return std::any_of(of.begin(), of.end(), [](const auto& row) { return row.has_value(); });
}

bool ClassRows::isSame() const {
    for (std::size_t i = 0; i < of.size(); ++i)
        if (of[i] != i)
            return false;
    return of.size() == trained;
}

ClassRows classRows(const std::vector<std::string>& trained, const std::vector<std::string>& wanted) {
    std::unordered_map<std::string, std::size_t> position;
    for (std::size_t i = 0; i < trained.size(); ++i)
        position.emplace(composed(trained[i]), i);
    ClassRows rows{trained.size(), {}};
    for (const std::string& name : wanted) {
        const auto found = position.find(composed(name));
        rows.of.push_back(found == position.end() ? std::nullopt : std::optional(found->second));
    }
    return rows;
}

std::vector<bool> holdsClassRows(const GraphSpec& spec, const std::vector<TensorSpec>& tensors,
                                 const std::vector<TensorSpec>& file, const ClassRows& rows, WeightMatch& match) {
    std::unordered_map<std::string, const Shape*> shapeInFile;
    for (const TensorSpec& tensor : file)
        shapeInFile[tensor.name] = &tensor.shape;
    const std::vector<bool> classifier = classifierNodes(spec);
    std::unordered_map<std::string, bool> makesScores; // by node: all its tensors have a row for each class
    for (std::size_t i = 0; i < spec.nodes.size(); ++i)
        makesScores[spec.nodes[i].id] = classifier[i];
    const auto nodeOf = [&](std::size_t tensor) {
        return tensors[tensor].name.substr(0, tensors[tensor].name.rfind('.'));
    };
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const auto found = shapeInFile.find(match.naming.tensors[i].name);
        const std::int64_t wanted = rowSize(tensors[i].shape, rows.of.size());
        if (found == shapeInFile.end() || wanted == 0 || rowSize(*found->second, rows.trained) != wanted)
            makesScores[nodeOf(i)] = false;
    }
    std::vector<bool> holds(tensors.size(), false);
    for (std::size_t i = 0; i < tensors.size(); ++i)
        holds[i] = makesScores[nodeOf(i)];
    std::erase_if(match.misfits, [&](const WeightMatch::Misfit& misfit) { return holds[misfit.tensor]; });
    return holds;
}

void keepRows(std::vector<float>& values, const std::vector<float>& trained, const ClassRows& rows) {
    const std::size_t size = rows.of.empty() ? 0 : values.size() / rows.of.size();
    for (std::size_t row = 0; row < rows.of.size(); ++row)
        if (rows.of[row])
            std::copy_n(trained.begin() + static_cast<std::ptrdiff_t>(*rows.of[row] * size), size,
                        values.begin() + static_cast<std::ptrdiff_t>(row * size));
}

} // namespace sightline
