// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/OnnxTensor.h"

#include <bit>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kMostValues = std::int64_t{1} << 32;

float fromHalf(std::uint16_t half) {
    const std::uint32_t sign = (half & 0x8000u) << 16, exponent = (half >> 10) & 0x1fu, mantissa = half & 0x3ffu;
    if (exponent == 0) // zero and subnormal: exact as a product
        return std::bit_cast<float>(sign | 0x3f800000u) * static_cast<float>(mantissa) * 0x1p-24f;
    return std::bit_cast<float>(sign | (exponent == 31 ? 0x7f800000u : (exponent + 112) << 23) | mantissa << 13);
}

float fromBrainHalf(std::uint16_t half) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16);
}

/// The stored values, each converted by `convert`.
template <typename Stored, typename Value, typename Convert>
std::vector<Value> converted(const std::string& bytes, Convert convert) {
    std::vector<Value> values(bytes.size() / sizeof(Stored));
    for (std::size_t i = 0; i < values.size(); ++i) {
        Stored stored;
        std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
        values[i] = convert(stored);
    }
    return values;
}

template <typename Stored>
void takeWhole(OnnxTensor& tensor, const std::string& bytes) {
    tensor.isWhole = true;
    tensor.wholes = converted<Stored, std::int64_t>(bytes, [](Stored s) { return static_cast<std::int64_t>(s); });
}

template <typename Stored>
void takeReal(OnnxTensor& tensor, const std::string& bytes) {
    tensor.reals = converted<Stored, float>(bytes, [](Stored s) { return static_cast<float>(s); });
}

/// False where the type is none that networks are computed with.
bool takeBytes(OnnxTensor& tensor, int type, const std::string& bytes) {
    switch (type) {
    case onnx::TensorProto::FLOAT:
        takeReal<float>(tensor, bytes);
        return true;
    case onnx::TensorProto::DOUBLE:
        takeReal<double>(tensor, bytes);
        return true;
    case onnx::TensorProto::FLOAT16:
        tensor.reals = converted<std::uint16_t, float>(bytes, fromHalf);
        return true;
    case onnx::TensorProto::BFLOAT16:
        tensor.reals = converted<std::uint16_t, float>(bytes, fromBrainHalf);
        return true;
    case onnx::TensorProto::INT64:
        takeWhole<std::int64_t>(tensor, bytes);
        return true;
    case onnx::TensorProto::INT32:
        takeWhole<std::int32_t>(tensor, bytes);
        return true;
    case onnx::TensorProto::BOOL:
    case onnx::TensorProto::UINT8:
        takeWhole<std::uint8_t>(tensor, bytes);
        return true;
    default:
        return false;
    }
}

/// Values in the typed fields of the message.
bool takeFields(OnnxTensor& tensor, const onnx::TensorProto& proto) {
    const auto small = [&](auto convert) {
        for (const std::int32_t value : proto.int32_data())
            tensor.reals.push_back(convert(static_cast<std::uint16_t>(value)));
    };
    switch (proto.data_type()) {
    case onnx::TensorProto::FLOAT:
        tensor.reals.assign(proto.float_data().begin(), proto.float_data().end());
        return true;
    case onnx::TensorProto::DOUBLE:
        for (const double value : proto.double_data())
            tensor.reals.push_back(static_cast<float>(value));
        return true;
    case onnx::TensorProto::FLOAT16:
        small(fromHalf);
        return true;
    case onnx::TensorProto::BFLOAT16:
        small(fromBrainHalf);
        return true;
    case onnx::TensorProto::INT64:
        tensor.isWhole = true;
        tensor.wholes.assign(proto.int64_data().begin(), proto.int64_data().end());
        return true;
    case onnx::TensorProto::INT32:
    case onnx::TensorProto::BOOL:
    case onnx::TensorProto::UINT8:
        tensor.isWhole = true;
        tensor.wholes.assign(proto.int32_data().begin(), proto.int32_data().end());
        return true;
    default:
        return false;
    }
}

