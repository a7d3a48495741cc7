// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Npy.h"

#include <cstring>
#include <string>

#include "support/Files.h"

namespace sightline {

std::int64_t FloatArray::size() const {
    std::int64_t product = 1;
    for (const std::int64_t extent : shape)
        product *= extent;
    return product;
}

namespace {

struct NpyHeader {
    std::string descr;
    bool fortran = false;
    std::vector<std::int64_t> shape;
    std::size_t dataStart = 0;
};

/// The text after `'key':` in the header's Python dictionary.
std::string_view after(std::string_view header, std::string_view key) {
    const auto at = header.find(key);
    if (at == std::string_view::npos)
        return {};
    const auto colon = header.find(':', at + key.size());
    if (colon == std::string_view::npos)
        return {};
    header.remove_prefix(colon + 1);
    while (!header.empty() && header.front() == ' ')
        header.remove_prefix(1);
    return header;
}

bool parseShape(std::string_view text, std::vector<std::int64_t>& shape) {
    if (text.empty() || text.front() != '(')
        return false;
    text.remove_prefix(1);
    std::int64_t total = 1;
    while (!text.empty() && text.front() != ')') {
        if (text.front() == ' ' || text.front() == ',') {
            text.remove_prefix(1);
            continue;
        }
        std::int64_t extent = 0;
        std::size_t digits = 0;
        while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && digits < 12)
            extent = extent * 10 + (text[digits++] - '0');
        if (digits == 0 || shape.size() >= 8)
            return false;
        text.remove_prefix(digits);
        if (extent != 0 && total > (std::int64_t{1} << 40) / extent)
            return false;
        total *= extent;
        shape.push_back(extent);
    }
    return !text.empty();
}

Result<NpyHeader> parseHeader(const std::string& bytes, const std::string& name) {
    const Error broken = badInput(name + " is not a .npy array.");
    if (bytes.size() < 10 || bytes.compare(0, 6, "\x93NUMPY") != 0)
        return broken;
    const int major = static_cast<unsigned char>(bytes[6]);
    const std::size_t lengthBytes = major == 1 ? 2 : 4;
    if (major < 1 || major > 3 || bytes.size() < 8 + lengthBytes)
        return broken;
    std::size_t length = 0;
    for (std::size_t i = 0; i < lengthBytes; ++i)
        length |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[8 + i])) << (8 * i);
    if (length > bytes.size() - 8 - lengthBytes)
        return broken;
    const std::string_view text(bytes.data() + 8 + lengthBytes, length);
    NpyHeader header;
    header.dataStart = 8 + lengthBytes + length;
    std::string_view descr = after(text, "'descr'");
    if (descr.size() < 2 || descr.front() != '\'')
        return broken;
    descr.remove_prefix(1);
    header.descr = std::string(descr.substr(0, descr.find('\'')));
    header.fortran = after(text, "'fortran_order'").starts_with("True");
    if (!parseShape(after(text, "'shape'"), header.shape))
        return broken;
    return header;
}

template <typename T>
void convert(const char* data, std::vector<float>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        T item;
        std::memcpy(&item, data + i * sizeof(T), sizeof(T));
        values[i] = static_cast<float>(item);
    }
}

std::vector<float> inCOrder(const std::vector<float>& fortran, const std::vector<std::int64_t>& shape) {
    std::vector<float> values(fortran.size());
    std::vector<std::int64_t> index(shape.size(), 0);
    for (float& value : values) {
        std::int64_t offset = 0;
        std::int64_t stride = 1;
        for (std::size_t axis = 0; axis < shape.size(); ++axis) {
            offset += index[axis] * stride;
            stride *= shape[axis];
        }
        value = fortran[static_cast<std::size_t>(offset)];
        for (std::size_t axis = shape.size(); axis-- > 0;) {
            if (++index[axis] < shape[axis])
                break;
            index[axis] = 0;
        }
    }
    return values;
}

} // namespace

Result<FloatArray> readNpy(const std::filesystem::path& file) {
    Result<std::string> bytes = readFile(file);
    if (!bytes)
        return bytes.error();
    const Result<NpyHeader> header = parseHeader(*bytes, file.string());
    if (!header)
        return header.error();
    using Converter = void (*)(const char*, std::vector<float>&);
    struct Known {
        const char* descr;
        std::size_t size;
        Converter converter;
    };
    static constexpr Known kKnown[] = {
        {"<f4", 4, convert<float>},         {"<f8", 8, convert<double>},        {"|u1", 1, convert<std::uint8_t>},
        {"|i1", 1, convert<std::int8_t>},   {"<i2", 2, convert<std::int16_t>},  {"<u2", 2, convert<std::uint16_t>},
        {"<i4", 4, convert<std::int32_t>},  {"<u4", 4, convert<std::uint32_t>}, {"<i8", 8, convert<std::int64_t>},
        {"<u8", 8, convert<std::uint64_t>},
    };
    for (const Known& known : kKnown) {
        if (header->descr != known.descr)
            continue;
        FloatArray array;
        array.shape = header->shape;
        const auto count = static_cast<std::size_t>(array.size());
        if ((bytes->size() - header->dataStart) / known.size < count)
            return badInput(file.string() + " is truncated: its header declares " + std::to_string(count) + " values.");
        array.values.resize(count);
        known.converter(bytes->data() + header->dataStart, array.values);
        if (header->fortran)
            array.values = inCOrder(array.values, array.shape);
        return array;
    }
    return badInput(file.string() + " holds '" + header->descr + "' values; float32 is required.");
}

Result<void> writeNpy(const std::filesystem::path& file, const FloatArray& array) {
    std::string shape = "(";
    for (std::size_t i = 0; i < array.shape.size(); ++i)
        shape += std::to_string(array.shape[i]) + (i + 1 < array.shape.size() ? ", "
                                                   : array.shape.size() == 1  ? ","
                                                                              : "");
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "), }";
    header.append(63 - (10 + header.size()) % 64, ' ');
    header += '\n';
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(header.size() & 0xFF);
    bytes += static_cast<char>(header.size() >> 8);
    bytes += header;
    const std::size_t start = bytes.size();
    bytes.resize(start + array.values.size() * sizeof(float));
    if (!array.values.empty())
        std::memcpy(bytes.data() + start, array.values.data(), array.values.size() * sizeof(float));
    return writeFileAtomically(file, bytes);
}

} // namespace sightline
