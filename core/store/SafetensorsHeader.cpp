// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/SafetensorsHeader.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

#include "support/Json.h"

namespace sightline {

namespace {

constexpr std::size_t kMaximumTensors = 100'000;
constexpr std::size_t kMaximumMetadata = 10'000;
constexpr std::size_t kMaximumName = 4096;
constexpr std::size_t kMaximumRank = 8;

constexpr std::array<std::pair<const char*, unsigned>, 22> kTypes{
    {{"BOOL", 8},        {"U8", 8},          {"I8", 8},      {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8},
     {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"I16", 16},    {"U16", 16},    {"F16", 16},    {"BF16", 16},
     {"I32", 32},        {"U32", 32},        {"F32", 32},    {"I64", 64},    {"U64", 64},    {"F64", 64},
     {"C64", 64},        {"F4", 4},          {"F6_E2M3", 6}, {"F6_E3M2", 6}}};

/// Bits of one element; 0 for an unknown type.
unsigned bitsOf(const std::string& dtype) {
    for (const auto& [name, bits] : kTypes)
        if (dtype == name)
            return bits;
    return 0;
}

/// Takes the parser's events one by one, so that a hostile header never becomes a document in memory.
class HeaderReader {
public:
    SafetensorsHeader header;
    std::string fault;

    bool null() { return fail("holds a null"); }
    bool boolean(bool) { return fail("holds a true or false"); }
    bool number_integer(std::int64_t) { return fail("holds a negative number"); }
    bool number_float(double, const std::string&) {
        return fail("holds a number that is not a whole number below 2^64");
    }
    bool binary(Json::binary_t&) { return fail("holds binary data"); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) {
        return fail("is not JSON in UTF-8");
    }

    bool number_unsigned(std::uint64_t value) {
        if (m_place == Place::Shape) {
            if (m_tensor.shape.size() == kMaximumRank)
                return fail("gives " + shown(m_tensor.name) + " more than " + std::to_string(kMaximumRank) +
                            " dimensions");
            m_tensor.shape.push_back(value);
            return true;
        }
        if (m_place != Place::Offsets || m_offsets == 2)
            return fail("has a number in the wrong place");
        (m_offsets++ == 0 ? m_tensor.begin : m_tensor.end) = value;
        return true;
    }

    bool string(std::string& value) {
        if (m_place == Place::Metadata) {
            header.metadata[m_key] = value;
            return true;
        }
        if (m_place != Place::Tensor || m_key != "dtype")
            return fail("has a string in the wrong place");
        m_tensor.dtype = value;
        return true;
    }

    bool start_object(std::size_t) {
        if (m_place == Place::Outside) {
            m_place = Place::Root;
        } else if (m_place == Place::Root && m_key == "__metadata__") {
            m_place = Place::Metadata;
        } else if (m_place == Place::Root) {
            if (header.tensors.size() == kMaximumTensors)
                return fail("lists more than " + std::to_string(kMaximumTensors) + " tensors");
            m_tensor = {};
            m_tensor.name = m_key;
            m_fields = {};
            m_place = Place::Tensor;
        } else {
            return fail("is nested too deeply");
        }
        return true;
    }

    bool key(std::string& value) {
        if (value.size() > kMaximumName)
            return fail("holds a name longer than " + std::to_string(kMaximumName) + " bytes");
        if (m_place == Place::Root && !m_names.insert(value).second)
            return fail("names " + shown(value) + " twice");
        if (m_place == Place::Metadata && header.metadata.size() == kMaximumMetadata)
            return fail("holds more than " + std::to_string(kMaximumMetadata) + " metadata");
        if (m_place == Place::Metadata && header.metadata.count(value) > 0)
            return fail("names the metadata " + shown(value) + " twice");
        if (m_place == Place::Tensor) {
            if (value != "dtype" && value != "shape" && value != "data_offsets")
                return fail("gives " + shown(m_tensor.name) + " the unknown field " + shown(value));
            if (!m_fields.insert(value).second)
                return fail("gives " + shown(m_tensor.name) + " the field " + shown(value) + " twice");
        }
        m_key = std::move(value);
        return true;
    }

    bool end_object() {
        if (m_place == Place::Tensor) {
            if (m_fields.size() != 3)
                return fail("lacks dtype, shape or data_offsets of " + shown(m_tensor.name));
            header.tensors.push_back(std::move(m_tensor));
        }
        m_place = m_place == Place::Root ? Place::Outside : Place::Root;
        return true;
    }

    bool start_array(std::size_t) {
        if (m_place != Place::Tensor || m_key == "dtype")
            return fail("has a list in the wrong place");
        m_place = m_key == "shape" ? Place::Shape : Place::Offsets;
        m_offsets = 0;
        return true;
    }

    bool end_array() {
        if (m_place == Place::Offsets && m_offsets != 2)
            return fail("gives " + shown(m_tensor.name) + " other than two data_offsets");
        m_place = Place::Tensor;
        return true;
    }

private:
    enum class Place { Outside, Root, Metadata, Tensor, Shape, Offsets };

    bool fail(std::string what) {
        fault = std::move(what);
        return false;
    }

    Place m_place = Place::Outside;
    std::string m_key;
    TensorEntry m_tensor;
    std::set<std::string> m_fields, m_names;
    int m_offsets = 0;
};

/// Bytes a tensor of this shape and type takes; nothing where it overflows or does not end on a byte.
bool bytesOf(const TensorEntry& tensor, unsigned bits, std::uint64_t& bytes) {
    std::uint64_t total = bits;
    for (const std::uint64_t extent : tensor.shape) {
        if (extent > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) ||
            __builtin_mul_overflow(total, extent, &total))
            return false;
    }
    bytes = total / 8;
    return total % 8 == 0;
}

} // namespace

Result<SafetensorsHeader> parseSafetensorsHeader(std::string_view text, std::uint64_t bufferBytes,
                                                 const std::string& what) {
    const auto refused = [&](const std::string& fault) {
        return badInput(what + " is not a valid safetensors file: " + fault + ".");
    };
    // The parser takes a NUL for the end of the text and skips a byte order mark; the format allows neither.
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || text[first] != '{' || text.find('\0') != std::string_view::npos)
        return refused("its header is not a JSON object");
    HeaderReader reader;
    if (!Json::sax_parse(text.begin(), text.end(), &reader))
        return refused("its header " + (reader.fault.empty() ? "is not JSON in UTF-8" : reader.fault));
    SafetensorsHeader header = std::move(reader.header);
    std::sort(header.tensors.begin(), header.tensors.end(), [](const TensorEntry& a, const TensorEntry& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::uint64_t position = 0;
    for (const TensorEntry& tensor : header.tensors) {
        const unsigned bits = bitsOf(tensor.dtype);
        std::uint64_t bytes = 0;
        if (bits == 0)
            return refused(shown(tensor.name) + " is of the unknown type " + shown(tensor.dtype));
        if (!bytesOf(tensor, bits, bytes))
            return refused("the shape of " + shown(tensor.name) + " is impossible");
        if (tensor.begin != position || tensor.end < tensor.begin)
            return refused("the data of " + shown(tensor.name) +
                           " overlap others, leave a hole or end before they begin");
        if (tensor.end - tensor.begin != bytes)
            return refused(shown(tensor.name) + " takes " + std::to_string(tensor.end - tensor.begin) +
                           " bytes where its shape needs " + std::to_string(bytes));
        position = tensor.end;
    }
    if (position != bufferBytes)
        return refused("it holds " + std::to_string(bufferBytes) + " bytes of data where its header lists " +
                       std::to_string(position));
    return header;
}

} // namespace sightline