/// Where the values of a tensor lie beside the model.
struct Outside {
    std::string location;
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> length;
};

Result<Outside> outsideOf(const onnx::TensorProto& proto) {
    Outside outside;
    for (const onnx::StringStringEntryProto& entry : proto.external_data()) {
        std::uint64_t number = 0;
        const char* end = entry.value().data() + entry.value().size();
        const bool isNumber = std::from_chars(entry.value().data(), end, number).ptr == end && !entry.value().empty();
        if (entry.key() == "location")
            outside.location = entry.value();
        else if ((entry.key() == "offset" || entry.key() == "length") && !isNumber)
            return badInput("The tensor " + shown(proto.name()) + " says where its values lie in a way that is not " +
                            "understood.");
        else if (entry.key() == "offset")
            outside.offset = number;
        else if (entry.key() == "length")
            outside.length = number;
    }
    return outside;
}

Result<std::string> readOutside(const onnx::TensorProto& proto, const fs::path& folder) {
    const Result<Outside> outside = outsideOf(proto);
    if (!outside)
        return outside.error();
    const fs::path relative(outside->location);
    bool leaves = relative.empty() || relative.is_absolute() || folder.empty();
    for (const fs::path& part : relative)
        leaves = leaves || part == "..";
    std::error_code code;
    const fs::path file = fs::weakly_canonical(folder / relative, code);
    const fs::path inside = file.lexically_relative(fs::weakly_canonical(folder, code)); // links are followed
    if (leaves || code || inside.empty() || *inside.begin() == "..")
        return badInput("The values of the tensor " + shown(proto.name()) + " lie in " + shown(outside->location) +
                        ", which is not in the model's folder; such files are not read.");
    const std::uintmax_t size = fs::file_size(file, code);
    if (code)
        return badInput("The file " + file.string() + " with the values of the model is missing; put it beside the " +
                        "model.");
    const std::uint64_t offset = outside->offset;
    const std::uint64_t length = outside->length.value_or(offset <= size ? size - offset : 0);
    if (offset > size || length > size - offset)
        return badInput(file.string() + " is too short: the tensor " + shown(proto.name()) + " is not all there.");
    std::string bytes(length, '\0');
    std::ifstream stream(file, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(offset));
    if (!stream.read(bytes.data(), static_cast<std::streamsize>(length)))
        return Error{"Reading " + file.string() + " failed."};
    return bytes;
}

} // namespace

Result<std::size_t> onnxCount(const Shape& dims, const std::string& name) {
    std::int64_t count = 1;
    for (const std::int64_t extent : dims) {
        if (extent < 0 || __builtin_mul_overflow(count, extent, &count) || count > kMostValues)
            return badInput("The tensor " + shown(name) + " has an impossible shape.");
    }
    return static_cast<std::size_t>(count);
}

Result<OnnxTensor> onnxTensor(const onnx::TensorProto& proto, const fs::path& folder) {
    OnnxTensor tensor;
    tensor.name = proto.name();
    tensor.dims.assign(proto.dims().begin(), proto.dims().end());
    const Result<std::size_t> count = onnxCount(tensor.dims, tensor.name);
    if (!count)
        return count.error();
    bool known = false;
    if (proto.data_location() == onnx::TensorProto::EXTERNAL) {
        const Result<std::string> bytes = readOutside(proto, folder);
        if (!bytes)
            return bytes.error();
        known = takeBytes(tensor, proto.data_type(), *bytes);
    } else {
        known =
            proto.has_raw_data() ? takeBytes(tensor, proto.data_type(), proto.raw_data()) : takeFields(tensor, proto);
    }
    if (!known)
        return badInput("The tensor " + shown(tensor.name) + " has a type that is not imported (" +
                        onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(proto.data_type())) +
                        "); export the network with 32-bit floating point numbers.");
    if (tensor.count() != *count)
        return badInput("The tensor " + shown(tensor.name) + " has " + std::to_string(tensor.count()) +
                        " values where its shape needs " + std::to_string(*count) + ".");
    return tensor;
}

} // namespace sightline
