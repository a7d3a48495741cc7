// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <new>
#include <stdexcept>

#include "Test.h"
#include "data/ContentDigest.h"
#include "data/PerceptualHash.h"
#include "data/Survey.h"

using namespace sightline;

namespace {

class ThrowingSource : public ImageSource {
public:
    explicit ThrowingSource(bool memory) : m_memory(memory) {}
    Result<std::vector<std::uint8_t>> bytes(const Sample&) const override { return Error{"There are no bytes."}; }
    Result<Image> decoded(const Sample& sample, const PixelSettings&) const override {
        if (sample.path == "7.png" && m_memory)
            throw std::bad_alloc();
        if (sample.path == "7.png")
            throw std::runtime_error("the decoder broke");
        return Image(8, 8, 3);
    }
    std::filesystem::path file(const Sample&) const override { return {}; }

private:
    bool m_memory;
};

/// Of 200 members each gives its bytes, but the 150th throws.
class ThrowingArchive : public ThrowingSource {
public:
    explicit ThrowingArchive(bool memory) : ThrowingSource(memory), m_memory(memory) {}
    Result<std::vector<std::uint8_t>> bytes(const Sample& sample) const override {
        if (sample.record == 150 && m_memory)
            throw std::bad_alloc();
        if (sample.record == 150)
            throw std::runtime_error("the archive broke");
        return std::vector<std::uint8_t>{1, 2, static_cast<std::uint8_t>(sample.record)};
    }

private:
    bool m_memory;
};

Dataset archiveOf(bool memory, std::vector<std::uint32_t>& all) {
    Dataset dataset;
    dataset.source = std::make_shared<ThrowingArchive>(memory);
    for (std::uint32_t i = 0; i < 200; ++i) {
        Sample sample;
        sample.record = i;
        dataset.samples.push_back(sample);
        all.push_back(i);
    }
    return dataset;
}

Dataset datasetOf(bool memory) {
    Dataset dataset;
    dataset.classes = {"one"};
    dataset.source = std::make_shared<ThrowingSource>(memory);
    for (int i = 0; i < 20; ++i) {
        Sample sample;
        sample.path = std::to_string(i) + ".png";
        sample.label = 0;
        dataset.samples.push_back(sample);
    }
    return dataset;
}

} // namespace

/// What a decoder or a listener throws on a worker ends neither the program nor, where it is one image's, the work.
class ThrowingImagesTest : public Test {
    Q_OBJECT

private Q_SLOTS:
    void aMemberOnWhichAnArchiveThrowsHasNoDigest() {
        std::vector<std::uint32_t> all;
        const Dataset dataset = archiveOf(false, all);
        const ContentDigests digests = digestsOf(dataset, all, 4);
        QVERIFY(!digests[150]);
        QCOMPARE(std::count_if(digests.begin(), digests.end(), [](const auto& digest) { return digest.has_value(); }),
                 199);
    }

    void withoutMemoryTheAskerForDigestsHearsOfIt() {
        std::vector<std::uint32_t> all;
        const Dataset dataset = archiveOf(true, all);
        QVERIFY_EXCEPTION_THROWN(digestsOf(dataset, all, 4), std::bad_alloc);
    }

    void anImageOnWhichADecoderThrowsIsUnreadable() {
        const Dataset dataset = datasetOf(false);
        const Survey seen = survey(dataset, 4);
        QVERIFY(seen.complete);
        QCOMPARE(seen.images, std::size_t(19));
        QCOMPARE(seen.unreadable.size(), std::size_t(1));
        QCOMPARE(seen.unreadable[0].path, std::string("7.png"));
        QVERIFY(seen.unreadable[0].message.find("the decoder broke") != std::string::npos);
    }

    void withoutMemoryTheCallerHearsOfIt() {
        const Dataset dataset = datasetOf(true);
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(survey(dataset, 4)), std::bad_alloc);
    }

    void aListenerOfNearImagesMayThrow() {
        const std::vector<std::array<std::uint64_t, 4>> alike(50, {1, 2, 3, 4});
        QVERIFY_EXCEPTION_THROWN(
            findNear(alike, 4, {},
                     [](std::size_t, std::uint32_t, std::uint32_t) { throw std::runtime_error("no more room"); }),
            std::runtime_error);
    }
};

QTEST_GUILESS_MAIN(ThrowingImagesTest)
#include "tst_ThrowingImages.moc"
