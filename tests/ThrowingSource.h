// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <new>
#include <stdexcept>

#include "data/Dataset.h"

namespace sightline {

/// What breaks beneath a source: memory, or something of which an image is at fault.
enum class Fault { Memory, Broken };

/// Images in memory, of which one record throws at whoever decodes it.
class ThrowingSource : public ImageSource {
public:
    ThrowingSource(Fault fault, std::uint32_t record) : m_fault(fault), m_record(record) {}
    Result<std::vector<std::uint8_t>> bytes(const Sample&) const override { return Error{"There are no bytes."}; }
    Result<Image> decoded(const Sample& sample, const PixelSettings&) const override {
        throwAt(sample, "the decoder broke");
        return Image(8, 8, 3);
    }
    std::filesystem::path file(const Sample&) const override { return {}; }

protected:
    void throwAt(const Sample& sample, const char* why) const {
        if (sample.record != m_record)
            return;
        if (m_fault == Fault::Memory)
            throw std::bad_alloc();
        throw std::runtime_error(why);
    }

private:
    Fault m_fault;
    std::uint32_t m_record;
};

/// So many training images of one class, "0.png" on, each its own record.
inline Dataset datasetOf(std::shared_ptr<const ImageSource> source, std::uint32_t images) {
    Dataset dataset;
    dataset.classes = {"one"};
    dataset.source = std::move(source);
    for (std::uint32_t i = 0; i < images; ++i) {
        Sample sample;
        sample.path = std::to_string(i) + ".png";
        sample.label = 0;
        sample.record = i;
        dataset.samples.push_back(sample);
    }
    return dataset;
}

} // namespace sightline
