// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "network/GraphSpec.h"
#include "network/OnnxTensor.h"
#include "network/Passes.h"

namespace sightline {

// Private to Onnx*.cpp: an ONNX graph on its way into a GraphSpec.

/// Stands for the batch in shapes that a graph computes with.
inline constexpr std::int64_t kOnnxBatch = 1'000'003;

/// What an ONNX value is for us.
struct OnnxValue {
    /// A constant; what a node of the network gives; or what nothing can be made of (`why`), which is no fault before
    /// something needed reads it.
    enum class Kind { Constant, Feature, Unreadable };
    Kind kind = Kind::Unreadable;
    std::shared_ptr<const OnnxTensor> constant;
    std::string why;

    // A feature:
    std::string node;
    /// What each axis of the ONNX value is: 0 the batch, 1 channels, 2 height, 3 width, kUnit an axis of one value that
    /// the node does not have.
    std::vector<int> axes;
    Padding padding;           ///< zeros around it, for the window that reads it
    bool isPadded = false;     ///< `padding` is not nothing
    bool isLastHeight = false; ///< flattened with channels last: height, width, channels
    Shape flattened;           ///< what was flattened then, [C, H, W]
    bool isSoftmax = false;    ///< probabilities of what the node gives
};
inline constexpr int kUnit = -1;

std::int64_t onnxWhole(const onnx::NodeProto& node, const char* name, std::int64_t otherwise);
double onnxNumber(const onnx::NodeProto& node, const char* name, double otherwise);
std::string onnxText(const onnx::NodeProto& node, const char* name, const std::string& otherwise);
/// Nothing where the node has no such attribute.
std::optional<std::vector<std::int64_t>> onnxWholes(const onnx::NodeProto& node, const char* name);

/// "The node X (Op) cannot be imported: " and why.
Error onnxFault(const onnx::NodeProto& node, const std::string& why);

/// The graph so far.
class OnnxReading {
public:
    explicit OnnxReading(std::filesystem::path folder) : m_folder(std::move(folder)) {}

    GraphSpec spec;
    TensorValues values;          ///< of the nodes made
    std::int64_t batchOfFile = 1; ///< where the file fixes it; kOnnxBatch where it does not

    const std::filesystem::path& folder() const { return m_folder; }

    // What the file has.
    const OnnxValue* find(const std::string& name) const;
    const OnnxTensor* constant(const std::string& name) const; ///< null where it is none
    /// The node that gives a value; null for constants and the input.
    const onnx::NodeProto* producer(const std::string& name) const;
    /// The same where nothing else reads the value and its operation is this.
    const onnx::NodeProto* producer(const std::string& name, const char* op) const;
    int readers(const std::string& name) const;
    void countReaders(const onnx::GraphProto& graph);
    /// Error: another one has that name.
    Result<void> keep(const std::string& name, OnnxValue value, const onnx::NodeProto* by = nullptr);

    // What a node reads.
    /// The feature at an input. Error: it is no feature, or one that only a window, or only the end, may read.
    Result<OnnxValue> feature(const onnx::NodeProto& node, int input, bool mayBePadded = false) const;
    /// The same with axes as [batch, channels, height, width].
    Result<OnnxValue> image(const onnx::NodeProto& node, int input, bool mayBePadded = false) const;
    /// Null where the node has no such input. Error: it is no constant.
    Result<const OnnxTensor*> given(const onnx::NodeProto& node, int input) const;
    /// The whole numbers of an attribute of older operator sets or of an input of newer ones; nothing: neither is
    /// there.
    Result<std::optional<std::vector<std::int64_t>>> wholes(const onnx::NodeProto& node, const char* attribute,
                                                            int input) const;
    /// Extents of an ONNX value as the file sees them, the batch kOnnxBatch.
    Shape dims(const OnnxValue& value) const;
    const Shape& shape(const std::string& node) const { return m_shapes.at(node); }

    // What is made.
    /// An id that no node has: of the weights (`fc.weight`), else of the ONNX node.
    std::string freshId(const onnx::NodeProto& node, const std::string& weight = {}) const;
    /// Appends a node that reads nodes made before. Error: a fault of its shape.
    Result<OnnxValue> add(const onnx::NodeProto& by, const std::string& id, Op op, Json attributes,
                          std::vector<std::string> inputs, std::vector<int> axes);
    Node& node(const std::string& id) { return spec.nodes[m_position.at(id)]; }
    /// A node that nothing reads yet gets another name.
    void rename(const std::string& from, const std::string& to);
    /// The input: [C, H, W], axes as the file has them.
    OnnxValue begin(int height, int width, int channels, std::vector<int> axes);

private:
    std::filesystem::path m_folder;
    std::unordered_map<std::string, OnnxValue> m_values;
    std::unordered_map<std::string, const onnx::NodeProto*> m_producers;
    std::unordered_map<std::string, int> m_readers;
    std::unordered_map<std::string, std::size_t> m_position;
    std::unordered_map<std::string, Shape> m_shapes;
};

/// axes of [batch, channels, height, width] and [batch, channels].
inline const std::vector<int> kImageAxes = {0, 1, 2, 3}, kVectorAxes = {0, 1};

OnnxValue constantValue(OnnxTensor tensor);

// One function a family of operations; nothing: it is none of the family.
std::optional<Result<OnnxValue>> readOnnxLayer(OnnxReading& reading, const onnx::NodeProto& node);
std::optional<Result<OnnxValue>> readOnnxPool(OnnxReading& reading, const onnx::NodeProto& node);
std::optional<Result<OnnxValue>> readOnnxActivation(OnnxReading& reading, const onnx::NodeProto& node);
std::optional<Result<OnnxValue>> readOnnxArithmetic(OnnxReading& reading, const onnx::NodeProto& node);
std::optional<Result<OnnxValue>> readOnnxShape(OnnxReading& reading, const onnx::NodeProto& node);
/// What several nodes spell out: GELU, layer normalisation, averaging by matrices.
std::optional<Result<OnnxValue>> readOnnxPattern(OnnxReading& reading, const onnx::NodeProto& node);

/// x * scale + offset, each a number or one a channel, as few nodes as it can be. Takes part in what x was made of
/// where this is its only reader.
Result<OnnxValue> scaledAndShifted(OnnxReading& reading, const onnx::NodeProto& node, const std::string& x,
                                   const OnnxValue& value, const std::vector<float>& scale,
                                   const std::vector<float>& offset, const std::string& constantName);

/// Computes a node whose inputs are all constant. Error: not one of the operations that shapes are computed with.
Result<OnnxTensor> foldedOnnx(const onnx::NodeProto& node, const std::vector<const OnnxTensor*>& inputs,
                              const std::filesystem::path& folder);

} // namespace sightline
