// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/Safetensors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

#include "data/FileKind.h"
#include "store/SafetensorsHeader.h"
#include "store/WeightsDigest.h"
#include "support/Files.h"
#include "support/Json.h"

namespace sightline {

namespace {

constexpr std::uint64_t kMaximumHeader = 100'000'000;
static_assert(std::endian::native == std::endian::little, "safetensors data are read in place");

struct Descriptor {
    int value = -1;
    ~Descriptor() {
        if (value >= 0)
            ::close(value);
    }
};

float fromHalf(std::uint16_t half) {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
    const std::uint32_t exponent = (half >> 10) & 0x1fu;
    const std::uint32_t mantissa = half & 0x3ffu;
    if (exponent == 0) { // subnormal: mantissa * 2^-24, exact in float32
        const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
        return sign ? -magnitude : magnitude;
    }
    const std::uint32_t wide = exponent == 31 ? 255u : exponent + 112u;
    return std::bit_cast<float>(sign | (wide << 23) | (mantissa << 13));
}

template <typename Stored, typename Convert>
std::vector<float> converted(std::span<const std::byte> data, Convert convert) {
    std::vector<float> values(data.size() / sizeof(Stored));
    for (std::size_t i = 0; i < values.size(); ++i) {
        Stored stored; // the data may be unaligned
        std::memcpy(&stored, data.data() + i * sizeof(Stored), sizeof(Stored));
        values[i] = convert(stored);
    }
    return values;
}

} // namespace

Result<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& file) {
    const std::string name = file.string();
    const Descriptor descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat status {};
    if (descriptor.value < 0 || ::fstat(descriptor.value, &status) != 0)
        return badInput(name + " cannot be opened: " + std::strerror(errno) + ".");
    if (!S_ISREG(status.st_mode))
        return badInput(name + " is not a file.");
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size < 8)
        return badInput(name + " is not a valid safetensors file: it has only " + std::to_string(size) + " bytes.");
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor.value, 0);
    if (address == MAP_FAILED)
        return Error{name + " cannot be mapped: " + std::strerror(errno) + "."};
    SafetensorsFile result;
    result.m_mapping =
        std::shared_ptr<const void>(address, [size](const void* mapped) { ::munmap(const_cast<void*>(mapped), size); });

    const auto* bytes = static_cast<const std::byte*>(address);
    std::uint64_t headerBytes = 0;
    std::memcpy(&headerBytes, bytes, sizeof(headerBytes));
    const FileKind kind = kindOf(reinterpret_cast<const std::uint8_t*>(bytes), size);
    if (const std::string why = kind == FileKind::Safetensors ? std::string() : whyNoWeights(name, kind); !why.empty())
        return badInput(why);
    if (headerBytes > kMaximumHeader || headerBytes > size - 8)
        return badInput(name + " is not a valid safetensors file: its header claims " + std::to_string(headerBytes) +
                        " bytes.");
    const std::string text(reinterpret_cast<const char*>(bytes + 8), headerBytes);
    auto header = parseSafetensorsHeader(text, size - 8 - headerBytes, name);
    if (!header)
        return header.error();
    for (TensorEntry& entry : header->tensors) {
        TensorView view;
        view.name = std::move(entry.name);
        view.dtype = std::move(entry.dtype);
        for (const std::uint64_t extent : entry.shape)
            view.shape.push_back(static_cast<std::int64_t>(extent));
        view.data = {bytes + 8 + headerBytes + entry.begin, entry.end - entry.begin};
        result.m_tensors.push_back(std::move(view));
    }
    std::sort(result.m_tensors.begin(), result.m_tensors.end(),
              [](const TensorView& a, const TensorView& b) { return a.name < b.name; });
    result.m_metadata = std::move(header->metadata);
    if (::fstat(descriptor.value, &status) != 0 || static_cast<std::uint64_t>(status.st_size) != size)
        return Error{name + " changed while it was read; try again."};
    return result;
}

const TensorView* SafetensorsFile::find(const std::string& name) const {
    const auto place =
        std::lower_bound(m_tensors.begin(), m_tensors.end(), name,
                         [](const TensorView& tensor, const std::string& wanted) { return tensor.name < wanted; });
    return place != m_tensors.end() && place->name == name ? &*place : nullptr;
}

std::vector<TensorSpec> specsOf(const SafetensorsFile& file) {
    std::vector<TensorSpec> specs;
    for (const TensorView& tensor : file.tensors())
        specs.push_back({tensor.name, tensor.shape});
    return specs;
}

Result<std::vector<float>> asFloats(const TensorView& tensor) {
    if (tensor.dtype == "F32") {
        std::vector<float> values(tensor.data.size() / sizeof(float));
        if (!values.empty())
            std::memcpy(values.data(), tensor.data.data(), tensor.data.size());
        return values;
    }
    if (tensor.dtype == "F64")
        return converted<double>(tensor.data, [](double value) { return static_cast<float>(value); });
    if (tensor.dtype == "F16")
        return converted<std::uint16_t>(tensor.data, fromHalf);
    if (tensor.dtype == "BF16")
        return converted<std::uint16_t>(tensor.data, [](std::uint16_t value) {
            return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
        });
    return badInput("The tensor " + shown(tensor.name) + " is of type " + shown(tensor.dtype) +
                    "; it must be F32, F16, BF16 or F64.");
}

Result<void> writeSafetensors(const std::filesystem::path& file, const std::vector<TensorToWrite>& tensors,
                              const std::map<std::string, std::string>& metadata) {
    std::vector<const TensorToWrite*> sorted;
    for (const TensorToWrite& tensor : tensors)
        sorted.push_back(&tensor);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->name < b->name; });

    Json header = Json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    if (metadata.contains(kWeightsDigest)) {
        std::vector<std::span<const std::byte>> bytes;
        for (const TensorToWrite* tensor : sorted)
            bytes.push_back(std::as_bytes(tensor->values));
        header["__metadata__"][kWeightsDigest] = weightsDigest(metadata, bytes);
    }
    std::uint64_t position = 0;
    for (const TensorToWrite* tensor : sorted) {
        std::uint64_t elements = 1;
        for (const std::int64_t extent : tensor->shape)
            elements *= static_cast<std::uint64_t>(extent);
        if (elements != tensor->values.size())
            return Error{"The tensor " + tensor->name + " has " + std::to_string(tensor->values.size()) +
                         " values where its shape needs " + std::to_string(elements) + "."};
        if (tensor->name == "__metadata__" || header.contains(tensor->name))
            return Error{"Two tensors cannot both be named " + tensor->name + "."};
        const std::uint64_t end = position + tensor->values.size_bytes();
        header[tensor->name] = {{"dtype", "F32"}, {"shape", tensor->shape}, {"data_offsets", {position, end}}};
        position = end;
    }
    std::string text = toText(header, -1);
    text.resize((text.size() + 7) / 8 * 8, ' ');

    const std::uint64_t headerBytes = text.size();
    std::vector<std::string_view> pieces{{reinterpret_cast<const char*>(&headerBytes), sizeof(headerBytes)}, text};
    for (const TensorToWrite* tensor : sorted)
        pieces.emplace_back(reinterpret_cast<const char*>(tensor->values.data()), tensor->values.size_bytes());
    return writeFileAtomically(file, pieces);
}

} // namespace sightline
